"""Many (account, user) pairs in few commands, each of which means every user in every account (pure).

Nothing that is there is in a product without being asked for. Slurm 22.05 refuses a deleting command whole when one
user is in two of its accounts.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from backends.slurm import commands
from backends.slurm.defaults import staying
from backends.slurm.membership import Membership, Pair

Product: TypeAlias = tuple[set[str], list[str]]
"""Users and accounts."""


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


def disjoint(pairs: Iterable[Pair], membership: Membership) -> list[Product]:
    """The pairs as few products, in each of which no user is in two of the accounts, to be deleted or to be kept."""
    return _grouped(pairs, lambda users, account, group: _apart(users, account, *group, membership))


def spanning(pairs: Iterable[Pair], there: Mapping[str, frozenset[str]]) -> list[Product]:
    """The pairs as few products, in each of which everything that is there (user → accounts) is one of the pairs."""
    asked = set(pairs)
    return _grouped(asked, lambda users, account, group: _all_asked(users, account, *group, asked, there))


def _grouped(pairs: Iterable[Pair], fits: Callable[[set[str], str, Product], bool]) -> list[Product]:
    """Each account with its users in the first product that it fits in."""
    users: dict[str, set[str]] = {}
    for account, user in pairs:
        users.setdefault(account, set()).add(user)
    groups: list[Product] = []
    for account in sorted(users):
        group = next((group for group in groups if fits(users[account], account, group)), None)
        if group is None:
            groups.append((set(users[account]), [account]))
        else:
            group[0].update(users[account])
            group[1].append(account)
    return groups


def _all_asked(
    new: set[str],
    account: str,
    names: set[str],
    accounts: Sequence[str],
    asked: Collection[Pair],
    there: Mapping[str, frozenset[str]],
) -> bool:
    into = set(accounts)
    if any((other, user) not in asked for user in new for other in into & there.get(user, frozenset())):
        return False
    return all((account, user) in asked for user in names if account in there.get(user, frozenset()))


def _final(account: str, user: str, membership: Membership) -> bool:
    return account == membership.defaults.get(user, "")


def _apart(new: set[str], account: str, names: set[str], accounts: Sequence[str], membership: Membership) -> bool:
    into = set(accounts)
    if any(into & membership.accounts.get(user, frozenset()) for user in new):
        return False
    return not any(account in membership.accounts.get(user, frozenset()) for user in names)
