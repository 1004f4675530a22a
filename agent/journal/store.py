"""The journal whole: runs, names, removals and what was told, in one file."""

from agent.core.guard import DAY
from agent.core.known import Known, Removal
from agent.journal.names import Names
from agent.journal.removals import Removals
from agent.journal.runs import Runs
from agent.journal.told import Told


class SqliteJournal(Runs, Names, Removals, Told):
    """Implements ``agent.ports.Journal``."""

    def known(self, now: float) -> Known:
        """All that the core needs to know, as it stands. A release nobody used is forgotten after a day."""
        with self.transaction() as db:
            accounts = dict(db.execute("select resource, name from account"))
            associations = list(db.execute("select account, user, removed is null from association"))
            removals = db.execute("select at, offering, by_order, key from removal where at > ?", (now - DAY,))
            released = db.execute("select checksum from released where at > ?", (now - DAY,))
            return Known(
                accounts=accounts,
                used_by={name: resource for resource, name in accounts.items()},
                associations=frozenset((account, user) for account, user, stands in associations if stands),
                journaled=frozenset(account for account, _, _ in associations),
                usernames={(o, u): n for o, u, n in db.execute("select offering, user, name from username")},
                uids=dict(db.execute("select name, uid from uid")),
                blocked=dict(db.execute("select key, at from blocked")),
                first_missing=dict(db.execute("select key, since from missing")),
                removals=tuple(Removal(at=at, offering=o, by_order=bool(b), key=key) for at, o, b, key in removals),
                released=frozenset(checksum for (checksum,) in released),
            )
