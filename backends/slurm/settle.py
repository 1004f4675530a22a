"""One refused object never holds the others: what was not done is halved until it stands alone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from backends.slurm.session import raise_if_outage

T = TypeVar("T")
Refused: TypeAlias = tuple[tuple[T, str], ...]


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What is not as it should be after an attempt, and what Slurm said.

    ``refused``: what need not be attempted again, each with the reason.
    """

    missing: tuple[T, ...]
    said: str
    refused: Refused[T] = ()


def outcome(program: str, missing: Iterable[T], said: str, refused: Refused[T] = ()) -> Outcome[T]:
    """What is missing after an attempt; raises ``Unavailable`` when Slurm's words are about an outage or our rights."""
    lost = tuple(missing)
    if lost:
        raise_if_outage(program, said)
    return Outcome(lost, said, refused)


def settle(items: Sequence[T], attempt: Callable[[Sequence[T]], Outcome[T]]) -> Refused[T]:
    """Attempt all at once, then halves of what is missing; gives each refused item with Slurm's words.

    ``attempt`` reads back what it did and raises ``Unavailable`` when the trouble is not about its items. What it
    gives as missing is attempted next, so it may give an item as it stands by now.
    """
    if not items:
        return ()
    outcome = attempt(items)
    if not outcome.missing:
        return outcome.refused
    if len(items) == 1:
        return ((outcome.missing[0], outcome.said or "Slurm gave no reason"),)
    middle = (len(outcome.missing) + 1) // 2
    halves = outcome.missing[:middle], outcome.missing[middle:]
    return (*outcome.refused, *(refused for half in halves for refused in settle(half, attempt)))
