"""A restart of GLAuth that is owed, because it serves a file whose base it was not started with."""

from dataclasses import dataclass
from pathlib import Path

from agent.errors import AgentError, Unavailable
from backends.glauth.base import read_at_start
from backends.glauth.base_tables import Table
from backends.glauth.copies import Copies, content_of
from backends.glauth.parse import base_part


@dataclass(frozen=True, slots=True)
class Started:
    """One file, there only while a restart is owed: a copy of the last proved file that GLAuth was started with.

    Without it that is the last proved file. All methods raise Unavailable when a file cannot be read or written.
    """

    file: Path
    copies: Copies

    @property
    def owed(self) -> bool:
        """Whether GLAuth is known to run with another base than the one it serves."""
        return self.file.exists()

    @property
    def good(self) -> Path:
        """The last proved file that GLAuth was started with, as far as is known; it may be missing."""
        return self.file if self.owed else self.copies.last

    def otherwise(self, content: bytes) -> bool:
        """Whether GLAuth must be restarted to take all of ``content``."""
        before = _at_start(content_of(self.good))
        return before is not None and before != _at_start(content)

    def owe(self) -> None:
        """Another base is served, and GLAuth was not restarted; call it before the copies get that file."""
        if not self.owed:
            self.copies.keep_last(self.file)

    def settle(self) -> None:
        """GLAuth was started with what is served, as far as it matters."""
        try:
            self.file.unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(f"{self.file} cannot be removed: {error.strerror}; GLAuth is restarted again") from error


def _at_start(content: bytes | None) -> Table | None:
    """What GLAuth reads of it only when it starts; None when a spoilt copy says nothing."""
    try:
        return None if content is None else read_at_start(base_part(content))
    except (ValueError, AgentError):
        return None
