"""The site's directory, asked whether it knows a name."""

from collections.abc import Collection, Iterable, Mapping

from agent.core.model.people import Identity
from agent.core.names import is_username
from backends.identity.search import SiteDirectory, any_of
from backends.ldap import equals

AT_ONCE = 100
"""Names in one search."""


class LdapIdentities:
    """Implements ``agent.ports.Identities``."""

    def __init__(self, site: SiteDirectory) -> None:
        self._site = site

    def resolve(self, names: Collection[str]) -> Mapping[str, Identity]:
        """The names that stand in the directory with one uid; one that has two is nobody's."""
        asked = sorted(filter(is_username, set(names)))
        entries = self._site.search(map(_named, _some(asked)), ("uid", "uidNumber"))
        uids: dict[str, set[str]] = {}
        for entry in entries:
            for name in entry.get("uid", ()):
                uids.setdefault(name, set()).update(entry.get("uidnumber", ()))
        return {name: Identity(name=name, uid=int(uid)) for name in asked for uid in _only(uids.get(name, ()))}


def _some(names: list[str]) -> Iterable[list[str]]:
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))


def _named(names: list[str]) -> str:
    return f"(&(objectClass=posixAccount){any_of(equals('uid', name) for name in names)})"


def _only(numbers: Collection[str]) -> list[str]:
    return [one for one in numbers if len(numbers) == 1 and one.isascii() and one.isdecimal()]
