"""Moving accounts below other parents (pure).

Slurm 22.05 refuses no ring: an account that is moved below its own child silently pulls the child up. Of several
accounts in one command it knows the places from before the first moved: then it pulls up a parent that is nobody's
child, or makes a ring, on which slurmdbd computes for ever. And beside ``parent=`` it forgets the other settings of
accounts that have that parent already. So each move is a command of its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from agent.core.model.cluster import Account
from backends.slurm import commands
from backends.slurm.differences import AccountChange


def ordered_moves(
    changes: Iterable[AccountChange], parents: Mapping[str, str]
) -> tuple[list[AccountChange], list[tuple[AccountChange, str]]]:
    """Those that move, in an order in which none goes below itself; and those that cannot, with the reason.

    ``parents``: every account of the cluster → its parent, "" for root.
    """
    tree, ordered = dict(parents), list[AccountChange]()
    waiting = sorted((pair for pair in changes if _moves(pair)), key=lambda pair: (pair[1].parent, pair[1].name))
    while possible := next((pair for pair in waiting if not _objection(pair[1], tree)), None):
        waiting.remove(possible)
        ordered.append(possible)
        tree[possible[1].name] = possible[1].parent
    return ordered, [(pair, _objection(pair[1], tree)) for pair in waiting]


def move_lines(cluster: str, moves: Sequence[AccountChange]) -> Iterator[str]:
    """A command for each move."""
    for _, after in moves:
        yield from commands.set_accounts(cluster, [after.name], f"parent={after.parent}")


def _moves(pair: AccountChange) -> bool:
    before, after = pair
    return before.parent != after.parent


def _objection(after: Account, tree: Mapping[str, str]) -> str:
    if after.parent not in tree:
        return f"it cannot be moved below {after.parent}: that account is not there"
    if after.name in _lineage(after.parent, tree):
        return f"it cannot be moved below {after.parent}: that is the account itself or one below it"
    return ""


def _lineage(account: str, tree: Mapping[str, str]) -> list[str]:
    """The account and all above it."""
    found: list[str] = []
    while account and account not in found:
        found.append(account)
        account = tree.get(account, "")
    return found
