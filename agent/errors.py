"""What can go wrong, sorted by what the caller can do about it.

AgentError
├─ ConfigError      fix the file                                      exit 78
├─ Unavailable      try later: marketplace, Slurm, directory          exit 75
│  └─ Stopped       told to stop before it began
├─ Incomplete       a section cannot be trusted, so nothing is removed
├─ Held             the guard said no                                 exit 3
├─ Rejected         the other side said no for good
└─ NotConverged     applied, but not there when read again            exit 4
"""

from collections.abc import Sequence


class AgentError(Exception):
    """Base of every error the agent raises on purpose; the text names the object and the remedy."""

    exit_code = 1


class ConfigError(AgentError):
    """The configuration cannot be used; the text says which file, which key and what to write instead."""

    exit_code = 78


class Unavailable(AgentError):
    """The other side cannot be reached or does not let us in now; nothing was decided, try later."""

    exit_code = 75


class Stopped(Unavailable):
    """The agent was told to stop before this was begun; nothing went wrong, and the next run does it."""


class Incomplete(AgentError):
    """What was read cannot be trusted to be everything.

    ``rows`` holds what did arrive (possibly nothing): good enough to add from, never to remove from.
    """

    def __init__(self, message: str, rows: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.rows = tuple(rows)


class Held(AgentError):
    """The guard holds an action; the text says why and how a person releases it."""

    exit_code = 3


class Rejected(AgentError):
    """The other side refused for good; repeating the same request cannot help."""


class NotConverged(AgentError):
    """The change was made, and reading again does not show it."""

    exit_code = 4
