"""Hostility on demand: rules that make matching requests fail, lie, stall or lose their answer, seeded."""

import random
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Kind(StrEnum):
    """What a fault does.

    Before the operation: ``status`` answers instead of it, ``stall`` waits, ``drop`` closes the connection.
    On lists: ``empty`` and ``halve`` are lies whose count header agrees with them, over all pages; ``lose row`` and
    ``double row`` are a page of a table that moves while it is read, so the count header no longer fits.
    On the reply, when the operation has had its effect: ``cut`` ends the JSON early, ``tear`` closes the connection in
    the middle of the body, ``lose reply`` before it.
    """

    STATUS = "status"
    STALL = "stall"
    DROP = "drop"
    EMPTY = "empty"
    HALVE = "halve"
    LOSE_ROW = "lose row"
    DOUBLE_ROW = "double row"
    CUT = "cut"
    TEAR = "tear"
    LOSE_REPLY = "lose reply"


BEFORE = frozenset({Kind.STATUS, Kind.STALL, Kind.DROP})
WHOLE_LIST = frozenset({Kind.EMPTY, Kind.HALVE})
ONE_PAGE = frozenset({Kind.LOSE_ROW, Kind.DOUBLE_ROW})
REPLY = frozenset({Kind.CUT, Kind.TEAR, Kind.LOSE_REPLY})


@dataclass(slots=True)
class Fault:
    """One rule. ``target`` and ``method`` are regular expressions; ``times`` None means for ever.

    ``target`` is searched in the path with its query, ``/api/marketplace-orders/?page=2``. ``value`` is the status or
    the seconds.
    """

    kind: Kind
    target: str
    method: str = ""
    times: int | None = None
    probability: float = 1.0
    value: float = 0.0

    def matches(self, method: str, target: str) -> bool:
        """Whether the rule means this request and is not used up."""
        return (
            self.times != 0
            and re.fullmatch(self.method or ".*", method) is not None
            and re.search(self.target, target) is not None
        )


class Faults:
    """The rules in force, tried in the order they were added. Use ``add`` and ``clear`` from any thread."""

    def __init__(self, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self._rules: list[Fault] = []

    def add(
        self,
        kind: Kind | str,
        target: str,
        *,
        method: str = "",
        times: int | None = None,
        probability: float = 1.0,
        value: float = 0.0,
    ) -> Fault:
        """Add a rule and give it back; its ``times`` counts down as it strikes.

        ``status`` and ``stall`` need ``value``: the HTTP status, or the seconds to wait before the operation.
        """
        rule = Fault(Kind(kind), target, method, times, probability, value)
        with self._lock:
            self._rules.append(rule)
        return rule

    def clear(self) -> None:
        """Forget every rule."""
        with self._lock:
            self._rules.clear()

    def reseed(self, seed: int) -> None:
        """Begin the sequence of chances again."""
        with self._lock:
            self._random.seed(seed)

    def strike(self, kinds: frozenset[Kind], method: str, target: str) -> Fault | None:
        """The rule of one of ``kinds`` that hits this request now, counted; None when the request is spared."""
        with self._lock:
            for rule in self._rules:
                if rule.kind in kinds and rule.matches(method, target) and self._random.random() < rule.probability:
                    rule.times = None if rule.times is None else rule.times - 1
                    return rule
        return None


def falsified(rows: Sequence[T], fault: Fault | None) -> list[T]:
    """What a fault leaves of a list: the first row is the one that is lost or doubled."""
    change: Callable[[list[T]], list[T]] = _CHANGES[fault.kind] if fault else list
    return change(list(rows))


_CHANGES: dict[Kind, Callable[[list[T]], list[T]]] = {
    Kind.EMPTY: lambda _rows: [],
    Kind.HALVE: lambda rows: rows[: len(rows) // 2],
    Kind.LOSE_ROW: lambda rows: rows[1:],
    Kind.DOUBLE_ROW: lambda rows: rows[:1] + rows,
}
