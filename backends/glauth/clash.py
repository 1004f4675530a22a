"""Names, numbers and addresses that the site's own records, or the probe, and the marketplace's both have.

GLAuth serves both of two such records and lets only the last one in, which is the marketplace's.
"""

from collections.abc import Collection, Iterable, Iterator

from agent.core.model.directory import Directory
from backends.glauth.base import Base
from backends.glauth.sentinel import Sentinel

_SHOWN = 5


def clashes(directory: Directory, base: Base, sentinel: Sentinel) -> str:
    """What the directory has that the base or the probe has, and what to do; "" for nothing."""
    found = [*_users(directory, base, sentinel), *_groups(directory, base, sentinel)]
    if not found:
        return ""
    more = f", and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return (
        f"{', '.join(found[:_SHOWN])}{more}: GLAuth serves both and lets only the marketplace's in, so that nothing is"
        " published; give the base's record another one"
    )


def _users(directory: Directory, base: Base, sentinel: Sentinel) -> Iterator[str]:
    names = _lower({*base.user_names, sentinel.name})
    uids = {*base.uids, sentinel.number}
    for user in directory.users:
        of = f"of the marketplace's user {user.name} (uid {user.uidnumber})"
        if user.name.lower() in names:
            yield f"the name {of} is a base user's, too"
        if user.uidnumber in uids:
            yield f"the uid {of} is a base user's, too"
        if user.mail.lower() in base.mails:
            yield f"the mail address {of} is a base user's, too"


def _groups(directory: Directory, base: Base, sentinel: Sentinel) -> Iterator[str]:
    names = _lower({*base.group_names, sentinel.name})
    gids = {*base.gids, sentinel.number}
    for group in directory.groups:
        of = f"of the marketplace's group {group.name} (gid {group.gidnumber})"
        if group.name.lower() in names:
            yield f"the name {of} is a base group's, too"
        if group.gidnumber in gids:
            yield f"the gid {of} is a base group's, too"


def _lower(names: Iterable[str]) -> Collection[str]:
    return {name.lower() for name in names}
