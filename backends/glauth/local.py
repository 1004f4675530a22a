"""Names and ids of this host and of the base, which no feed may take."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.errors import Unavailable
from backends.glauth.base import Base
from backends.glauth.sentinel import Sentinel

PASSWD, GROUP = Path("/etc/passwd"), Path("/etc/group")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """Taken names, ids and mail addresses, as the admission policy calls them; the addresses are in lower case."""

    reserved_names: frozenset[str]
    reserved_uids: frozenset[int]
    reserved_group_names: frozenset[str]
    reserved_gids: frozenset[int]
    reserved_mails: frozenset[str]


def reserved(base: Base, sentinel: Sentinel, passwd: Path, group: Path) -> Reserved:
    """What the host's own files, the base and the sentinel take.

    The files are read, and the name service is not asked: it would give GLAuth's own users back as local ones.
    Raises Unavailable when a file cannot be read.
    """
    users, groups = host_users(passwd), dict(_entries(group))
    return Reserved(
        reserved_names=frozenset({*users, *base.user_names, sentinel.name}),
        reserved_uids=frozenset({*users.values(), *base.uids, sentinel.number}),
        reserved_group_names=frozenset({*groups, *base.group_names, sentinel.name}),
        reserved_gids=frozenset({*groups.values(), *base.gids, sentinel.number}),
        reserved_mails=base.mails,
    )


def host_users(passwd: Path = PASSWD) -> dict[str, int]:
    """The users of this host → their uids. Raises Unavailable when the file cannot be read."""
    return dict(_entries(passwd))


def _entries(file: Path) -> Iterator[tuple[str, int]]:
    """Name and number of each line; both files have them in the same places. Lines of NIS (+, -) have no number."""
    try:
        lines = file.read_text("utf-8", "surrogateescape").splitlines()
    except OSError as error:
        raise Unavailable(f"{file} cannot be read: {error.strerror}; it says which names are taken") from error
    for line in lines:
        name, _, rest = line.partition(":")
        number = rest.split(":")[1:2]
        if number and number[0].isdecimal():
            yield name, int(number[0])
