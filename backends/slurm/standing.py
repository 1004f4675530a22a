"""Accounts that are to change, looked up once more under the lock: they must still be there, and be the same ones.

A load would make an account that vanished in between, would move back one that was moved by hand, and any command would
change one that by now belongs to somebody else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agent.core.model.cluster import Account
from backends.slurm import commands, readback
from backends.slurm.differences import AccountChange, refreshed
from backends.slurm.session import Session, ask_surely

GONE = "it is not there any more"


@dataclass(frozen=True, slots=True)
class Standing:
    """Changes from what is there now, those that are refused and why, and the parent of every account."""

    changes: list[AccountChange]
    refused: list[tuple[AccountChange, str]]
    parents: Mapping[str, str]


def standing(session: Session, changes: Sequence[AccountChange]) -> Standing:
    """What is to change, as it stands now. Nothing is asked when there is nothing."""
    if not changes:
        return Standing([], [], {})
    texts = commands.show_texts_of(after.name for _, after in changes)
    answers = ask_surely(session, "sacctmgr", (*texts, commands.show_account_tree(session.cluster))).answers
    rows = readback.association_rows(answers[len(texts) :], session.cluster)
    found = readback.accounts(rows, *readback.both_texts(answers[: len(texts)]))
    objections = [(pair, _objection(pair, found.get(pair[1].name))) for pair in changes]
    return Standing(
        changes=[_as_it_stands(pair, found[pair[1].name]) for pair, why in objections if not why],
        refused=[(pair, why) for pair, why in objections if why],
        parents={name: account.parent for name, account in found.items()},
    )


def _objection(pair: AccountChange, found: Account | None) -> str:
    if found is None:
        return GONE
    if _marker(found) not in {_marker(account) for account in pair}:
        return f"the account is another's by now: {' '.join(_marker(found))!r}; it is left as it is"
    return ""


def _marker(account: Account) -> tuple[str, str]:
    return account.organization, account.description.split(" ")[0]


def _as_it_stands(pair: AccountChange, found: Account) -> AccountChange:
    before, after = pair
    if before.parent == after.parent:
        before, after = replace(before, parent=found.parent), replace(after, parent=found.parent)
    return refreshed(before, after, found), after
