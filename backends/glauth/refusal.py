"""The content that GLAuth did not serve, so that it is not tried again at once; it outlives the agent."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from agent.errors import Unavailable
from backends.glauth.copies import content_of
from backends.glauth.moments import iso
from backends.glauth.publish import swap


@dataclass(frozen=True, slots=True)
class Refusal:
    """One file that holds the digest of the last such content and when it was, with the seconds it counts."""

    file: Path
    seconds: float

    def remember(self, content: bytes, now: float) -> None:
        """GLAuth did not serve this. Raises Unavailable when that cannot be written down."""
        said = {"digest": hashlib.sha256(content).hexdigest(), "at": now}
        swap(self.file, json.dumps(said).encode(), mode=0o600)

    def reason(self, now: float, content: bytes | None = None) -> str:
        """When it was and until when it is not tried; "" when it may be, or when ``content`` is another one.

        Raises Unavailable when the file cannot be read. A moment that is still to come counts for nothing: the clock
        was set back.
        """
        digest, at = self._said()
        if not digest or not 0 <= now - at < self.seconds:
            return ""
        if content is not None and digest != hashlib.sha256(content).hexdigest():
            return ""
        said = f"GLAuth did not serve what was written at {iso(at)}, and the last good file was put back"
        return f"{said}. {self.next_try(at)}"

    def next_try(self, at: float) -> str:
        """When a content that was not served at ``at`` is tried again, as a sentence."""
        return f"It is tried again after {iso(at + self.seconds)}, and at once when anything in it changes"

    def forget(self) -> None:
        """Something was served since. Raises Unavailable when the file cannot be removed."""
        try:
            self.file.unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(
                f"{self.file} cannot be removed: {error.strerror}; what was not served before still counts"
            ) from error

    def _said(self) -> tuple[str, float]:
        try:
            said = json.loads(content_of(self.file) or b"{}")
            return str(said["digest"]), float(said["at"])
        except (ValueError, KeyError, TypeError):
            return "", 0.0
