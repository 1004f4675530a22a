"""Time."""

from typing import Protocol


class Clock(Protocol):
    """Time, as the engine sees it."""

    def now(self) -> float:
        """UTC seconds since the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; a stop request may end it early."""
        ...
