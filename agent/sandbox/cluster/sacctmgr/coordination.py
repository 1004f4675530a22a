"""Who coordinates what, as ``show account`` and ``show user`` tell it: in an account, and so in all below it."""

import sqlite3
from collections.abc import Mapping

from agent.sandbox.cluster import people


def of_accounts(db: sqlite3.Connection) -> Mapping[str, str]:
    """Account → its coordinators; one of its own who coordinates an account above as well comes twice."""
    own, above = _own(db), _parents(db)
    inherited = {account: _above(account, own, above) for account in {*own, *above}}
    return {
        account: ",".join(sorted([*own.get(account, ()), *from_above])) for account, from_above in inherited.items()
    }


def of_users(db: sqlite3.Connection) -> Mapping[str, str]:
    """User → the accounts he coordinates."""
    own, above = _own(db), _parents(db)
    found: dict[str, set[str]] = {}
    for account in {*own, *above}:
        for user in {*own.get(account, ()), *_above(account, own, above)}:
            found.setdefault(user, set()).add(account)
    return {user: ",".join(sorted(accounts)) for user, accounts in found.items()}


def _own(db: sqlite3.Connection) -> dict[str, set[str]]:
    own: dict[str, set[str]] = {}
    for account, user in people.coordinators(db):
        own.setdefault(account, set()).add(user)
    return own


def _parents(db: sqlite3.Connection) -> dict[str, str]:
    return dict(db.execute("SELECT account, parent FROM association WHERE user = ''"))


def _above(account: str, own: Mapping[str, set[str]], parents: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    while account := parents.get(account, ""):
        found |= own.get(account, set())
    return found
