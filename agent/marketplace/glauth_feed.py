"""The text of ``glauth_users_config`` → directory records.

The text is TOML that three generations of servers write in three ways, and not always validly: until 2025 names and
keys went into it unescaped. It is read by a TOML parser only, never cut by a pattern, since what a pattern cuts out can
have been planted there. Only the keys below are read; whether a record may be served is for the admission to say.

2024: ``name`` is the marketplace's user name, and nobody is said to be disabled. 2025: people have ``disabled``, robot
accounts have not. 2026: groups come first, ``name`` is the unix name, and ``customattributes`` is a table.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal, TypeAlias

import tomli

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser, Feed
from agent.errors import Incomplete
from agent.marketplace.glauth_records import items, number, read_each, ssh_keys, strange_keys, unix_name, whole, words
from agent.marketplace.values import Malformed, Row, flag, rows

UnixName: TypeAlias = Literal["auto", "preferredUsername", "name"]
"""Which key holds the unix name: "auto" takes ``preferredUsername`` of a record that has it, and else ``name``."""

SOURCE = "glauth_users_config"
SECTIONS = frozenset({"users", "groups"})
REMEDY = "look for quotes or line breaks in a name or an SSH key of one of its users"


def read_feed(text: str, rule: UnixName = "auto", source: str = SOURCE) -> Feed:
    """The users and groups of the feed, duplicates and all; an empty feed is an empty directory.

    ``rule`` says where the unix name is, ``source`` what an error calls the text. Raises ``Incomplete``: without rows
    when the text is no TOML or holds more than users and groups, with the readable records as one ``Feed`` when single
    ones cannot be read.
    """
    document = _document(text, source)
    people, listed = _list(document, "users", source), _list(document, "groups", source)
    told = any(key.lower() == "disabled" for record in people if isinstance(record, dict) for key in record)
    users, bad_users = read_each("user", people, partial(_user, rule, told))
    groups, bad_groups = read_each("group", listed, _group)
    feed = Feed(
        directory=Directory(users=users, groups=groups),
        tells_disabled=told or not people,
        strange=strange_keys(people, listed),
    )
    return whole(source, feed, [*bad_users, *bad_groups])


def _document(text: str, source: str) -> Mapping[str, object]:
    try:
        document = tomli.loads(text)
    except (ValueError, RecursionError) as error:
        raise Incomplete(f"{source} is not valid TOML: {_mistake(text, error)}: {REMEDY}") from None
    strange = sorted(set(document) - SECTIONS)
    if strange:
        raise Incomplete(
            f"{source} holds {strange[0][:40]!a}, which is neither users nor groups: it is refused whole; {REMEDY}"
        )
    return document


def _mistake(text: str, error: Exception) -> str:
    """Where the parser stopped, as far as it knows, and why."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply to be read"
    if not isinstance(error, tomli.TOMLDecodeError):
        return "one of its numbers is too long to be read"
    reason, _, place = str(error).rpartition(" (at ")
    found = re.fullmatch(r"line ([0-9]+), column ([0-9]+)\)", place)
    line, column = found.groups() if found else _end(text)
    return f"line {line}, column {column}: {reason or error}"


def _end(text: str) -> tuple[int, int]:
    """The line and column after the last character, where an unfinished text is found out."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _list(document: Mapping[str, object], section: str, source: str) -> Sequence[object]:
    try:
        return items(section, document.get(section, []))
    except Malformed as error:
        raise Incomplete(f"{source}: {error}") from None


def _folded(record: Row) -> Row:
    """The record with lower-case keys, as GLAuth reads them (``homeDir`` is ``homedir``)."""
    folded = {key.lower(): value for key, value in record.items()}
    if len(folded) < len(record):
        raise Malformed("a key is there twice")
    return folded


def _user(rule: UnixName, told: bool, row: Row) -> DirectoryUser:
    record = _folded(row)
    return DirectoryUser(
        name=_posix_name(record, rule),
        uidnumber=number("uidnumber", record.get("uidnumber")),
        primarygroup=number("primarygroup", record.get("primarygroup")),
        othergroups=tuple(number("othergroups", gid) for gid in items("othergroups", record.get("othergroups", []))),
        givenname=words("givenname", record.get("givenname")),
        sn=words("sn", record.get("sn")),
        mail=words("mail", record.get("mail")),
        loginshell=words("loginshell", record.get("loginshell")),
        homedir=words("homedir", record.get("homedir")),
        sshkeys=ssh_keys("sshkeys", record.get("sshkeys", [])),
        disabled=_disabled(record, told),
    )


def _group(row: Row) -> DirectoryGroup:
    record = _folded(row)
    # A server of 2026 without users writes ``users = []`` last, where TOML makes it part of the last group.
    if record.get("users"):
        raise Malformed("it holds users of its own")
    return DirectoryGroup(name=unix_name(record.get("name")), gidnumber=number("gidnumber", record.get("gidnumber")))


def _disabled(record: Row, told: bool) -> bool:
    """Whether the user is disabled; who is listed without a word while others have one is not thereby enabled.

    No server says it of robot accounts, which it lists only while they live, and without mail and other groups.
    """
    if "disabled" not in record and told and not record.keys().isdisjoint({"mail", "othergroups"}):
        raise Malformed("it does not say whether the user is disabled")
    return flag(record.get("disabled"))


def _posix_name(record: Row, rule: UnixName) -> str:
    given = [] if rule == "name" else _preferred(record)
    if given:
        if len(given) > 1 or not isinstance(given[0], str):
            raise Malformed("preferredUsername is not one name")
        return unix_name(given[0])
    if rule == "preferredUsername":
        raise Malformed("it has no preferredUsername, which glauth.unix_name asks for")
    return unix_name(record.get("name"))


def _preferred(record: Row) -> list[object]:
    """What is given as ``preferredUsername``, which is a list, in one table or in a list of tables."""
    attributes = record.get("customattributes", [])
    tables = [attributes] if isinstance(attributes, dict) else rows(attributes)
    values = [table["preferredUsername"] for table in tables if "preferredUsername" in table]
    if any(value == [] for value in values):
        raise Malformed("preferredUsername is not one name")
    return [name for value in values for name in (value if isinstance(value, list) else [value])]
