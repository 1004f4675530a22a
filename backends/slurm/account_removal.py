"""Deleting accounts that nobody and nothing is in any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.ports import Refusal
from backends.slurm import commands, readback
from backends.slurm.names import account_objection
from backends.slurm.parse import AssociationRow, account_text
from backends.slurm.session import Session, ask_surely, change
from backends.slurm.settle import Outcome, Refused, outcome, settle


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Accounts that must not be deleted now and why, and accounts that other clusters have too."""

    held: Mapping[str, str]
    elsewhere: frozenset[str]


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
