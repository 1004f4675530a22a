"""How much one writer is given: less while Slurm is slow, for a writer is never ended and has a deadline."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

FIRST = 100
LEAST, MOST = 25, 400
QUICK, SLOW = 10.0, 40.0
"""Seconds: a writer that took less is followed by twice as much, one that took more by half."""


class Pace:
    """The size of the next portion, by how long the last one took.

    22.05 takes 0.4 s to remove one of 20 000 associations, and longer on a busy host; of few it takes next to nothing.
    """

    def __init__(self) -> None:
        self.size = FIRST

    @contextmanager
    def measured(self) -> Iterator[None]:
        """One portion."""
        began = time.monotonic()
        yield
        self.took(time.monotonic() - began)

    def took(self, seconds: float) -> None:
        """The last portion took so long."""
        if seconds < QUICK:
            self.size = min(2 * self.size, MOST)
        elif seconds > SLOW:
            self.size = max(self.size // 2, LEAST)
