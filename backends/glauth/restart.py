"""The site's command that restarts GLAuth, and how often it may be run."""

import os
import pwd
import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import time
from types import MappingProxyType

from agent.errors import Unavailable
from agent.process import Processes
from backends.glauth.attempt import Attempt, How, read_attempt, write_attempt
from backends.glauth.moments import iso

DEADLINE = 60.0
"""Seconds the command has; then it is ended with all it started."""
_BEFORE: Mapping[How, str] = MappingProxyType(
    {
        How.DONE: "GLAuth was restarted at {}, and is not again",
        How.FAILED: "a restart of GLAuth was tried at {} and failed, and is not tried again",
        How.TRIED: "a restart of GLAuth was tried at {}, nobody knows how it ended, and it is not tried again",
    }
)


class Restart:
    """Restarts GLAuth at most once in ``interval`` seconds, whichever process of the agent it is.

    The moment stands in ``stamp`` before the command is run, so that an agent that dies in between restarts nothing
    again; what became of it stands there afterwards. Without a command it never does anything.
    """

    def __init__(
        self,
        processes: Processes,
        command: Sequence[str],
        interval: float,
        stamp: Path,
        clock: Callable[[], float] = time,
        deadline: float = DEADLINE,
    ) -> None:
        self._processes, self._command, self._interval = processes, tuple(command), interval
        self.stamp, self._clock, self._deadline = stamp, clock, deadline

    @property
    def possible(self) -> bool:
        """Whether there is a command at all."""
        return bool(self._command)

    def refused(self) -> str:
        """Why GLAuth may not be restarted now; "" when it may."""
        if not self.possible:
            return "no command that restarts GLAuth is in the settings (glauth.restart)"
        tried = read_attempt(self.stamp)
        if tried is None or not 0 <= self._clock() - tried.at < self._interval:
            return ""
        return f"{_BEFORE[tried.how].format(iso(tried.at))} before {iso(tried.at + self._interval)}"

    def last(self) -> float | None:
        """When GLAuth was last restarted with success, UTC seconds; None for never."""
        tried = read_attempt(self.stamp)
        return tried.succeeded if tried else None

    def failed(self) -> str:
        """When a restart was last tried in vain since the last that succeeded, as words; "" for never."""
        tried = read_attempt(self.stamp)
        return "" if tried is None or tried.how is How.DONE else f"{tried.how} at {iso(tried.at)}"

    def run(self) -> str:
        """Restart GLAuth, allowed or not; what went wrong, or "".

        What the command writes is shown nowhere: a server's log may hold its private key.
        """
        if not self.possible:
            return self.refused()
        tried = Attempt(at=self._clock(), succeeded=self.last())
        try:
            write_attempt(self.stamp, tried)
        except Unavailable as error:
            return _short(error)
        failed = self._run()
        with suppress(Unavailable):  # then it counts as tried, and nobody knows how it ended
            write_attempt(self.stamp, tried.failed() if failed else tried.done())
        return failed

    def _run(self) -> str:
        try:
            finished = self._processes.read(self._command, "", self._deadline)
        except Unavailable as error:
            return _short(error)
        if finished.returncode == 0:
            return ""
        by_hand = f"sudo -u {_user()} {shlex.join(self._command)}"
        return f"{self._command[0]} ended with {finished.returncode}; run it as the agent's user ({by_hand}) to see why"


def _short(error: Unavailable) -> str:
    return str(error).partition(";")[0]


def _user() -> str:
    """Who this is, as sudo takes it."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"'#{os.geteuid()}'"
