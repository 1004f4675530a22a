"""Taking users out of accounts, and deleting accounts that nobody and nothing is in any more."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from agent.ports import Refusal
from backends.slurm import commands, readback
from backends.slurm.names import EXISTING_ACCOUNT, account_objection, association_objection
from backends.slurm.parse import AssociationRow, account_text
from backends.slurm.session import Session, ask_surely, change
from backends.slurm.settle import Outcome, Refused, outcome, settle

Pair: TypeAlias = tuple[str, str]
"""(account, user)."""
ACTIVE_JOB = re.compile(r"JobID = (\S+) .*?\bA = (\S+) .*?\bU = ([^\s;]+)")
BUSY = "jobs are active, cancel them or wait until they end"


@dataclass(frozen=True, slots=True)
class Membership:
    """Where users are, and which of their accounts is their default."""

    accounts: Mapping[str, frozenset[str]]
    defaults: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Accounts that must not be deleted now and why, and accounts that other clusters have too."""

    held: Mapping[str, str]
    elsewhere: frozenset[str]


def remove_associations(session: Session, associations: Sequence[Pair]) -> tuple[Refusal, ...]:
    """Remove (account, user) associations; a user's default account is moved to one he stays in before.

    A running job holds only its own user's removal; the refusal then names the jobs.
    """
    good, refusals = _screened(associations)
    if good:
        with session.lock.acquire(session.write_deadline):
            refused = _removed(session, good)
        refusals += [Refusal("/".join(pair), said) for pair, said in refused]
    return tuple(refusals)


def removal_commands(cluster: str, pairs: Iterable[Pair], membership: Membership) -> tuple[str, ...]:
    """Defaults are moved first, deleted last: newer versions refuse to delete a default while there are others."""
    leaving: dict[str, set[str]] = {}
    for account, user in pairs:
        leaving.setdefault(user, set()).add(account)
    moves: dict[str, set[str]] = {}
    first: dict[str, set[str]] = {}
    last: dict[str, set[str]] = {}
    for user, accounts in leaving.items():
        default = membership.defaults.get(user, "")
        stays = sorted(filter(EXISTING_ACCOUNT.fullmatch, membership.accounts.get(user, frozenset()) - accounts))
        if default in accounts and stays:
            moves.setdefault(stays[0], set()).add(user)
        for account in accounts:
            (last if account == default and not stays else first).setdefault(account, set()).add(user)
    moving = [line for into in sorted(moves) for line in commands.set_default_account(cluster, moves[into], into)]
    deleting = [
        line
        for step in (first, last)
        for out in sorted(step)
        for line in commands.delete_users(cluster, step[out], out)
    ]
    return (*moving, *deleting)


def remove_accounts(session: Session, accounts: Sequence[str]) -> tuple[Refusal, ...]:
    """Delete accounts. One that has a child or a user is refused: Slurm would take those along without a word.

    A parent goes after its children of the same call are seen to be gone.
    """
    objections = {account: account_objection(account) for account in dict.fromkeys(accounts)}
    refusals = [Refusal(account, why) for account, why in objections.items() if why]
    pending = [account for account, why in objections.items() if not why]
    if not pending:
        return tuple(refusals)
    with session.lock.acquire(session.write_deadline):
        while pending:
            surroundings = _surroundings(session, pending)
            held = surroundings.held
            free = [account for account in pending if account not in held]
            if not free:
                return (*refusals, *(Refusal(account, held[account]) for account in pending))
            refused = _deleted(session, free, surroundings.elsewhere)
            refusals += [Refusal(account, said) for account, said in refused]
            pending = [account for account in pending if account in held]
    return tuple(refusals)


def _screened(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Refusal]]:
    objections = {pair: association_objection(*pair) for pair in dict.fromkeys(pairs)}
    good = [pair for pair, why in objections.items() if not why]
    return good, [Refusal("/".join(pair), why) for pair, why in objections.items() if why]


def _removed(session: Session, pairs: Sequence[Pair]) -> Refused[Pair]:
    """Users whom Slurm names as busy are refused at once; only what is left then is found by halving."""
    done = _attempt_associations(session, pairs)
    busy = busy_jobs(done.said)
    named = tuple((pair, f"{BUSY}: {', '.join(busy[pair])}") for pair in done.missing if pair in busy)
    rest = [pair for pair in done.missing if pair not in busy]
    return (*named, *settle(rest, lambda some: _attempt_associations(session, some)))


def busy_jobs(said: str) -> dict[Pair, list[str]]:
    """The active jobs that Slurm names in a refusal, by (account, user)."""
    jobs: dict[Pair, list[str]] = {}
    for job, account, user in ACTIVE_JOB.findall(said):
        jobs.setdefault((account, user), []).append(job)
    return jobs


def _membership(session: Session, users: Sequence[str]) -> Membership:
    where = commands.show_associations_of_users(session.cluster, users)
    reply = ask_surely(session, "sacctmgr", (*where, *commands.show_default_accounts(users)))
    accounts: dict[str, frozenset[str]] = {}
    for row in readback.association_rows(reply.answers[: len(where)], session.cluster):
        accounts[row.user] = accounts.get(row.user, frozenset()) | {row.account}
    return Membership(accounts, readback.texts(reply.answers[len(where) :]))


def _attempt_associations(session: Session, pairs: Sequence[Pair]) -> Outcome[Pair]:
    membership = _membership(session, [user for _, user in pairs])
    present = [pair for pair in pairs if pair[0] in membership.accounts.get(pair[1], ())]
    if not present:
        return Outcome((), "")
    lines = removal_commands(session.cluster, present, membership)
    reads = commands.show_associations_of(session.cluster, [account for account, _ in present])
    reply = change(session, "sacctmgr", lines, reads)
    left = {(row.account, row.user) for row in readback.association_rows(reply.answers, session.cluster)}
    return outcome("sacctmgr", (pair for pair in present if pair in left), reply.said)


def _surroundings(session: Session, accounts: Sequence[str]) -> Surroundings:
    clusters = commands.show_clusters_of(accounts)
    reads = (commands.show_account_tree(session.cluster), *commands.show_associations_of(session.cluster, accounts))
    answers = ask_surely(session, "sacctmgr", (*clusters, *reads)).answers
    rows = readback.association_rows(answers[len(clusters) :], session.cluster)
    held = {account: why for account in accounts if (why := _below(account, rows))}
    where = [pair for answer in answers[: len(clusters)] for pair in map(account_text, answer.lines)]
    return Surroundings(held, frozenset(account for account, cluster in where if cluster != session.cluster))


def _below(account: str, rows: Sequence[AssociationRow]) -> str:
    children = sorted(row.account for row in rows if row.parent == account)
    users = sorted({row.user for row in rows if row.account == account and row.user})
    what = [f"{word} {', '.join(names[:5])}" for word, names in (("accounts", children), ("users", users)) if names]
    return f"there are still {' and '.join(what)} in it; remove them first" if what else ""


def _deleted(session: Session, accounts: Sequence[str], elsewhere: frozenset[str]) -> Refused[str]:
    return settle(accounts, lambda some: _attempt_accounts(session, some, elsewhere))


def _attempt_accounts(session: Session, accounts: Sequence[str], elsewhere: frozenset[str]) -> Outcome[str]:
    lines = (
        *commands.delete_accounts((each for each in accounts if each not in elsewhere), None),
        *commands.delete_accounts((each for each in accounts if each in elsewhere), session.cluster),
    )
    reply = change(session, "sacctmgr", lines, commands.show_associations_of(session.cluster, accounts))
    left = readback.account_rows(readback.association_rows(reply.answers, session.cluster))
    return outcome("sacctmgr", (account for account in accounts if account in left), reply.said)
