"""Lists as records of the model: filtered again on our side, and incomplete when a row cannot be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from agent.errors import Incomplete
from agent.marketplace.http import Http
from agent.marketplace.paging import Listing, read_list
from agent.marketplace.values import Malformed, Row

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What the rows of a list are: the word for one, how it is read, and whether a row belongs to what was asked.

    A server that does not know a filter ignores it and returns everything, so belonging is always checked again.
    """

    word: str
    parse: Callable[[Row], T]
    belongs: Callable[[Row], bool]


def read_records(http: Http, listing: Listing, kind: Kind[T]) -> tuple[T, ...]:
    """Every record of the list; raises ``Incomplete`` with the readable ones when there may be more."""
    try:
        rows = read_list(http, listing)
    except Incomplete as error:
        good = readable([row for row in error.rows if isinstance(row, dict)], kind)
        raise Incomplete(str(error), good) from None
    return parse_records(rows, kind)


def parse_records(rows: Sequence[Row], kind: Kind[T]) -> tuple[T, ...]:
    """The records of these rows; raises ``Incomplete`` with the readable ones when one cannot be read."""
    good, bad = _sort(rows, kind)
    if bad:
        raise Incomplete(f"{len(bad)} of {len(rows)} rows cannot be read, the first: {kind.word} {bad[0]}", good)
    return tuple(good)


def readable(rows: Sequence[Row], kind: Kind[T]) -> tuple[T, ...]:
    """The records of those rows that can be read."""
    return tuple(_sort(rows, kind)[0])


def _sort(rows: Sequence[Row], kind: Kind[T]) -> tuple[list[T], list[str]]:
    good, bad = [], []
    for row in rows:
        try:
            if kind.belongs(row):
                good.append(kind.parse(row))
        except Malformed as error:
            bad.append(str(error))
    return good, bad
