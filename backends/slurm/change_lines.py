"""The commands that change settings of accounts and associations (pure)."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from agent.core.model.cluster import Account, Association
from backends.slurm import commands
from backends.slurm.differences import AccountChange, AssociationChange
from backends.slurm.membership import Pair
from backends.slurm.products import Product, spanning
from backends.slurm.readback import Place, place
from backends.slurm.wording import NO_LIST, changes_qos, settings, signed

SIGNED = re.compile(r"\bQOS[+-]=")


def account_lines(cluster: str, accounts: Iterable[AccountChange]) -> Iterator[str]:
    """One command for all accounts that are set alike."""
    groups: dict[str, list[str]] = {}
    for before, after in accounts:
        groups.setdefault(settings(before, after), []).append(after.name)
    for what, names in groups.items():
        if what:
            yield from (line for each in _steps(what) for line in commands.set_accounts(cluster, names, each))


def text_lines(accounts: Iterable[AccountChange]) -> Iterator[str]:
    """A command for each account with another description or organization."""
    yield from (commands.set_texts(after) for before, after in accounts if texts(before) != texts(after))


def association_lines(
    cluster: str, associations: Iterable[AssociationChange], there: Collection[Place] | None = None
) -> Iterator[str]:
    """One command for all users of an account that are set alike.

    With ``there``, everybody in the accounts concerned, one for users of many accounts.
    """
    wishes = ((settings(before, after), place(after)) for before, after in associations)
    yield from _lines(cluster, wishes, there)


def widened(
    cluster: str,
    accounts: Iterable[AccountChange],
    associations: Iterable[AssociationChange],
    there: Collection[Place] | None = None,
) -> Iterator[str]:
    """An account's default QOS has to be in the list of every user below: so users' own lists grow before they shrink.

    Who is to have the account's list again gets that added to his own first.
    """
    above = {after.name: _granted(after.qos) for _, after in accounts}
    lists = [(before, after, _wide(before, after, above)) for before, after in associations]
    yield from _lines(cluster, ((f"QOS={wide}", place(after)) for _, after, wide in lists if wide), there)


def _wide(before: Association, after: Association, above: Mapping[str, tuple[str, ...]]) -> str:
    """Both lists together; "" when the one that is there has everything."""
    if not before.qos or signed(before.qos) or not changes_qos(before, after):
        return ""
    more = _granted(after.qos) or above.get(after.account, ())
    wide = sorted({*before.qos, *more})
    return "" if wide == sorted(before.qos) else ",".join(wide)


def _lines(cluster: str, wishes: Iterable[tuple[str, Place]], there: Collection[Place] | None) -> Iterator[str]:
    """The commands for users who are each to get some settings ("" for none)."""
    groups: dict[tuple[str, str], list[Pair]] = {}
    for what, (account, user, partition) in wishes:
        groups.setdefault((what, partition), []).append((account, user))
    for (what, partition), pairs in groups.items():
        for users, accounts in _products(pairs, partition, there) if what else ():
            for each in _steps(what):
                yield from commands.set_users(cluster, users, accounts, each, partition)


def _products(pairs: Iterable[Pair], partition: str, there: Collection[Place] | None) -> Iterable[Product]:
    if there is not None:
        return spanning(pairs, _whereabouts(there, partition))
    users: dict[str, set[str]] = {}
    for account, user in pairs:
        users.setdefault(account, set()).add(user)
    return [(names, [account]) for account, names in users.items()]


def _whereabouts(there: Iterable[Place], partition: str) -> dict[str, frozenset[str]]:
    """User → the accounts that he is in with this partition."""
    accounts: dict[str, set[str]] = {}
    for account, user, narrow in there:
        if narrow == partition:
            accounts.setdefault(user, set()).add(account)
    return {user: frozenset(into) for user, into in accounts.items()}


def _steps(what: str) -> tuple[str, ...]:
    """A list with signs would be reckoned with the names of the one that is there, so that goes first."""
    return (NO_LIST, what) if SIGNED.search(what) else (what,)


def _granted(qos: tuple[str, ...]) -> tuple[str, ...]:
    """The names that a list has or adds."""
    return tuple(name.removeprefix("+") for name in qos if not name.startswith("-"))


def texts(account: Account) -> tuple[str, str]:
    """What is free text."""
    return account.organization, account.description
