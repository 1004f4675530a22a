"""Reading all that GLAuth serves, as the probe's user."""

from agent.errors import Unavailable
from backends.glauth.base import Base
from backends.glauth.compare import compare
from backends.glauth.meant import Meant
from backends.glauth.verify import Probe
from backends.ldap import INVALID_CREDENTIALS, SUCCESS, Entry, Session, Silence, session

SECONDS = 120
"""For one answer. GLAuth takes 7 s for all of 10 000 users with groups of their own, and more when it is busy."""
_USER = ("uid", "uidNumber", "gidNumber", "loginShell", "homeDirectory", "mail", "givenName", "sn", "accountStatus")
_GROUP = ("cn", "gidNumber", "memberUid")


def differences(probe: Probe, base: Base, dn: str, password: str, meant: Meant) -> tuple[str, ...]:
    """What is served otherwise than it is meant; see ``compare``. Raises Unavailable when it cannot be read whole."""
    try:
        with session(probe.address, dn, password, SECONDS) as asked:
            code, text = asked.bind()
            if code == INVALID_CREDENTIALS:
                return (f"GLAuth at {probe.url} serves another file: it refused the password that belongs to this one",)
            if code != SUCCESS:
                raise Unavailable(f"GLAuth at {probe.url} refused a bind: {text}")
            users = _entries(asked, base, "(objectClass=posixAccount)", (*_USER, "memberOf", base.sshkeyattr))
            groups = _entries(asked, base, "(objectClass=posixGroup)", _GROUP)
    except Silence as silence:
        raise Unavailable(f"GLAuth at {probe.url} cannot be read: {silence}") from silence
    return compare(meant, users, groups)


def _entries(asked: Session, base: Base, wanted: str, attributes: tuple[str, ...]) -> list[Entry]:
    said, entries = asked.search(base.basedn, wanted, attributes)
    if said.code != SUCCESS:
        raise Unavailable(f"GLAuth does not answer {wanted}: {said.text}")
    return entries
