"""What the components of one offering cannot say, each by itself and beside each other."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from agent.core.policy import LimitKind

Conflict: TypeAlias = tuple[tuple[str, ...], str]
"""The key within the offering, and what to do."""
Raw: TypeAlias = Mapping[str, object]

_OF_TRES = {kind.value for kind in LimitKind if kind.of_tres}
_NUMBERS = {kind.value for kind in LimitKind} - _OF_TRES - {LimitKind.NONE.value}

_IDLE: Raw = {"also": {}, "per": "account", "prepaid": False}


def component_conflicts(offering: Raw) -> Iterator[Conflict]:
    """Each conflict in the components of an offering as the file has it."""
    table = offering.get("components")
    rows = {type_: row for type_, row in table.items() if isinstance(row, dict)} if isinstance(table, dict) else {}
    for type_, row in rows.items():
        for key, text in (*_tres(row), *_also(row), *_without_limit(row), *_on_qos(offering, row)):
            yield ("components", type_, key), text
    yield from _same_limit(rows)


def _tres(row: Raw) -> Iterator[tuple[str, str]]:
    limit = _limit(row)
    if limit in _NUMBERS and "tres" in row:
        yield "tres", f"is not a part of {limit}, which is a number; take it out"
    if limit in _OF_TRES | {LimitKind.NONE.value} and "tres" not in row:
        yield "tres", 'is missing; write for instance tres = "cpu"'


def _also(row: Raw) -> Iterator[tuple[str, str]]:
    also = row.get("also")
    if not isinstance(also, dict) or not also:
        return
    if _limit(row) in _NUMBERS:
        yield "also", f"is not a part of {_limit(row)}, which is a number; take it out"
    elif str(row.get("tres")) in also:
        yield "also", f"has {row['tres']!r}, which is the component's own TRES; its factor is the key factor"


def _without_limit(row: Raw) -> Iterator[tuple[str, str]]:
    """``also``, ``per`` and ``prepaid`` shape a limit."""
    if _limit(row) != LimitKind.NONE.value:
        return
    for key, idle in _IDLE.items():
        if row.get(key, idle) != idle:
            yield key, 'shapes a limit, and limit = "none" sets none; take it out'


def _on_qos(offering: Raw, row: Raw) -> Iterator[tuple[str, str]]:
    if offering.get("limits_on") == "qos" and row.get("per") == "user":
        yield "per", 'cannot be "user" with limits_on = "qos": a QOS carries the limits of the account'


def _same_limit(rows: Mapping[str, Raw]) -> Iterator[Conflict]:
    first: dict[tuple[str, str, str], str] = {}
    for type_, row in rows.items():
        for key, tres in _set_by(row):
            earlier = first.setdefault((str(row.get("per", "account")), _limit(row), tres), type_)
            if earlier != type_:
                yield ("components", type_, *key), _set_already(_limit(row), tres, earlier)


def _set_already(limit: str, tres: str, earlier: str) -> str:
    what = f"{limit} of {tres!r}" if tres else limit
    remedy = "give each component its own TRES" if tres else "keep one of the two"
    return f"{what} is set by component {earlier!r} already; {remedy}"


def _set_by(row: Raw) -> Iterator[tuple[tuple[str, ...], str]]:
    """The TRES whose limit a component sets ("" for a number), each with the key that says so."""
    if _limit(row) in _NUMBERS:
        yield ("limit",), ""
    elif _limit(row) in _OF_TRES:
        tres, also = row.get("tres"), row.get("also")
        if isinstance(tres, str):
            yield ("tres",), tres
        yield from ((("also", each), each) for each in (also if isinstance(also, dict) else {}))


def _limit(row: Raw) -> str:
    return str(row.get("limit", LimitKind.GRP_TRES_MINS.value))
