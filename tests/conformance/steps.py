"""The words scripts are written in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command line; ``find`` keeps only what matches of its output, ``ends_with_id`` hides a last column of ids."""

    line: str
    stdin: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    find: str = ""
    ends_with_id: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """A job of a user; it is {job1} if it is the first of its script."""

    account: str
    user: str
    cpus: int = 1
    partition: str = "cpu"
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of the n-th job."""

    job: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A row of the accounting history, in UTC seconds and MiB; ``again`` is the number of the job that was requeued."""

    account: str
    user: str
    start: float
    end: float
    tres: Mapping[str, int]
    state: str = "COMPLETED"
    again: int = 0


Step: TypeAlias = Command | Submit | Finish | Record


@dataclass(frozen=True, slots=True)
class Script:
    """Steps on an empty cluster, and what they are about."""

    about: str
    steps: tuple[Step, ...]


def script(about: str, *steps: Step | str) -> Script:
    """A script; a plain text is one command a line."""
    return Script(about, tuple(each for step in steps for each in _steps(step)))


def _steps(step: Step | str) -> list[Step]:
    if not isinstance(step, str):
        return [step]
    return [Command(line=line.strip()) for line in step.splitlines() if line.strip()]
