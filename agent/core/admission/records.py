"""What admission gives back."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from agent.core.model.directory import Directory

Kind: TypeAlias = Literal["user", "group"]
SHOWN = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRecord:
    """A record that is not served. ``name`` is safe to print; ``reason`` reads well after "is not served:"."""

    name: str
    reason: str
    kind: Kind = "user"
    offering: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The directory that may be served, in the order it is rendered, and the records that are left out."""

    directory: Directory = field(default_factory=Directory)
    refused: tuple[RefusedRecord, ...] = ()


def refuse(name: str, reason: str, kind: Kind, offering: str) -> RefusedRecord:
    """A refused record; what cannot be printed in its name is escaped, for a name is whatever a stranger typed."""
    printable = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in name[:SHOWN])
    return RefusedRecord(name=printable, reason=reason, kind=kind, offering=offering)
