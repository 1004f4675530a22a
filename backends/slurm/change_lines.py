"""The commands that change settings of accounts and associations (pure)."""

import re
from collections.abc import Iterable, Iterator

from agent.core.model.cluster import Account
from backends.slurm import commands
from backends.slurm.differences import AccountChange, AssociationChange
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


def association_lines(cluster: str, associations: Iterable[AssociationChange]) -> Iterator[str]:
    """One command for all users of an account that are set alike."""
    groups: dict[tuple[str, str], list[str]] = {}
    for before, after in associations:
        groups.setdefault((settings(before, after), after.account), []).append(after.user)
    for (what, account), users in groups.items():
        if what:
            yield from (line for each in _steps(what) for line in commands.set_users(cluster, users, [account], each))


def _steps(what: str) -> tuple[str, ...]:
    """A list with signs would be reckoned with the names of the one that is there, so that goes first."""
    return (NO_LIST, what) if SIGNED.search(what) else (what,)


def widened(
    cluster: str, accounts: Iterable[AccountChange], associations: Iterable[AssociationChange]
) -> Iterator[str]:
    """An account's default QOS has to be in the list of every user below: so users' own lists grow before they shrink.

    Who is to have the account's list again gets that added to his own first.
    """
    above = {after.name: _granted(after.qos) for _, after in accounts}
    for before, after in associations:
        if before.qos and not signed(before.qos) and changes_qos(before, after):
            more = _granted(after.qos) or above.get(after.account, ())
            wide = sorted({*before.qos, *more})
            if wide != sorted(before.qos):
                yield from commands.set_users(cluster, [after.user], [after.account], f"QOS={','.join(wide)}")


def _granted(qos: tuple[str, ...]) -> tuple[str, ...]:
    """The names that a list has or adds."""
    return tuple(name.removeprefix("+") for name in qos if not name.startswith("-"))


def texts(account: Account) -> tuple[str, str]:
    """What is free text."""
    return account.organization, account.description
