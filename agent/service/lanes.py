"""A lane: one thing the daemon does again and again, independent of the other lanes."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lane:
    """``run`` is called at once and then every ``every`` seconds, never twice at the same time.

    A run that lasts longer than ``max_seconds`` is stuck: the watchdog is no longer pinged. ``run`` ends early of its
    own accord, after the batch in hand, when the daemon's stop event is set.
    """

    name: str
    every: float
    run: Callable[[], None]
    max_seconds: float = 3600.0
