"""The limits of an association: their names, how they are read and shown, and which ones users inherit."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from agent.sandbox.cluster import times, tres
from agent.sandbox.cluster.answer import Refused

Value: TypeAlias = int | str | list[str] | dict[str, int]
Limits: TypeAlias = Mapping[str, Value]
"""What is set; a limit that is not there is not set. TRES limits are in TRES-minutes or TRES, mem in MiB."""
Change: TypeAlias = int | str | list[str] | Mapping[str, int | None] | None
"""What is to be set: None clears, and so does a None in a TRES limit."""


class Limit(NamedTuple):
    """One limit: how many letters are enough, the kind of its value, whether users get it from their account."""

    name: str
    enough: int
    kind: str
    inherited: bool = False


LIMITS = (
    Limit("DefaultQOS", 8, "qos", inherited=True),
    Limit("Fairshare", 1, "share"),
    Limit("GrpJobs", 4, "number"),
    Limit("GrpSubmitJobs", 4, "number"),
    Limit("GrpTRES", 7, "tres"),
    Limit("GrpTRESMins", 8, "tres"),
    Limit("GrpTRESRunMins", 8, "tres"),
    Limit("GrpWall", 4, "minutes"),
    Limit("MaxJobs", 4, "number", inherited=True),
    Limit("MaxSubmitJobs", 4, "number", inherited=True),
    Limit("MaxTRES", 7, "tres", inherited=True),
    Limit("MaxTRESPerJob", 8, "tres", inherited=True),
    Limit("MaxTRESPerNode", 11, "tres", inherited=True),
    Limit("MaxTRESMins", 8, "tres", inherited=True),
    Limit("MaxWall", 4, "minutes", inherited=True),
    Limit("Priority", 3, "number"),
    Limit("QOS", 3, "qos list", inherited=True),
    Limit("Share", 1, "share"),
)
QOS_LIMITS = (
    Limit("GrpJobs", 4, "number"),
    Limit("GrpSubmitJobs", 4, "number"),
    Limit("GrpTRES", 7, "tres"),
    Limit("GrpTRESMins", 8, "tres"),
    Limit("GrpTRESRunMins", 8, "tres"),
    Limit("GrpWall", 4, "minutes"),
    Limit("MaxJobsPerUser", 4, "number"),
    Limit("MaxSubmitJobsPerUser", 4, "number"),
    Limit("MaxTRES", 7, "tres"),
    Limit("MaxTRESPerJob", 8, "tres"),
    Limit("MaxTRESPerNode", 11, "tres"),
    Limit("MaxTRESPerUser", 11, "tres"),
    Limit("MaxWall", 4, "minutes"),
    Limit("Priority", 3, "number"),
)
"""What a QOS may be limited to; nothing of it is inherited."""
SAME = {"Share": "Fairshare", "MaxTRESPerJob": "MaxTRES"}
INHERITED = frozenset(SAME.get(limit.name, limit.name) for limit in LIMITS if limit.inherited)
UNLIMITED = 2**32 - 1


class Read(NamedTuple):
    """A limit's name and change, and what sacctmgr complains of while it goes on."""

    name: str
    change: Change
    complaints: str = ""


class BadDefault(Refused):
    """The default QOS that was given is none."""


class Vocabulary(NamedTuple):
    """The limits that may be named, and the QOS there are, in the order of their ids."""

    limits: Sequence[Limit] = LIMITS
    qos: Sequence[str] = ()


def find(given: str, known: Sequence[Limit]) -> Limit | None:
    """The limit an abbreviation stands for."""
    word = given.lower()
    exact = [limit for limit in known if limit.name.lower() == word]
    close = [limit for limit in known if len(word) >= limit.enough and limit.name.lower().startswith(word)]
    return next(iter(exact + close), None)


def read(limit: Limit, value: str, qos: Sequence[str]) -> Read:
    """What ``limit=value`` sets. Raises ``Refused`` with the complaint, which the caller completes."""
    name = SAME.get(limit.name, limit.name)
    if limit.kind == "tres":
        given = tres.read(value)
        return Read(name, given.values, given.complaints)
    if limit.kind == "minutes":
        return Read(name, _minutes(name, value))
    if limit.kind == "share":
        return Read(name, "parent" if value.lower() == "parent" else _number("FairShare", value))
    if limit.kind == "number":
        return Read(name, _number(name, value))
    if limit.kind == "qos":
        return Read(name, _default_qos(value.lower(), qos))
    return Read(name, qos_list(value, qos) or None)


def read_word(key: str, value: str, unknown: str, words: Vocabulary) -> Read:
    """A limit by its abbreviation. Raises ``Refused``: the complaint, then ``unknown``; ``BadDefault`` without it."""
    limit = find(key, words.limits)
    if limit is None:
        raise Refused(unknown)
    try:
        return read(limit, value, words.qos)
    except BadDefault:
        raise
    except Refused as refused:
        raise Refused(refused.answer.err + unknown) from None


def _default_qos(name: str, known: Sequence[str]) -> str | None:
    if name == "-1":
        return None
    if name not in known:
        raise BadDefault(f"You gave a bad default qos '{name}'.  Use 'list qos' to get complete list.\n")
    return name


def qos_list(text: str, known: Sequence[str]) -> list[str]:
    """The QOS of a list, each once. Raises ``Refused`` on an unknown one."""
    names = [name for name in text.lower().split(",") if name not in ("", "-1")]
    for name in names:
        if name not in known:
            raise Refused(f"sacctmgr: error: You gave a bad qos '{name}'. Valid QOS's are {','.join(known)}\n")
    return list(dict.fromkeys(names))


def _number(name: str, text: str) -> int | None:
    digits = text.lstrip("-")
    whole = digits[: len(digits) - len(digits.lstrip("0123456789"))]
    if text and not whole:
        raise Refused(f"sacctmgr: error: Invalid value for {name} ({text})\n")
    return None if text.startswith("-") or not text or int(whole) >= UNLIMITED else int(whole)


def _minutes(name: str, text: str) -> int | None:
    try:
        return times.minutes(text)
    except ValueError:
        raise Refused(f" Bad {name} time format: {name}={text}\n") from None


def applied(limits: Limits, changes: Mapping[str, Change]) -> dict[str, Value]:
    """The limits after the changes; a TRES that is not mentioned keeps its limit."""
    after = dict(limits)
    for name, change in changes.items():
        before = after.pop(name, None)
        value = _merged(before, change) if isinstance(change, Mapping) else change
        if value is not None and value != {}:
            after[name] = value
    return after


def _merged(before: Value | None, change: Mapping[str, int | None]) -> dict[str, int]:
    both = {**(before if isinstance(before, dict) else {}), **change}
    return {name: amount for name, amount in both.items() if amount is not None}


def shown(name: str, value: Value | None) -> str:
    """One limit as a table shows it; "" when it is not set."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return tres.shown(value)
    if isinstance(value, list):
        return ",".join(value)
    return times.elapsed(int(value) * 60) if name.endswith("Wall") else str(value)
