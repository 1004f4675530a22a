"""What a rendered file says, read back with an independent TOML reader."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import tomli

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser

Table: TypeAlias = Mapping[str, Any]
# Nobody can forge this line with a value: inside a string a newline is always escaped.
MARKER = "# Written by the agent from here to the end; a change made by hand is lost. Above is the site's base file."
NO_PASSWORD = "!"  # noqa: S105 - the absence of one


def parse(content: bytes) -> Directory:
    """The records the agent wrote, in order, without base and sentinel.

    Raises ValueError when it is not TOML, not written by the agent, or changed by hand beyond what the agent writes.
    """
    return read(content)[0]


@lru_cache(maxsize=2)
def read(content: bytes) -> tuple[Directory, Table]:
    """The agent's records, and the base's own tables, which nobody changes. Raises ValueError like ``parse``.

    The file that stands and the one that is to come are asked for several times a cycle, and seldom change: ten
    thousand users take most of a second to read.
    """
    theirs = tomllib.loads(base_part(content))
    tables = tomli.loads(content.decode())
    users, own_users = _split(tables, theirs, "users")
    groups, own_groups = _split(tables, theirs, "groups")
    if not users or users[-1].get("passsha256") == NO_PASSWORD or not groups:
        raise ValueError("its end is missing")
    directory = Directory(users=tuple(map(_user, users[:-1])), groups=tuple(map(_group, groups[1:])))
    rest = {key: value for key, value in tables.items() if key not in {"users", "groups"}}
    return in_order(directory), {**rest, **own_users, **own_groups}


def base_part(content: bytes) -> str:
    """The base of a file that the agent wrote. Raises ValueError when it did not write it."""
    base, marker, _ = content.decode().rpartition(f"\n{MARKER}\n")
    if not marker:
        raise ValueError("the agent did not write it")
    return base


def in_order(directory: Directory) -> Directory:
    """The directory as the file has it: users by uid, groups by gid."""
    return Directory(
        users=tuple(sorted(directory.users, key=lambda user: user.uidnumber)),
        groups=tuple(sorted(directory.groups, key=lambda group: group.gidnumber)),
    )


def _split(tables: Table, theirs: Table, kind: str) -> tuple[list[Table], Table]:
    """The records that follow the base's, and the base's under their key, if it has any."""
    records = tables.get(kind, [])
    own = len(theirs.get(kind, []))
    return records[own:], {kind: records[:own]} if kind in theirs else {}


def _user(record: Table) -> DirectoryUser:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}
    if fields.pop("passsha256", "") != NO_PASSWORD:
        raise ValueError(f"the user {record.get('name')!r} has a password")
    try:
        return DirectoryUser(**fields)
    except TypeError as error:
        raise ValueError(f"the user {record.get('name')!r} has other keys than the agent writes") from error


def _group(record: Table) -> DirectoryGroup:
    try:
        return DirectoryGroup(**record)
    except TypeError as error:
        raise ValueError(f"the group {record.get('name')!r} has other keys than the agent writes") from error
