"""How a JSON object becomes a record: one table for each.

A table goes from the model's field to the server's field, or several, and their reader. It is also the list of fields
that are asked for, so that none can be read without having been requested, and nothing personal comes along.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

from agent.marketplace.values import Malformed, Row

T = TypeVar("T")
Table: TypeAlias = Mapping[str, tuple[str | tuple[str, ...], Callable[..., object]]]


def wanted(table: Table, *more: str) -> list[tuple[str, str]]:
    """The query that asks for the table's fields and no others."""
    named = [name for wire, _ in table.values() for name in _names(wire)]
    return [("field", name) for name in dict.fromkeys([*named, *more])]


def record(model: Callable[..., T], table: Table, row: Row) -> T:
    """The record that a row is; raises ``Malformed`` with the row and the field that cannot be read."""
    fields = {}
    for field, (wire, read) in table.items():
        names = _names(wire)
        try:
            fields[field] = read(*(row.get(name) for name in names))
        except Malformed as error:
            named = row.get("uuid") or row.get("type") or "a row"
            raise Malformed(f"{named}: {' or '.join(names)}: {error}") from None
    return model(**fields)


def _names(wire: str | tuple[str, ...]) -> tuple[str, ...]:
    return (wire,) if isinstance(wire, str) else wire
