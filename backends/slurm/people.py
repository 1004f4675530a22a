"""Coordinators and default accounts of everybody, each in a process of its own.

On Slurm 22.05 both take long where there are many associations (2 s for the defaults of 10 000 users, 24 s for the
coordinators of 500 accounts with 20 000 associations): what is late must not cost the accounts with it.
"""

from collections.abc import Mapping, Sequence

from agent.core.model.cluster import Account
from agent.core.snapshot import Complete, Missing, Partial, Section
from agent.errors import Unavailable
from backends.slurm.accounting import CUT_OFF, understood
from backends.slurm.commands import SHOW_CLUSTER, SHOW_DEFAULT_ACCOUNTS
from backends.slurm.coordinators import SHOW_COORDINATORS, own
from backends.slurm.parse import account_text
from backends.slurm.session import Session, ask


def default_accounts(session: Session) -> Section[Mapping[str, str]]:
    """User → default account; who has none is left out."""
    section = _pairs(session, SHOW_DEFAULT_ACCOUNTS)
    if isinstance(section, Missing):
        return section
    found = {user: account for user, account in section.value.items() if account}
    return Complete(found) if isinstance(section, Complete) else Partial(found, section.reason)


def coordinators(session: Session, accounts: Section[Mapping[str, Account]]) -> Section[Mapping[str, frozenset[str]]]:
    """Account → its own coordinators; accounts without any are left out, and those of other clusters."""
    if isinstance(accounts, Missing):
        return accounts
    section = _pairs(session, SHOW_COORDINATORS)
    if isinstance(section, Missing):
        return section
    found = own(section.value, {name: account.parent for name, account in accounts.value.items()})
    doubts = [each.reason for each in (accounts, section) if isinstance(each, Partial)]
    return Partial(found, "; ".join(doubts)) if doubts else Complete(found)


def _pairs(session: Session, command: str) -> Section[Mapping[str, str]]:
    """The rows of two columns that a command shows, root among them."""
    try:
        reply = ask(session, "sacctmgr", (command, SHOW_CLUSTER))
    except Unavailable as error:
        return Missing(str(error))
    rows, odd = understood(reply.answers[0].lines, account_text)
    return _judged(dict(rows), (*filter(None, [reply.trouble]), *(() if reply.answers[0].proved else (CUT_OFF,)), *odd))


def _judged(found: Mapping[str, str], doubts: Sequence[str]) -> Section[Mapping[str, str]]:
    if not found:
        return Missing("; ".join(doubts) or "nothing is shown")
    if "root" not in found:
        doubts = (*doubts, "root is not shown")
    return Partial(found, "; ".join(doubts[:3])) if doubts else Complete(found)
