"""What the world knows about people: who names them, who resolves their names, and which names nobody gets."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from agent.core.admission.identity import USER_NAMES
from agent.ports import Identities, NameSource
from agent.process import Processes
from agent.settings import Settings
from agent.settings.username import UsernameSettings
from agent.username_command import UsernameCommand
from agent.username_template import TemplateNames
from backends.glauth.local import host_users
from backends.identity.nss import Nss

if TYPE_CHECKING:
    from backends.identity.search import SiteDirectory

_FIRST_PERSON = 1000
"""The lowest uid that a person has on a host (login.defs, UID_MIN); below are the system's own users."""


def name_sources(settings: Settings, processes: Processes) -> dict[str, NameSource]:
    """Offering → who makes its usernames."""
    return dict(_name_sources(settings, processes))


def identities(settings: Settings, processes: Processes) -> dict[str, Identities]:
    """``nss``, and ``ldap`` where a directory is configured → who is asked whether a name resolves."""
    nss = Nss(processes, settings.identity.getent, float(settings.identity.timeout))
    if not settings.identity.ldap_url:
        return {"nss": nss}
    from backends.identity.directory import LdapIdentities  # noqa: PLC0415 - a site without a directory saves 5 MiB

    return {"nss": nss, "ldap": LdapIdentities(_site_directory(settings))}


def reserved_names(settings: Settings, directory: Collection[str]) -> frozenset[str]:
    """The names of the system, of the site and of the published directory's own accounts, in lower case.

    ``directory``: what the directory keeps for itself and for this host.
    """
    host = host_users()
    system = {name for name, uid in host.items() if uid < _FIRST_PERSON}
    site = {*settings.guard_policy().protected, *settings.identity.reserved_usernames, *(set(directory) - host.keys())}
    return frozenset(name.lower() for name in {*USER_NAMES, *system, *site})


def local_names() -> frozenset[str]:
    """The people whom this host knows by itself; they may be in the marketplace too."""
    return frozenset(name for name, uid in host_users().items() if uid >= _FIRST_PERSON)


def _name_sources(settings: Settings, processes: Processes) -> Iterator[tuple[str, NameSource]]:
    for offering in settings.offerings:
        if offering.username:
            yield offering.uuid, _name_source(settings, offering.username, processes)


def _name_source(settings: Settings, username: UsernameSettings, processes: Processes) -> NameSource:
    if username.source == "template":
        return TemplateNames(username.template or "", username.claims)
    if username.source == "command":
        return UsernameCommand(processes, username.command, username.policy().attributes)
    from backends.identity.directory_names import DirectoryNames  # noqa: PLC0415 - likewise

    return DirectoryNames(_site_directory(settings), username.attribute, username.match or ("", ""))


def _site_directory(settings: Settings) -> "SiteDirectory":
    from backends.identity.search import SiteDirectory  # noqa: PLC0415 - likewise
    from backends.ldap import Address  # noqa: PLC0415 - likewise

    identity = settings.identity
    return SiteDirectory(
        address=Address(url=identity.ldap_url, ca_file=identity.ca_file, server_name=identity.server_name),
        base=identity.base_dn,
        dn=identity.bind_dn,
        password=identity.read_password,
        seconds=int(identity.timeout),
    )
