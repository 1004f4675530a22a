"""What every action is: one change, whose it is, and what it rests on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from agent.core.snapshot import SectionName as S


class Evidence(StrEnum):
    """What a destructive action rests on."""

    ABSENCE = "absence"
    """It is not in a list any more: needs two complete snapshots and stays within the budget."""
    POSITIVE = "positive"
    """An order, an expired role, a restriction: one decision somebody made."""
    RISK = "risk"
    """Nothing is removed, but running work may be killed: needs a person's word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One change. ``offering`` is whose it is; ``evidence`` is set on destructive actions only."""

    kind: ClassVar[str]
    rank: ClassVar[int]
    """Where it stands in a plan: additions first, blocks before deletions."""
    needs: ClassVar[frozenset[S]]
    """The sections that must be complete for the diff to produce it."""

    offering: str
    evidence: Evidence | None = None

    @property
    def subject(self) -> str:
        """The object it is about, unique within its kind."""
        raise AssertionError(self.kind)

    @property
    def key(self) -> str:
        """What identifies it from cycle to cycle."""
        return f"{self.kind} {self.subject}"

    def describe(self) -> str:
        """One line for a person."""
        raise AssertionError(self.kind)
