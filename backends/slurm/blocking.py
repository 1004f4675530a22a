"""Letting no new job in: few commands for many accounts and users, read back in the same process."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from agent.ports import Refusal
from backends.slurm import commands, readback
from backends.slurm.membership import membership
from backends.slurm.names import account_objection, association_objection
from backends.slurm.products import spanning
from backends.slurm.session import Session, change
from backends.slurm.settle import Outcome, outcome, settle
from backends.slurm.standing import GONE

Target: TypeAlias = tuple[str, str]
"""(account, user); the user is "" for the account itself."""
FEW = 10
"""So many commands are sent as they come; before more, it is looked up who else is where, for fewer to do."""


def block(session: Session, accounts: Sequence[str], associations: Sequence[tuple[str, str]]) -> tuple[Refusal, ...]:
    """Set GrpSubmitJobs=0 on accounts and MaxSubmitJobs=0 on (account, user), in every partition."""
    targets = [*((account, "") for account in accounts), *associations]
    objections = {target: _objection(target) for target in dict.fromkeys(targets)}
    refusals = [Refusal(_key(target), why) for target, why in objections.items() if why]
    good = [target for target, why in objections.items() if not why]
    if good:
        with session.lock.acquire(session.write_deadline):
            refused = settle(good, lambda some: _attempt(session, some))
        refusals += [Refusal(_key(target), said) for target, said in refused]
    return tuple(refusals)


def block_commands(cluster: str, targets: Iterable[Target]) -> tuple[str, ...]:
    """One command for all accounts, and one for each set of users that is the same in several accounts."""
    users: dict[str, set[str]] = {}
    for account, user in targets:
        users.setdefault(account if user else "", set()).add(user or account)
    lines = _block_accounts(cluster, users.pop("", set()))
    for same, into in _inverted(users).items():
        lines += _block_users(cluster, same, into)
    return lines


def product_commands(cluster: str, targets: Iterable[Target], there: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The same in fewer commands, for targets that are there (user → his accounts)."""
    accounts = [account for account, user in targets if not user]
    products = spanning((target for target in targets if target[1]), there)
    lines = _block_accounts(cluster, accounts)
    return (*lines, *(line for users, into in products for line in _block_users(cluster, users, into)))


def _attempt(session: Session, targets: Sequence[Target]) -> Outcome[Target]:
    lines, gone = block_commands(session.cluster, targets), frozenset[Target]()
    if len(lines) > FEW:
        there = membership(session, [user for _, user in targets if user]).accounts
        gone = frozenset(pair for pair in targets if pair[1] and pair[0] not in there.get(pair[1], ()))
        lines = product_commands(session.cluster, [target for target in targets if target not in gone], there)
    return _changed(session, lines, targets, gone)


def _changed(
    session: Session, lines: Sequence[str], targets: Sequence[Target], gone: Collection[Target]
) -> Outcome[Target]:
    reads = commands.show_associations_of(session.cluster, [account for account, _ in targets])
    reply = change(session, "sacctmgr", lines, reads)
    submit: dict[Target, set[int | None]] = {}
    for row in readback.association_rows(reply.answers, session.cluster):
        limit = row.max_submit_jobs if row.user else row.grp_submit_jobs
        submit.setdefault((row.account, row.user), set()).add(limit)
    open_ = (target for target in targets if target not in gone and submit.get(target) != {0})
    return outcome("sacctmgr", open_, reply.said, tuple((target, GONE) for target in targets if target in gone))


def _block_accounts(cluster: str, accounts: Iterable[str]) -> tuple[str, ...]:
    return commands.set_accounts(cluster, accounts, "GrpSubmitJobs=0")


def _block_users(cluster: str, users: Iterable[str], accounts: Iterable[str]) -> tuple[str, ...]:
    return commands.set_users(cluster, users, accounts, "MaxSubmitJobs=0")


def _inverted(users: Mapping[str, set[str]]) -> dict[frozenset[str], list[str]]:
    accounts: dict[frozenset[str], list[str]] = {}
    for account, names in users.items():
        accounts.setdefault(frozenset(names), []).append(account)
    return accounts


def _objection(target: Target) -> str:
    account, user = target
    return association_objection(account, user) if user else account_objection(account)


def _key(target: Target) -> str:
    return "/".join(part for part in target if part)
