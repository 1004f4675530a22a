"""What a check found, and how checks are run."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from agent.errors import AgentError

Subject = TypeVar("Subject")


class Mark(StrEnum):
    """How something stands. ``NONE``: there was nothing to look at, or it could not be seen from here."""

    OK = "ok"
    NONE = "none"
    DOUBTFUL = "doubtful"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``about`` names what was looked at in a word or two, ``remedy`` what a person is to do ("" for nothing)."""

    mark: Mark
    about: str
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check(Generic[Subject]):
    """One thing to look at; ``look`` gives a finding for each thing that is worth a line, at least one."""

    about: str
    look: Callable[[Subject], Iterable[Finding]]


def examine(checks: Sequence[Check[Subject]], subject: Subject) -> Iterator[Finding]:
    """What all checks find. One that cannot look says so, and the others go on."""
    for check in checks:
        try:
            yield from list(check.look(subject))
        except AgentError as error:
            yield Finding(mark=Mark.BROKEN, about=check.about, text=str(error))
        except OSError as error:
            yield Finding(
                mark=Mark.DOUBTFUL,
                about=check.about,
                text=f"could not be looked at: {error}",
                remedy="call agent doctor as the agent's own user",
            )


def healthy(findings: Iterable[Finding]) -> bool:
    """Whether nothing is broken; a doubt alone keeps nothing from working."""
    return all(finding.mark is not Mark.BROKEN for finding in findings)
