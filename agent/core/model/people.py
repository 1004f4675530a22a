"""What is said of people outside the marketplace: the names proposed for them, and who the host takes a name for."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Proposal:
    """The name that a source has for a person; "" with the reason when it has none.

    ``linked`` is False when the source has never heard of the person: that is not an error, it may come.
    """

    name: str = ""
    reason: str = ""
    linked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom a name resolves to on the host or in the directory."""

    name: str
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a site may want to hear of once: a user or a resource is ready, a resource is gone.

    ``about`` is the object (``USERNAME`` or a resource's UUID), ``facts`` what the command gets as JSON. ``tries`` and
    ``at`` (UTC seconds) tell of the last attempt that failed, ``trouble`` what it said.
    """

    kind: str
    about: str
    offering: str
    facts: Mapping[str, object] = field(default_factory=dict)
    tries: int = 0
    at: float = 0.0
    trouble: str = ""

    @property
    def key(self) -> str:
        """What identifies it for ever."""
        return f"{self.kind} {self.about}"
