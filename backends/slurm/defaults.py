"""Who leaves his default account and stays in another gets that for his default first."""

from collections.abc import Iterable, Iterator, Mapping

from backends.slurm import commands, load_text
from backends.slurm.load_files import load_file
from backends.slurm.membership import Membership, Pair
from backends.slurm.names import EXISTING_ACCOUNT
from backends.slurm.session import Session, change

FEW = 10
"""So many different new defaults are set by commands; more go into load files, one write for many users."""
SHARED = 5
"""Unless so many users get each of them: a load takes seconds where there are many associations, a command does not."""


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
    """Whether load files are better than commands."""
    different = len(set(defaults.values()))
    return different > FEW and len(defaults) < SHARED * different


def load_defaults(session: Session, defaults: Mapping[str, str], partitions: Mapping[Pair, str]) -> str:
    """Move many different defaults, file by file; gives what Slurm said. The caller holds the lock.

    Every user is in his new account already: a load that had to put him there would move no default at all.
    ``partitions``: as in ``Membership``.
    """
    pieces = default_pieces(defaults, session.load_lines)
    return "; ".join(filter(None, (_load(session, piece, partitions) for piece in pieces)))


def _load(session: Session, defaults: Mapping[str, str], partitions: Mapping[Pair, str]) -> str:
    with load_file(session.scratch, load_text.defaults_file(session.cluster, defaults, partitions)) as path:
        return change(session, "sacctmgr", [commands.load(path)], ()).said


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
