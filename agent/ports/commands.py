"""The site's own commands: the one that decides about orders, and those that are told of events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """What the approval command said: True (exit 0), False (exit 1), or None (any other end: ask again later).

    ``reason`` is the first line of its stdout for a no, else what went wrong.
    """

    approved: bool | None
    reason: str = ""


class Approver(Protocol):
    """The command that decides about orders (``approval = "ask"``)."""

    def ask(self, command: Sequence[str], order: Mapping[str, object]) -> Answer:
        """Runs the command with the order as JSON on stdin. It is ended after its deadline, which is no answer."""
        ...


class HookRunner(Protocol):
    """Runs the site's own commands about users and resources."""

    def run(self, command: Sequence[str], event: Mapping[str, object]) -> str:
        """Runs the command with the event as JSON on stdin. Gives "" for exit code 0, else what went wrong."""
        ...
