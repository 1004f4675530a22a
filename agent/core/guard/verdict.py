"""What the guard says, and what it has to know to say it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.core.actions import Action, RemoveAssociation, RemoveOrphan
from agent.core.known import Known, Removal
from agent.core.moments import moment

DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAction:
    """An action the guard holds. ``since``: UTC seconds it was first seen, if known. Not every one can be released."""

    action: Action
    reason: str
    since: float | None = None
    releasable: bool = True

    def describe(self) -> str:
        """One line for a person: the action, why it is held, and since when it is missing, if that is known."""
        since = f"; missing since {moment(self.since)}" if self.since is not None else ""
        return f"{self.action.describe()} ({self.reason}{since})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What may run, and what is held."""

    allowed: tuple[Action, ...]
    held: tuple[HeldAction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the guard needs to judge.

    ``managed``: offering → objects; ``own``: offering → its accounts → their users that are the agent's own.
    """

    known: Known
    managed: Mapping[str, int]
    own: Mapping[str, Mapping[str, frozenset[str]]]
    now: float
    confirmed: bool = False


def held_checksum(held: Iterable[HeldAction]) -> str:
    """The checksum that releases these actions: of the held ones only, so that other work does not change it."""
    lines = sorted(f"{item.action.key} {item.action.describe()}" for item in held if item.releasable)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12] if lines else ""


def objects(action: Action) -> tuple[str, ...]:
    """The keys of what an action takes away: an account on the word of absence counts with each of its users.

    What a restriction sets aside is one decision about the resource, not one about each person.
    """
    if isinstance(action, RemoveAssociation) and action.aside:
        return (f"set aside {action.subject}",)
    below = action.users if isinstance(action, RemoveOrphan) else ()
    return (action.key, *(f"{action.key}/{user}" for user in below))


def last_day(history: History) -> Iterable[Removal]:
    """The removals of the last 24 hours."""
    return (removal for removal in history.known.removals if history.now - removal.at < DAY)


def since(action: Action, history: History) -> float | None:
    """When an absence was first seen, UTC seconds."""
    return history.known.first_missing.get(action.key)
