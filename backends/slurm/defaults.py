"""Who leaves his default account and stays in another gets that for his default first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from backends.slurm import commands
from backends.slurm.load_files import load_file
from backends.slurm.names import EXISTING_ACCOUNT
from backends.slurm.session import Session, change

Pair: TypeAlias = tuple[str, str]
"""(account, user)."""
FEW = 10
"""So many different new defaults are set by commands; more go into load files, one write for many users."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Where users are, and which of their accounts is their default."""

    accounts: Mapping[str, frozenset[str]]
    defaults: Mapping[str, str]


def new_defaults(pairs: Iterable[Pair], membership: Membership) -> dict[str, str]:
    """User → the account that becomes the default of whoever leaves the present one and stays in another."""
    gone = set(pairs)
    stays = staying(gone, membership)
    defaults = membership.defaults
    return {user: stays[user] for account, user in sorted(gone) if user in stays and defaults.get(user) == account}


def staying(pairs: Iterable[Pair], membership: Membership) -> dict[str, str]:
    """User → the first account he stays in; who leaves all of his is not in it."""
    leaving: dict[str, set[str]] = {}
    for account, user in pairs:
        leaving.setdefault(user, set()).add(account)
    left = {
        user: sorted(filter(EXISTING_ACCOUNT.fullmatch, membership.accounts.get(user, frozenset()) - accounts))
        for user, accounts in leaving.items()
    }
    return {user: accounts[0] for user, accounts in left.items() if accounts}


def default_lines(cluster: str, defaults: Mapping[str, str]) -> tuple[str, ...]:
    """A command for each account that becomes a default."""
    into = _by_account(defaults)
    return tuple(
        line for account in sorted(into) for line in commands.set_default_account(cluster, into[account], account)
    )


def many(defaults: Mapping[str, str]) -> bool:
    """Whether load files are fewer writes than commands."""
    return len(set(defaults.values())) > FEW


def load_defaults(session: Session, defaults: Mapping[str, str]) -> None:
    """Move many different defaults, file by file; the caller holds the lock.

    Every user is in his new account already: a load that had to put him there would move no default at all.
    """
    for piece in default_pieces(defaults, session.load_lines):
        with load_file(session.scratch, commands.defaults_file(session.cluster, piece)) as path:
            change(session, "sacctmgr", [commands.load(path)], ())


def default_pieces(defaults: Mapping[str, str], most_lines: int) -> Iterator[dict[str, str]]:
    """User → account, in pieces whose load files have at most ``most_lines`` lines (at least 3)."""
    piece: dict[str, str] = {}
    for user, account in sorted(defaults.items(), key=lambda pair: (pair[1], pair[0])):
        if piece and 1 + len(set(piece.values()) | {account}) + len(piece) + 1 > most_lines:
            yield piece
            piece = {}
        piece[user] = account
    if piece:
        yield piece


def _by_account(defaults: Mapping[str, str]) -> dict[str, set[str]]:
    into: dict[str, set[str]] = {}
    for user, account in defaults.items():
        into.setdefault(account, set()).add(user)
    return into
