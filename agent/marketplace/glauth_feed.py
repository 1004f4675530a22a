"""The text of ``glauth_users_config`` → directory records.

The text is TOML that three generations of servers write in three ways, and not always validly: until 2025 names and
keys went into it unescaped. It is read by a TOML parser only, never cut by a pattern, since what a pattern cuts out can
have been planted there. Only the keys below are read; whether a record may be served is for the admission to say.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser, Feed
from agent.errors import Incomplete
from agent.marketplace.values import Malformed, Row, flag, rows, text

T = TypeVar("T")

SECTIONS = frozenset({"users", "groups"})
REMEDY = "look for quotes or line breaks in a name or an SSH key of one of its users"


def read_feed(text: str) -> Feed:
    """The users and groups of the feed, duplicates and all; an empty feed is an empty directory.

    Raises ``Incomplete``: without rows when the text is no TOML or holds more than users and groups, with the
    readable records as one ``Feed`` when single ones cannot be read.
    """
    document = _document(text)
    users, bad_users = _read("user", _list(document, "users"), _user)
    groups, bad_groups = _read("group", _list(document, "groups"), _group)
    found = Feed(directory=Directory(users=users, groups=groups))
    bad = [*bad_users, *bad_groups]
    if bad:
        raise Incomplete(f"glauth_users_config: {len(bad)} records cannot be read, the first: {bad[0]}", [found])
    return found


def _document(feed: str) -> Mapping[str, object]:
    try:
        document = tomllib.loads(feed)
    except (ValueError, RecursionError) as error:
        raise Incomplete(f"glauth_users_config is not valid TOML ({error}): {REMEDY}") from None
    strange = sorted(set(document) - SECTIONS)
    if strange:
        raise Incomplete(f"glauth_users_config holds {strange[0]!r}, which is neither users nor groups: refused whole")
    return document


def _list(document: Mapping[str, object], section: str) -> Sequence[Row]:
    try:
        return rows(document.get(section))
    except Malformed as error:
        raise Incomplete(f"glauth_users_config: {section}: {error}") from None


def _read(word: str, records: Sequence[Row], parse: Callable[[Row], T]) -> tuple[tuple[T, ...], list[str]]:
    good, bad = [], []
    for number, record in enumerate(records, start=1):
        try:
            good.append(parse(_folded(record)))
        except Malformed as error:
            bad.append(f"{word} {number}: {error}")
    return tuple(good), bad


def _folded(record: Row) -> Row:
    """The record with lower-case keys, as GLAuth reads them (``homeDir`` is ``homedir``)."""
    folded = {key.lower(): value for key, value in record.items()}
    if len(folded) < len(record):
        raise Malformed("a key is there twice")
    return folded


def _user(record: Row) -> DirectoryUser:
    return DirectoryUser(
        name=_posix_name(record),
        uidnumber=_number(record, "uidnumber"),
        primarygroup=_number(record, "primarygroup"),
        othergroups=tuple(_integer("othergroups", gid) for gid in _values(record, "othergroups")),
        givenname=_text(record, "givenname"),
        sn=_text(record, "sn"),
        mail=_text(record, "mail"),
        loginshell=_text(record, "loginshell"),
        homedir=_text(record, "homedir"),
        sshkeys=tuple(key for key in map(text, _values(record, "sshkeys")) if key),
        disabled=flag(record.get("disabled")),
    )


def _group(record: Row) -> DirectoryGroup:
    # A server of 2026 without users writes ``users = []`` last, where TOML makes it part of the last group.
    if record.get("users"):
        raise Malformed("it holds users of its own")
    return DirectoryGroup(name=_name(record), gidnumber=_number(record, "gidnumber"))


def _posix_name(record: Row) -> str:
    """``preferredUsername`` when there is one (``name`` is then the marketplace's user name), else ``name``."""
    attributes = record.get("customattributes", [])
    tables = [attributes] if isinstance(attributes, dict) else rows(attributes)
    given = [table["preferredUsername"] for table in tables if "preferredUsername" in table]
    names = [name for value in given for name in (value if isinstance(value, list) else [value])]
    if not given:
        return _name(record)
    if len(names) != 1 or not isinstance(names[0], str):
        raise Malformed("preferredUsername is not one name")
    return names[0]


def _name(record: Row) -> str:
    if not isinstance(record.get("name"), str):
        raise Malformed("it has no name")
    return _text(record, "name")


def _text(record: Row, key: str) -> str:
    try:
        return text(record.get(key))
    except Malformed as error:
        raise Malformed(f"{key}: {error}") from None


def _number(record: Row, key: str) -> int:
    return _integer(key, record.get(key))


def _integer(key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed(f"{key} is not a number")
    return value


def _values(record: Row, key: str) -> list[object]:
    value = record.get(key, [])
    if not isinstance(value, list):
        raise Malformed(f"{key} is not a list")
    return value
