"""Which lanes run, how their last run ended, and which of them are stuck."""

import threading
import time
from collections.abc import Callable, Sequence

from agent.service.lanes import Lane


class Heartbeat:
    """Written by the lanes' threads, read by the main thread. ``clock`` gives monotonic seconds."""

    def __init__(self, lanes: Sequence[Lane], clock: Callable[[], float] = time.monotonic) -> None:
        self._lanes = tuple(lanes)
        self._clock = clock
        self._lock = threading.Lock()
        self._states = {lane.name: "waiting" for lane in lanes}
        self._since = dict.fromkeys(self._states, clock())

    def enter(self, lane: str, state: str) -> None:
        """The lane is in this state from now on: ``running``, ``done``, ``failed`` or ``stopped``."""
        with self._lock:
            self._states[lane] = state
            self._since[lane] = self._clock()

    def running(self) -> tuple[str, ...]:
        """The names of the lanes that run now."""
        with self._lock:
            return tuple(name for name, state in self._states.items() if state == "running")

    def stuck(self) -> tuple[str, ...]:
        """The lanes that have run for too long, or have not been started when it was their turn."""
        with self._lock:
            now = self._clock()
            return tuple(lane.name for lane in self._lanes if now - self._since[lane.name] > self._patience(lane))

    def status(self) -> str:
        """One line for `systemctl status`; it changes only when a lane's state does."""
        with self._lock:
            return "; ".join(f"{name}: {state}" for name, state in self._states.items())

    def _patience(self, lane: Lane) -> float:
        return lane.max_seconds if self._states[lane.name] == "running" else lane.every + lane.max_seconds
