"""Setting limits, and blocking: one session for all changes, grouped by equal values, read back in the same process."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from agent.core.model.cluster import Account
from agent.ports import Refusal
from backends.slurm import commands, readback
from backends.slurm.names import account_objection, association_objection, limits_objection
from backends.slurm.parse import AssociationRow, format_tres
from backends.slurm.session import Session, change
from backends.slurm.settle import Outcome, outcome, settle

CLEAR = -1

Change: TypeAlias = tuple[Account, Account]
Target: TypeAlias = tuple[str, str]
"""(account, user); the user is "" for the account itself."""


def set_limits(session: Session, changes: Sequence[Change]) -> tuple[Refusal, ...]:
    """Bring GrpTRESMins and GrpSubmitJobs from the first account's to the second's; nothing else is looked at."""
    refusals: list[Refusal] = []
    good: list[Change] = []
    for before, after in changes:
        why = account_objection(after.name) or limits_objection(after)
        if why:
            refusals.append(Refusal(after.name, why))
        elif settings(before, after):
            good.append((before, after))
    if good:
        with session.lock.acquire(session.write_deadline):
            refused = settle(good, lambda some: _attempt_limits(session, some))
        refusals += [Refusal(after.name, said) for (_, after), said in refused]
    return tuple(refusals)


def settings(before: Account, after: Account) -> str:
    """What ``set`` must be given: a TRES not mentioned keeps its limit, -1 clears it; "" when nothing differs."""
    tres = _changed_tres(before, after)
    parts = [f"GrpTRESMins={format_tres(tres)}"] if tres else []
    if before.grp_submit_jobs != after.grp_submit_jobs:
        parts.append(f"GrpSubmitJobs={CLEAR if after.grp_submit_jobs is None else after.grp_submit_jobs}")
    return " ".join(parts)


def set_blocked(
    session: Session, accounts: Sequence[str], associations: Sequence[tuple[str, str]], jobs: int | None
) -> tuple[Refusal, ...]:
    """Set GrpSubmitJobs on accounts and MaxSubmitJobs on (account, user): 0 lets no job in, None takes that back."""
    targets = [*((account, "") for account in accounts), *associations]
    objections = {target: _objection(target) for target in dict.fromkeys(targets)}
    refusals = [Refusal(_key(target), why) for target, why in objections.items() if why]
    good = [target for target, why in objections.items() if not why]
    if good:
        with session.lock.acquire(session.write_deadline):
            refused = settle(good, lambda some: _attempt_blocked(session, some, jobs))
        refusals += [Refusal(_key(target), said) for target, said in refused]
    return tuple(refusals)


def block_commands(cluster: str, targets: Iterable[Target], jobs: int | None) -> tuple[str, ...]:
    """One command for all accounts, and one for each set of users that is the same in several accounts."""
    number = CLEAR if jobs is None else jobs
    users: dict[str, set[str]] = {}
    for account, user in targets:
        users.setdefault(account if user else "", set()).add(user or account)
    lines = commands.set_accounts(cluster, users.pop("", set()), f"GrpSubmitJobs={number}")
    for same, into in _inverted(users).items():
        lines += commands.set_users(cluster, same, into, f"MaxSubmitJobs={number}")
    return lines


def _changed_tres(before: Account, after: Account) -> dict[str, int]:
    cleared = {tres: CLEAR for tres in before.grp_tres_mins if tres not in after.grp_tres_mins}
    wanted = after.grp_tres_mins.items()
    return {**cleared, **{tres: minutes for tres, minutes in wanted if before.grp_tres_mins.get(tres) != minutes}}


def _attempt_limits(session: Session, changes: Sequence[Change]) -> Outcome[Change]:
    groups: dict[str, list[str]] = {}
    for before, after in changes:
        groups.setdefault(settings(before, after), []).append(after.name)
    lines = [line for what, names in groups.items() for line in commands.set_accounts(session.cluster, names, what)]
    rows, said = _changed(session, lines, [after.name for _, after in changes])
    own = readback.account_rows(rows)
    missing = (each for each in changes if not _limits_in_place(each, own.get(each[1].name)))
    return outcome("sacctmgr", missing, said)


def _limits_in_place(wanted: Change, row: AssociationRow | None) -> bool:
    before, after = wanted
    tres = _changed_tres(before, after)
    if row is None or any(row.grp_tres_mins.get(each) != after.grp_tres_mins.get(each) for each in tres):
        return False
    return after.grp_submit_jobs in {before.grp_submit_jobs, row.grp_submit_jobs}


def _attempt_blocked(session: Session, targets: Sequence[Target], jobs: int | None) -> Outcome[Target]:
    lines = block_commands(session.cluster, targets, jobs)
    rows, said = _changed(session, lines, [account for account, _ in targets])
    submit: dict[Target, set[int | None]] = {}
    for row in rows:
        limit = row.max_submit_jobs if row.user else row.grp_submit_jobs
        submit.setdefault((row.account, row.user), set()).add(limit)
    return outcome("sacctmgr", (target for target in targets if submit.get(target) != {jobs}), said)


def _changed(session: Session, lines: Sequence[str], accounts: Sequence[str]) -> tuple[tuple[AssociationRow, ...], str]:
    reply = change(session, "sacctmgr", lines, commands.show_associations_of(session.cluster, accounts))
    return readback.association_rows(reply.answers, session.cluster), reply.said


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
