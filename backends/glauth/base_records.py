"""What is wrong with the users and groups of the base, each by itself and beside each other."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from agent.core.names import is_username
from backends.glauth.base_tables import Table, records
from backends.glauth.sentinel import Sentinel

_SHA256 = re.compile(r"[0-9a-f]{64}")
_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_NUMBERS = (("users", "uidnumber"), ("groups", "gidnumber"))
_CUSTOM = {"customattributes", "customattrs"}


def check_records(tables: Table, sentinel: Sentinel) -> Iterator[str]:
    """Each problem with its remedy."""
    for kind, number in _NUMBERS:
        found = tables.get(kind, [])
        if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
            yield f"{kind} is not a list of tables; write each as [[{kind}]]"
            continue
        yield from _numbers(kind, number, found)
        yield from _names(kind, found)
        yield from _probe(kind, number, found, sentinel)
    yield from _groups(records(tables, "groups"))
    for user in records(tables, "users"):
        yield from _user(user)


def _numbers(kind: str, number: str, found: Iterable[Table]) -> Iterator[str]:
    if any("unixid" in record for record in found):
        yield f"[[{kind}]] unixid means 0 to GLAuth 2.5; write uidnumber or gidnumber"
    times: Counter[int] = Counter()
    for record in found:
        value = record.get(number, 0)
        if isinstance(value, int) and value > 0:
            times[value] += 1
        elif "unixid" not in record:
            yield f"[[{kind}]] {_name(record)!r} has no {number}, which makes it 0, root's; write one"
    for value in (value for value, often in times.items() if often > 1):
        yield f"[[{kind}]] {number} {value} is written {times[value]} times; each needs one of its own"


def _names(kind: str, found: Iterable[Table]) -> Iterator[str]:
    names = Counter(_name(record).lower() for record in found)
    for name in (name for name, times in names.items() if times > 1 or not name):
        yield f"[[{kind}]] name {name!r} is written {names[name]} times; each needs one of its own"


def _probe(kind: str, number: str, found: Iterable[Table], sentinel: Sentinel) -> Iterator[str]:
    for record in found:
        if _name(record).lower() == sentinel.name or record.get(number) == sentinel.number:
            yield (
                f"[[{kind}]] {_name(record)!r} has the name {sentinel.name} or the {number}"
                f" {sentinel.number}, which the agent's own probe needs; write another"
            )


def _groups(groups: Iterable[Table]) -> Iterator[str]:
    if any("includegroups" in group for group in groups):
        yield "[[groups]] includegroups in a circle ends GLAuth at the next search; write othergroups for each user"


def _user(user: Table) -> Iterator[str]:
    name = _name(user)
    if name and not is_username(name):
        yield f"{name!r} is no name of a user on the nodes; write up to 32 of a-z, 0-9, _, . and -, a letter first"
    if _CUSTOM & set(user):
        yield f"the user {name!r} has customattributes, which make GLAuth slow and can double its uid; take them out"
    if user.get("disabled"):
        yield f"the user {name!r} is disabled, and GLAuth before 2.5.1 lets it in all the same; take the record out"
    if not _has_password(user):
        yield (
            f"the user {name!r} has no password, so that GLAuth before 2.5.1 takes any;"
            " write passsha256 (64 lower-case hex digits) or passbcrypt"
        )


def _has_password(user: Table) -> bool:
    """Whether a password is asked of the user, each of its digests being one of something."""
    digest, of_programs = user.get("passsha256", ""), user.get("passappsha256", [])
    digests = [*([digest] if digest else []), *(of_programs if isinstance(of_programs, list) else [of_programs])]
    good = all(_SHA256.fullmatch(str(one)) and one != _OF_NOTHING for one in digests)
    return good and bool(digest or user.get("passbcrypt"))


def _name(record: Table) -> str:
    return str(record.get("name", ""))
