"""The journal whole: runs, names, the directory, removals, what is to be put back, events and what was told."""

import sqlite3
from collections.abc import Mapping

from agent.core.guard import DAY
from agent.core.known import Known, Removal, SetAside
from agent.journal.asked import Asked
from agent.journal.directory import DirectoryMemory
from agent.journal.events import Events
from agent.journal.names import Names
from agent.journal.put_back import PutBack, association
from agent.journal.removals import Removals
from agent.journal.runs import Runs
from agent.journal.told import Told
from agent.journal.usernames import Usernames


class SqliteJournal(Runs, Names, Usernames, DirectoryMemory, Removals, PutBack, Asked, Events, Told):
    """Implements ``agent.ports.Journal``."""

    def known(self, now: float) -> Known:
        """All that the core needs to know, as it stands. A release nobody used is forgotten after a day."""
        with self.transaction() as db:
            accounts = dict(db.execute("select resource, name from account"))
            associations = list(db.execute("select account, user, removed is null from association"))
            released = db.execute("select checksum from released where at > ?", (now - DAY,))
            return Known(
                accounts=accounts,
                used_by={name: resource for resource, name in accounts.items()},
                associations=frozenset((account, user) for account, user, stands in associations if stands),
                journaled=frozenset(account for account, _, _ in associations),
                usernames={(o, u): n for o, u, n in db.execute("select offering, user, name from username")},
                holders=dict(db.execute("select name, user from holder")),
                let_go=dict(db.execute("select name, at from let_go")),
                coordinators=frozenset(db.execute("select account, user from coordinator")),
                uids=dict(db.execute("select name, uid from uid")),
                gids=dict(db.execute("select name, gid from uid where gid is not null")),
                groups=dict(db.execute("select gid, name from group_gid")),
                persons=dict(db.execute("select name, person from uid where person <> ''")),
                blocked=dict(db.execute("select key, at from blocked")),
                replaced=_replaced(db),
                aside=_aside(db),
                resets=dict(db.execute("select account, period from reset")),
                first_missing=dict(db.execute("select key, since from missing")),
                removals=_removals(db, now - DAY),
                released=frozenset(checksum for (checksum,) in released),
            )


def _replaced(db: sqlite3.Connection) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for key, field, before in db.execute("select key, field, before from replaced"):
        found.setdefault(key, {})[field] = before
    return found


def _aside(db: sqlite3.Connection) -> Mapping[tuple[str, str], SetAside]:
    rows = db.execute("select account, user, value, own from aside")
    return {
        (account, user): SetAside(association=association(text), own=bool(own)) for account, user, text, own in rows
    }


def _removals(db: sqlite3.Connection, since: float) -> tuple[Removal, ...]:
    rows = db.execute("select at, offering, by_order, key from removal where at > ?", (since,))
    return tuple(Removal(at=at, offering=offering, by_order=bool(by), key=key) for at, offering, by, key in rows)
