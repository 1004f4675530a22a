"""A person's word that nothing is published for now; it outlives the agent."""

from dataclasses import dataclass
from pathlib import Path

from agent.errors import Unavailable
from backends.glauth.copies import content_of
from backends.glauth.moments import iso
from backends.glauth.publish import swap

RESUME = "agent glauth rollback --end"


@dataclass(frozen=True, slots=True)
class Hold:
    """Publishing is held as long as the file is there; it says since when."""

    file: Path

    def reason(self) -> str:
        """Since when and how to end it; "" when publishing goes on. Raises Unavailable when nobody can say."""
        said = content_of(self.file)
        if said is None:
            return ""
        since = "".join(filter(str.isprintable, said.decode("ascii", "replace")))[:40]
        return f"publishing is held since the roll-back of {since}; end it with `{RESUME}`"

    def begin(self, now: float) -> None:
        """Hold. Raises Unavailable when that cannot be written down."""
        swap(self.file, f"{iso(now)}\n".encode(), mode=0o600)

    def end(self) -> bool:
        """Go on; whether publishing was held. Raises Unavailable when the file cannot be removed."""
        try:
            self.file.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise Unavailable(f"{self.file} cannot be removed: {error.strerror}; publishing is still held") from error
        return True
