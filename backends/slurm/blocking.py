"""Letting no new job in: one command for all accounts, one for each set of users, read back in the same process."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from agent.ports import Refusal
from backends.slurm import commands, readback
from backends.slurm.names import account_objection, association_objection
from backends.slurm.session import Session, change
from backends.slurm.settle import Outcome, outcome, settle

Target: TypeAlias = tuple[str, str]
"""(account, user); the user is "" for the account itself."""


def block(session: Session, accounts: Sequence[str], associations: Sequence[tuple[str, str]]) -> tuple[Refusal, ...]:
    """Set GrpSubmitJobs=0 on accounts and MaxSubmitJobs=0 on (account, user)."""
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
    lines = commands.set_accounts(cluster, users.pop("", set()), "GrpSubmitJobs=0")
    for same, into in _inverted(users).items():
        lines += commands.set_users(cluster, same, into, "MaxSubmitJobs=0")
    return lines


def _attempt(session: Session, targets: Sequence[Target]) -> Outcome[Target]:
    lines = block_commands(session.cluster, targets)
    reads = commands.show_associations_of(session.cluster, [account for account, _ in targets])
    reply = change(session, "sacctmgr", lines, reads)
    submit: dict[Target, set[int | None]] = {}
    for row in readback.association_rows(reply.answers, session.cluster):
        limit = row.max_submit_jobs if row.user else row.grp_submit_jobs
        submit.setdefault((row.account, row.user), set()).add(limit)
    return outcome("sacctmgr", (target for target in targets if submit.get(target) != {0}), reply.said)


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
