"""Copies of the files that were proved: the last one, and the one before it.

Copies they must be: GLAuth misses every later file while a link to an old one exists. Only the agent reads them.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from agent.errors import Unavailable
from backends.glauth.publish import swap


def content_of(file: Path) -> bytes | None:
    """What a file holds; None when there is none. Raises Unavailable when it cannot be read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unavailable(f"{file} cannot be read: {error.strerror}; it must belong to the agent's user") from error


def moment_of(file: Path) -> float:
    """When a copy was proved, UTC seconds. Raises Unavailable when it cannot be seen."""
    try:
        return file.stat().st_mtime
    except OSError as error:
        raise Unavailable(f"{file} cannot be seen: {error.strerror}; it says when that was proved") from error


@dataclass(frozen=True, slots=True)
class Copies:
    """Two files, each as old as its proof. All methods raise Unavailable when they cannot be read or written."""

    last: Path
    previous: Path

    def remember(self, content: bytes) -> None:
        """Keep what was proved now. Ended at any point, it leaves at least the last copy or the new one."""
        if content_of(self.last) == content:
            return
        self.keep_last(self.previous)
        swap(self.last, content, mode=0o600)

    def keep_last(self, file: Path) -> None:
        """Make ``file`` the same as the last copy, and as old; nothing without one."""
        standing = content_of(self.last)
        if standing is not None:
            proved = moment_of(self.last)
            swap(file, standing, mode=0o600)
            os.utime(file, (proved, proved))

    def other_than(self, content: bytes | None) -> Path | None:
        """The newest copy that is not the same as ``content``."""
        return next((file for file in (self.last, self.previous) if content_of(file) not in (None, content)), None)

    def proved_at(self) -> float | None:
        """When the last file was first proved, UTC seconds; None when none ever was."""
        try:
            return self.last.stat().st_mtime
        except OSError:
            return None
