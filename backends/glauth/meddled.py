"""A published file that somebody else changed or took away: the probe's word is then not enough.

Its password is that of what the agent rendered. Whoever changes the rest of the file leaves it as it is, so that GLAuth
proves the agent's next file with the password of the spoilt one that it may still serve.
"""

from dataclasses import dataclass
from pathlib import Path

from agent.errors import Unavailable
from backends.glauth.publish import swap

REASON = "somebody else changed it or took it away, and what GLAuth serves has not been compared with it since"


@dataclass(frozen=True, slots=True)
class Meddled:
    """One file, there until all that GLAuth serves was compared with the published file."""

    file: Path

    @property
    def noted(self) -> bool:
        """Whether the comparison is owed."""
        return self.file.exists()

    def note(self) -> None:
        """Somebody else had a hand in the file. Raises Unavailable when that cannot be written down."""
        swap(self.file, b"", mode=0o600)

    def settle(self) -> None:
        """GLAuth serves what the file means. Raises Unavailable when that cannot be written down."""
        try:
            self.file.unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(f"{self.file} cannot be removed: {error.strerror}; GLAuth is compared again") from error
