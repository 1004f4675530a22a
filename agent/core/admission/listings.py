"""One offering's records as admission looks at them: each with the person whose it is."""

from dataclasses import dataclass, field

from agent.core.model.directory import DirectoryGroup, DirectoryUser


@dataclass(frozen=True, slots=True)
class Listing:
    """A record of one offering. ``person``: whose it is; "" when that cannot be said.

    ``name``: how the person is called there, by the journal where it knows, else as the record says. ``sure`` is False
    when the person is only taken to be the one who has the name elsewhere. ``current``: whether ``user.disabled`` is
    known as it is now. ``unread``: the person's account there was not read, and may be barred.
    """

    offering: str
    user: DirectoryUser
    person: str
    name: str
    sure: bool = True
    current: bool = True
    unread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What is used of one offering's feed. ``fresh``: it was read whole now.

    ``there``: when it was not, the people who may have a record in what was not read, beside those of ``listings``.
    """

    offering: str
    listings: tuple[Listing, ...] = ()
    groups: tuple[DirectoryGroup, ...] = ()
    fresh: bool = True
    there: frozenset[str] = field(default_factory=frozenset)
