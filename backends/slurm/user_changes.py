"""How changes of users' associations are sent: as few commands, or by load files where each user gets his own."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from backends.slurm import commands, readback
from backends.slurm.change_lines import association_lines
from backends.slurm.differences import AssociationChange, refreshed
from backends.slurm.limit_loads import FEW, by_way
from backends.slurm.readback import Place, place
from backends.slurm.session import Session, ask_surely
from backends.slurm.settle import Refused
from backends.slurm.standing import GONE
from backends.slurm.wording import settings

SHARED = 5
"""Settings that so many get are one command, or few; what fewer get is a line each in load files."""


@dataclass(frozen=True, slots=True)
class Way:
    """What goes into load files and what is said, and who is not there any more.

    ``there``: everybody in the accounts concerned, None while nobody had to ask.
    """

    loaded: Sequence[AssociationChange]
    spoken: Sequence[AssociationChange]
    gone: Refused[AssociationChange] = ()
    there: Collection[Place] | None = None

    @property
    def changes(self) -> tuple[AssociationChange, ...]:
        """Those that are carried out."""
        return (*self.loaded, *self.spoken)


def way(session: Session, changes: Sequence[AssociationChange]) -> Way:
    """The way that writes least. A load would put a user in who is not there, and a product means all who are."""
    if len(tuple(association_lines(session.cluster, changes))) <= FEW:
        return Way((), changes)
    reads = commands.show_associations_of(session.cluster, [after.account for _, after in changes])
    rows = readback.association_rows(ask_surely(session, "sacctmgr", reads).answers, session.cluster)
    there = readback.associations(rows)
    found = [(pair, there.get(place(pair[1]))) for pair in changes]
    present = [(refreshed(*pair, shown), pair[1]) for pair, shown in found if shown is not None]
    gone = tuple((pair, GONE) for pair, shown in found if shown is None)
    return Way(*_by_way(present), gone, there.keys())


def _by_way(changes: Sequence[AssociationChange]) -> tuple[list[AssociationChange], list[AssociationChange]]:
    """Those that go into load files, and those that go as commands."""
    alike = Counter(settings(*pair) for pair in changes)
    rare = [pair for pair in changes if alike[settings(*pair)] < SHARED]
    loaded, spoken = by_way(rare)
    return loaded, [*spoken, *(pair for pair in changes if alike[settings(*pair)] >= SHARED)]
