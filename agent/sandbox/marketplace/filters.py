"""Filters and ordering by query parameters: unknown names are ignored, bad values are refused."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from agent.sandbox.marketplace.call import Call
from agent.sandbox.marketplace.errors import bad
from agent.sandbox.marketplace.moments import iso, parse
from agent.sandbox.marketplace.store import Row

Test: TypeAlias = Callable[[Row], bool]
Filter: TypeAlias = Callable[[Sequence[str]], Test]

_UUID = re.compile(r"[0-9a-f]{32}")


def hex_uuid(text: str) -> str:
    """A UUID in either form as 32 lower-case hex digits; ValueError when it is none."""
    digits = text.lower().replace("-", "")
    if not _UUID.fullmatch(digits):
        raise ValueError("Enter a valid UUID.")
    return digits


def by_uuid(column: str) -> Filter:
    """Rows whose UUID is one of those given."""

    def build(values: Sequence[str]) -> Test:
        wanted = {hex_uuid(value) for value in values}
        return lambda row: row[column] in wanted

    return build


def by_choice(column: str, choices: Iterable[str]) -> Filter:
    """Rows whose column is one of the names given; a name outside ``choices`` is refused."""
    known = frozenset(choices)

    def build(values: Sequence[str]) -> Test:
        for value in values:
            if value not in known:
                raise ValueError(f"Select a valid choice. {value} is not one of the available choices.")
        return lambda row: row[column] in values

    return build


def by_text(column: str) -> Filter:
    """Rows whose column, as text, is the value given."""
    return lambda values: lambda row: str(row[column]) == values[-1]


def by_flag(column: str) -> Filter:
    """Rows whose flag is set or not."""
    return lambda values: lambda row: bool(row[column]) == (values[-1].lower() in {"true", "1"})


def by_moment(column: str) -> Filter:
    """Rows whose moment is not before the one given."""

    def build(values: Sequence[str]) -> Test:
        try:
            earliest = iso(parse(values[-1]).timestamp())
        except ValueError:
            raise ValueError("Enter a valid date/time.") from None
        return lambda row: bool(row[column] >= earliest)

    return build


def by_day(column: str, *, latest: bool = False) -> Filter:
    """Rows whose day is not before (``latest``: not after) the one given; a moment is refused."""

    def build(values: Sequence[str]) -> Test:
        try:
            day = date.fromisoformat(values[-1]).isoformat()
        except ValueError:
            raise ValueError("Enter a valid date.") from None
        return (lambda row: row[column][:10] <= day) if latest else (lambda row: row[column][:10] >= day)

    return build


def filtered(call: Call, rows: Sequence[Row], filters: Mapping[str, Filter]) -> list[Row]:
    """The rows that pass every filter the query names; refused with 400 when a value is bad."""
    tests: list[Test] = []
    errors: dict[str, list[str]] = {}
    for name, build in filters.items():
        values = [value for value in call.query.getlist(name) if value]
        if values:
            try:
                tests.append(build(values))
            except ValueError as error:
                errors[name] = [str(error)]
    if errors:
        raise bad(errors)
    return [row for row in rows if all(test(row) for test in tests)]


def ordered(call: Call, rows: Sequence[Row], columns: Iterable[str], default: str) -> list[Row]:
    """The rows by the columns that ``o`` names (``-`` first means descending), else by ``default``."""
    known = set(columns)
    named = [name for text in call.query.getlist("o") for name in text.split(",") if name]
    found = list(rows)
    for name in reversed(named or [default]):
        column = name.removeprefix("-")
        if column not in known:
            raise bad({"o": [f"Select a valid choice. {name} is not one of the available choices."]})
        found.sort(key=lambda row: str(row[column] or ""), reverse=name.startswith("-"))
    return found
