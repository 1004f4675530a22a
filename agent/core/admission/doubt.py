"""What the feeds that were not read whole now cannot prove."""

from collections.abc import Mapping, Sequence

from agent.core.admission.listings import Slice
from agent.core.admission.people import Person
from agent.core.admission.records import Doubt


def doubt(slices: Sequence[Slice], people: Sequence[Person], shared: Mapping[str, set[int]], *, whole: bool) -> Doubt:
    """``shared``: offering → the gids it gives. ``whole``: whether there is a slice of every offering."""
    if not whole:
        return Doubt(whole=False, fresh=False)
    unread = {one.offering: one for one in slices if not one.fresh}
    if not unread:
        return Doubt()
    elsewhere = frozenset[str]().union(*(one.there for one in unread.values()))
    names = {one.name for one in people if one.key in elsewhere or not all(each.current for each in one.listings)}
    given = {one.offering: shared.get(one.offering, set()) for one in slices}
    old = set[int]().union(*(gids for offering, gids in given.items() if offering in unread))
    new = set[int]().union(*(gids for offering, gids in given.items() if offering not in unread))
    return Doubt(fresh=False, people=frozenset(names), groups=frozenset(new - old))
