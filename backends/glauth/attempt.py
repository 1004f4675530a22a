"""The last attempt to restart GLAuth, in a small file that outlives the agent."""

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from agent.errors import Unavailable
from backends.glauth.copies import content_of
from backends.glauth.publish import swap


class How(StrEnum):
    """How it ended. ``TRIED``: it began, and the agent did not live to see the end."""

    TRIED = "tried"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """``at`` is when it began; ``succeeded`` when GLAuth was last restarted with success, None for never."""

    at: float
    how: How = How.TRIED
    succeeded: float | None = None

    def done(self) -> "Attempt":
        """It was restarted."""
        return replace(self, how=How.DONE, succeeded=self.at)

    def failed(self) -> "Attempt":
        """The command said that it could not."""
        return replace(self, how=How.FAILED)


def write_attempt(file: Path, attempt: Attempt) -> None:
    """Raises Unavailable when it cannot be written down."""
    swap(file, json.dumps(asdict(attempt)).encode(), mode=0o600)


def read_attempt(file: Path) -> Attempt | None:
    """What the file says; None when it says nothing, or cannot be read."""
    try:
        said = json.loads(content_of(file) or b"null")
        last = said["succeeded"]
        return Attempt(at=float(said["at"]), how=How(said["how"]), succeeded=None if last is None else float(last))
    except (Unavailable, ValueError, KeyError, TypeError):
        return None
