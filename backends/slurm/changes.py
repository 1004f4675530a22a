"""Changing accounts and associations that exist: grouped by equal settings, or by load files, read back at once.

Only what differs between what was observed and what is desired is sent, and only that is compared afterwards.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from agent.core.model.cluster import Account, Association
from agent.ports import Refusal
from backends.slurm import commands, readback
from backends.slurm.change_lines import account_lines, association_lines, text_lines, texts, widened
from backends.slurm.dialogue import Answer
from backends.slurm.differences import AccountChange, AssociationChange, Change, refreshed
from backends.slurm.limit_loads import by_way, load_limits
from backends.slurm.moves import move_lines, ordered_moves
from backends.slurm.names import account_objection, association_objection, change_objection
from backends.slurm.readback import place
from backends.slurm.session import Session, ask_surely, change
from backends.slurm.settle import Outcome, Refused, outcome, settle
from backends.slurm.standing import standing
from backends.slurm.user_changes import way

T = TypeVar("T", Account, Association)


def change_all(
    session: Session, accounts: Sequence[AccountChange], associations: Sequence[AssociationChange]
) -> tuple[Refusal, ...]:
    """Bring accounts and associations to what is desired; what is refused does not hold the rest."""
    changes: list[Change] = [*accounts, *associations]
    objections = [(pair, _objection(pair)) for pair in changes if pair[0] != pair[1]]
    refusals = [Refusal(_key(pair), why) for pair, why in objections if why]
    good = [pair for pair, why in objections if not why]
    if good:
        with session.lock.acquire(session.write_deadline):
            refused = settle(good, lambda some: _attempt(session, some))
        refusals += [Refusal(_key(pair), said) for pair, said in refused]
    return tuple(refusals)


def _attempt(session: Session, changes: Sequence[Change]) -> Outcome[Change]:
    """Loads, then in one process commands (wider lists, moves, settings, texts) and what is there afterwards."""
    wanted, people = _sorted_out(changes)
    there = standing(session, wanted)
    moves, astray = ordered_moves(there.changes, there.parents)
    unmoved = {after.name for (_, after), _ in astray}
    accounts = [pair for pair in there.changes if pair[1].name not in unmoved]
    loaded, spoken = by_way(accounts)
    users = way(session, people)
    said = _joined(load_limits(session, loaded), load_limits(session, users.loaded))
    lines = (
        *widened(session.cluster, spoken, users.spoken, users.there),
        *move_lines(session.cluster, moves),
        *account_lines(session.cluster, spoken),
        *text_lines(accounts),
        *association_lines(session.cluster, users.spoken, users.there),
    )
    return _read_back(session, lines, said, (accounts, users.changes), (*there.refused, *astray, *users.gone))


def _read_back(
    session: Session,
    lines: Sequence[str],
    said: str,
    wanted: tuple[Sequence[AccountChange], Sequence[AssociationChange]],
    refused: Refused[Change],
) -> Outcome[Change]:
    accounts, users = wanted
    if not accounts and not users:
        return Outcome((), "", refused)
    named = commands.show_texts_of(after.name for before, after in accounts if texts(before) != texts(after))
    concerned = [*(after.name for _, after in accounts), *(after.account for _, after in users)]
    reads = (*named, *commands.show_associations_of(session.cluster, concerned))
    reply = change(session, "sacctmgr", lines, reads) if lines else ask_surely(session, "sacctmgr", reads)
    missing = _missing(reply.answers, len(named), session.cluster, wanted)
    return outcome("sacctmgr", missing, _joined(said, reply.said), refused)


def _missing(
    answers: Sequence[Answer],
    named: int,
    cluster: str,
    wanted: tuple[Sequence[AccountChange], Sequence[AssociationChange]],
) -> list[Change]:
    """What is not as desired, with what is there now for what was there before."""
    rows = readback.association_rows(answers[named:], cluster)
    accounts = readback.accounts(rows, *readback.both_texts(answers[:named]))
    users = readback.associations(rows)
    of_accounts = (_by_now(before, after, accounts.get(after.name)) for before, after in wanted[0])
    of_users = (_by_now(before, after, users.get(place(after))) for before, after in wanted[1])
    missing: list[Change] = [pair for pair in of_accounts if pair[0] != pair[1]]
    return [*missing, *(pair for pair in of_users if pair[0] != pair[1])]


def _by_now(before: T, after: T, shown: T | None) -> tuple[T, T]:
    return (before if shown is None else refreshed(before, after, shown)), after


def _joined(*said: str) -> str:
    return "; ".join(filter(None, said))


def _sorted_out(changes: Iterable[Change]) -> tuple[list[AccountChange], list[AssociationChange]]:
    accounts: list[AccountChange] = []
    associations: list[AssociationChange] = []
    for before, after in changes:
        if isinstance(before, Account) and isinstance(after, Account):
            accounts.append((before, after))
        elif isinstance(before, Association) and isinstance(after, Association):
            associations.append((before, after))
    return accounts, associations


def _objection(pair: Change) -> str:
    before, after = pair
    if isinstance(after, Account):
        return account_objection(after.name) or change_objection(before, after)
    return association_objection(after.account, after.user) or change_objection(before, after)


def _key(pair: Change) -> str:
    after = pair[1]
    if isinstance(after, Account):
        return after.name
    return "@".join(filter(None, (f"{after.account}/{after.user}", after.partition)))
