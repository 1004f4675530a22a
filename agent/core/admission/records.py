"""What admission gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from agent.core.model.directory import Directory

Kind: TypeAlias = Literal["user", "group", "feed", "directory"]
"""A feed is refused when it cannot be used as it is, the directory when all of it may not be served."""
SHOWN = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRecord:
    """A record that is not served. ``name`` is safe to print; ``reason`` reads well after "is not served:".

    ``locked``: the person it is about is disabled everywhere, and so is the record that is served meanwhile.
    ``stranger``: somebody else than the person it is about has the name, so that it is no word about the served record.
    """

    name: str
    reason: str
    kind: Kind = "user"
    offering: str = ""
    locked: bool = False
    stranger: bool = False

    def describe(self) -> str:
        """One line for a person."""
        return f"directory: {self.name} is not served: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """How far the feeds can be trusted to be everything.

    ``whole``: of every offering there is a feed, or its last good one; else there are only additions. ``fresh``: every
    feed was read whole now; else nobody leaves the directory, and no group does. ``people``: the names of those who may
    have a record in a feed that was not read: nobody of them is disabled. ``groups``: the gids that only feeds read
    now give: no membership of any other group ends.
    """

    whole: bool = True
    fresh: bool = True
    people: frozenset[str] = frozenset()
    groups: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The directory that may be served, in the order it is rendered, and the records that are left out.

    ``refusal``: why the directory as a whole may not be served ("" when it may). ``notices``: what a person should know
    of it. ``persons``: name → whose record it is; ``own_groups``: name → the gid of the user's own group. ``groups``:
    gid → name of the groups of several users that the journal does not know yet. ``nobody``: that the feeds list nobody
    is believed. ``nologin``: the shell of who is disabled.
    """

    directory: Directory = field(default_factory=Directory)
    refused: tuple[RefusedRecord, ...] = ()
    refusal: str = ""
    notices: tuple[str, ...] = ()
    doubt: Doubt = field(default_factory=Doubt)
    persons: Mapping[str, str] = field(default_factory=dict, repr=False)
    own_groups: Mapping[str, int] = field(default_factory=dict, repr=False)
    groups: Mapping[int, str] = field(default_factory=dict, repr=False)
    nobody: bool = False
    nologin: str = "/usr/sbin/nologin"


def refuse(
    name: str, reason: str, kind: Kind, offering: str, *, locked: bool = False, stranger: bool = False
) -> RefusedRecord:
    """A refused record; what cannot be printed in its name is escaped, for a name is whatever a stranger typed."""
    printable = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in name[:SHOWN])
    return RefusedRecord(name=printable, reason=reason, kind=kind, offering=offering, locked=locked, stranger=stranger)
