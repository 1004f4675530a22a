"""Many (account, user) pairs in few deleting commands, each of which means every user in every account (pure).

Slurm 22.05 refuses a command whole when one user is in two of its accounts.
"""

from collections.abc import Iterable, Sequence

from backends.slurm import commands
from backends.slurm.defaults import Membership, Pair, staying


def removal_commands(cluster: str, pairs: Iterable[Pair], membership: Membership) -> tuple[str, ...]:
    """Who stays elsewhere is deleted first, who loses his default for good last: 22.05 refuses the other order.

    Newer versions refuse to delete a default while there are others, which is why defaults are moved before.
    """
    gone = set(pairs)
    stays = staying(gone, membership)
    last = {(account, user) for account, user in gone if _final(account, user, membership) and user not in stays}
    return tuple(
        line
        for step in (gone - last, last)
        for users, accounts in disjoint(step, membership)
        for line in commands.delete_users(cluster, users, accounts)
    )


def disjoint(pairs: Iterable[Pair], membership: Membership) -> list[tuple[set[str], list[str]]]:
    """The pairs as few products of users and accounts: (users, accounts).

    In one product no user is in two of the accounts, neither to be deleted nor to be kept.
    """
    users: dict[str, set[str]] = {}
    for account, user in pairs:
        users.setdefault(account, set()).add(user)
    groups: list[tuple[set[str], list[str]]] = []
    for account in sorted(users):
        for names, accounts in groups:
            if _apart(users[account], account, names, accounts, membership):
                names.update(users[account])
                accounts.append(account)
                break
        else:
            groups.append((set(users[account]), [account]))
    return groups


def _final(account: str, user: str, membership: Membership) -> bool:
    return account == membership.defaults.get(user, "")


def _apart(new: set[str], account: str, names: set[str], accounts: Sequence[str], membership: Membership) -> bool:
    into = set(accounts)
    if any(into & membership.accounts.get(user, frozenset()) for user in new):
        return False
    return not any(account in membership.accounts.get(user, frozenset()) for user in names)
