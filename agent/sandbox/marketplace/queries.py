"""Long lists, filtered, ordered and paged by SQL: only the rows of the page are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from agent.sandbox.marketplace.call import Call
from agent.sandbox.marketplace.errors import bad
from agent.sandbox.marketplace.filters import hex_uuid
from agent.sandbox.marketplace.moments import iso, parse
from agent.sandbox.marketplace.store import Row

Condition: TypeAlias = tuple[str, Sequence[object]]
Build: TypeAlias = Callable[[Sequence[str]], Condition]


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT in its parts: the columns, the joined tables, the conditions with their values, and the order.

    ``counted``: the tables that the conditions speak of, where that are fewer and counting in them is quicker.
    """

    columns: str
    tables: str
    conditions: tuple[Condition, ...]
    order: str
    counted: str = ""

    def count(self, call: Call) -> int:
        """How many rows there are."""
        where, values = self._where()
        tables = self.counted or self.tables
        return int(call.store.rows(f"SELECT count(*) AS found FROM {tables} WHERE {where}", *values)[0]["found"])

    def rows(self, call: Call, limit: int, offset: int) -> list[Row]:
        """The rows of one page."""
        where, values = self._where()
        sql = f"SELECT {self.columns} FROM {self.tables} WHERE {where} ORDER BY {self.order} LIMIT ? OFFSET ?"
        return call.store.rows(sql, *values, limit, offset)

    def narrowed(self, call: Call, filters: Mapping[str, Build]) -> "Query":
        """With the filters that the request names; refused with 400 when a value is bad."""
        found, errors = list(self.conditions), {}
        for name, build in filters.items():
            values = [value for value in call.query.getlist(name) if value]
            try:
                found += [build(values)] if values else []
            except ValueError as error:
                errors[name] = [str(error)]
        if errors:
            raise bad(errors)
        return replace(self, conditions=tuple(found))

    def ordered(self, call: Call, columns: Mapping[str, str], default: str) -> "Query":
        """By the columns that ``o`` names (``-`` first means descending), then as it was."""
        named = [name for text in call.query.getlist("o") for name in text.split(",") if name] or [default]
        terms = []
        for name in named:
            column = columns.get(name.removeprefix("-"))
            if column is None:
                raise bad({"o": [f"Select a valid choice. {name} is not one of the available choices."]})
            terms.append(f"{column} DESC" if name.startswith("-") else column)
        return replace(self, order=", ".join([*terms, self.order]))

    def _where(self) -> tuple[str, list[object]]:
        text = " AND ".join(f"({sql})" for sql, _ in self.conditions) or "1"
        return text, [value for _, values in self.conditions for value in values]


def among(column: str, values: Sequence[object]) -> Condition:
    """The column holds one of these values."""
    return f"{column} IN ({', '.join('?' for _ in values)})", values


def by_uuid(column: str) -> Build:
    """One of the UUIDs given."""
    return lambda values: among(column, [hex_uuid(value) for value in values])


def by_choice(column: str, choices: Sequence[str]) -> Build:
    """One of the names given; a name outside ``choices`` is refused."""

    def build(values: Sequence[str]) -> Condition:
        for value in values:
            if value not in choices:
                raise ValueError(f"Select a valid choice. {value} is not one of the available choices.")
        return among(column, values)

    return build


def by_text(column: str) -> Build:
    """The text given."""
    return lambda values: (f"{column} = ?", [values[-1]])


def by_flag(column: str) -> Build:
    """The flag is set or not."""
    return lambda values: (f"{column} = ?", [values[-1].lower() in {"true", "1"}])


def by_moment(column: str) -> Build:
    """Not before the moment given."""

    def build(values: Sequence[str]) -> Condition:
        try:
            return f"{column} >= ?", [iso(parse(values[-1]).timestamp())]
        except ValueError:
            raise ValueError("Enter a valid date/time.") from None

    return build
