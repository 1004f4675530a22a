"""The site's command that restarts GLAuth, and how often it may be run."""

from collections.abc import Callable, Sequence
from pathlib import Path
from time import time

from agent.errors import Unavailable
from agent.process import Processes
from backends.glauth.moments import iso
from backends.glauth.publish import swap

DEADLINE = 60.0
"""Seconds the command has; then it is ended with all it started."""


class Restart:
    """Restarts GLAuth at most once in ``interval`` seconds, whichever process of the agent it is.

    The moment stands in ``stamp`` before the command is run, so that an agent that dies in between restarts nothing
    again. Without a command it never does anything.
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
        self._stamp, self._clock, self._deadline = stamp, clock, deadline

    @property
    def possible(self) -> bool:
        """Whether there is a command at all."""
        return bool(self._command)

    def refused(self) -> str:
        """Why GLAuth may not be restarted now; "" when it may."""
        if not self.possible:
            return "no command that restarts GLAuth is in the settings (glauth.restart)"
        at = self.last()
        if at is not None and 0 <= self._clock() - at < self._interval:
            return f"GLAuth was restarted at {iso(at)}, and is not again before {iso(at + self._interval)}"
        return ""

    def last(self) -> float | None:
        """When GLAuth was last restarted, UTC seconds; None for never."""
        try:
            return float(self._stamp.read_text("ascii"))
        except (OSError, ValueError):
            return None

    def run(self) -> str:
        """Restart GLAuth, allowed or not; what went wrong, or "".

        What the command writes is shown nowhere: a server's log may hold its private key.
        """
        if not self.possible:
            return self.refused()
        try:
            swap(self._stamp, f"{self._clock()}\n".encode(), mode=0o600)
            finished = self._processes.read(self._command, "", self._deadline)
        except Unavailable as error:
            return str(error).partition(";")[0]
        if finished.returncode != 0:
            return f"{self._command[0]} ended with {finished.returncode}; run it by hand to see why"
        return ""
