"""Changing the limits of many accounts or users, each in its own way, by load files: one write for many of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from agent.core.model.cluster import Association
from backends.slurm import commands, load_text
from backends.slurm.differences import AccountChange, AssociationChange
from backends.slurm.load_files import load_file
from backends.slurm.session import Session, change
from backends.slurm.wording import changes_qos, limit_words, settings

C = TypeVar("C", AccountChange, AssociationChange)

FEW = 10
"""So many different settings are sent as commands; more go into load files."""
OVERHEAD = 1
"""The line of a load file that names the cluster."""


def by_way(changes: Sequence[C]) -> tuple[list[C], list[C]]:
    """Those whose limits go into load files, and those that go as commands."""
    plain = [pair for pair in changes if _loadable(pair)]
    if len({_command(pair) for pair in plain}) <= FEW:
        return [], list(changes)
    return plain, [pair for pair in changes if not _loadable(pair)]


def load_limits(session: Session, changes: Sequence[C]) -> str:
    """Load the limits of what is there, file by file; gives what Slurm said. The caller reads back."""
    return "; ".join(filter(None, (_load(session, some) for some in files(changes, session.load_lines))))


def files(changes: Iterable[C], most_lines: int) -> Iterator[list[C]]:
    """Those below one account together, in pieces of at most ``most_lines`` lines (at least 3)."""
    piece: list[C] = []
    for pair in sorted(changes, key=lambda pair: load_text.parent_of(pair[0])):
        parents = {load_text.parent_of(pair[0]), *(load_text.parent_of(each[0]) for each in piece)}
        if piece and OVERHEAD + len(parents) + len(piece) + 1 > most_lines:
            yield piece
            piece = []
        piece.append(pair)
    if piece:
        yield piece


def _load(session: Session, changes: Sequence[C]) -> str:
    words = [(pair[0], limit_words(*pair)) for pair in changes]
    with load_file(session.scratch, load_text.limits_file(session.cluster, words)) as path:
        return change(session, "sacctmgr", [commands.load(path)], ()).said


def _loadable(pair: C) -> bool:
    return bool(settings(*pair)) and not changes_qos(*pair)


def _command(pair: C) -> tuple[str, str]:
    """What has to be equal for two changes to be one command."""
    before, after = pair
    return settings(before, after), after.account if isinstance(after, Association) else ""
