"""Cutting accounts and associations into pieces of few load-file lines, an account together with its users (pure).

A load is one transaction, and Slurm 22.05 renumbers its tree with each insert: short pieces keep others' waits short.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from agent.core.model.cluster import Account, Association

ACCOUNT_LINES = 2
"""The first account of a piece: its own line and the line that names its parent."""
FIRST_LINES = 1
"""The line that names the cluster."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What goes into one load."""

    accounts: tuple[Account, ...] = ()
    associations: tuple[Association, ...] = ()

    @property
    def lines(self) -> int:
        """The lines of its load file; accounts of one parent stand together."""
        parents = _turns(account.parent for account in self.accounts)
        into = _turns(association.account for association in self.associations)
        return FIRST_LINES + parents + len(self.accounts) + into + len(self.associations)

    def plus(self, other: "Piece") -> "Piece":
        """Both together."""
        return Piece((*self.accounts, *other.accounts), (*self.associations, *other.associations))


def _turns(names: Iterable[str]) -> int:
    """How often the name changes from one line to the next, the first included."""
    return sum(1 for _ in groupby(names))


def pieces(accounts: Sequence[Account], associations: Sequence[Association], most_lines: int) -> tuple[Piece, ...]:
    """Everything, parents before children, in pieces of at most ``most_lines`` lines (at least 5)."""
    packed: list[Piece] = []
    for unit in _units(accounts, associations, most_lines):
        together = packed[-1].plus(unit) if packed else unit
        if packed and together.lines <= most_lines:
            packed[-1] = together
        else:
            packed.append(unit)
    return tuple(packed)


def _units(accounts: Sequence[Account], associations: Sequence[Association], most_lines: int) -> Iterator[Piece]:
    """An account with its users, or as many of them as fit; then the users of accounts that exist."""
    users: dict[str, list[Association]] = {}
    for association in sorted(associations, key=lambda each: (each.account, each.user, each.partition)):
        users.setdefault(association.account, []).append(association)
    for account in parents_first(accounts):
        yield from _unit((account,), users.pop(account.name, []), most_lines)
    for rest in users.values():
        yield from _unit((), rest, most_lines)


def _unit(accounts: tuple[Account, ...], users: Sequence[Association], most_lines: int) -> Iterator[Piece]:
    room = most_lines - FIRST_LINES - ACCOUNT_LINES - 1
    yield Piece(accounts, tuple(users[:room]))
    for at in range(room, len(users), room):
        yield Piece((), tuple(users[at : at + room]))


def parents_first(accounts: Sequence[Account]) -> tuple[Account, ...]:
    """Sorted by depth below what is not among them, then by parent and name."""
    parents = {account.name: account.parent for account in accounts}
    return tuple(sorted(accounts, key=lambda account: (_depth(account.name, parents), account.parent, account.name)))


def _depth(name: str, parents: Mapping[str, str]) -> int:
    depth, seen = 0, {name}
    while (name := parents.get(name, "")) and name not in seen:
        seen.add(name)
        depth += 1
    return depth
