"""Absences, blocks, removals and releases: what the guard counts."""

from collections.abc import Sequence

from agent.journal.database import Database


class Removals(Database):
    """The history behind the guard's budgets."""

    def block(self, keys: Sequence[str], at: float) -> None:
        """The agent is about to block these."""
        with self.transaction() as db:
            db.executemany("insert or ignore into blocked values (?, ?)", [(key, at) for key in keys])

    def unblock(self, keys: Sequence[str]) -> None:
        """The agent's block is over."""
        with self.transaction() as db:
            db.executemany("delete from blocked where key=?", [(key,) for key in keys])

    def missing(self, keys: Sequence[str], at: float) -> None:
        """All absences there are now: new ones are dated, those that came back are forgotten."""
        with self.transaction() as db:
            known = {key for (key,) in db.execute("select key from missing")}
            db.executemany("delete from missing where key=?", [(key,) for key in known - set(keys)])
            db.executemany("insert into missing values (?, ?)", [(key, at) for key in set(keys) - known])

    def removed(self, offering: str, keys: Sequence[str], by_order: bool, at: float) -> None:
        """Objects that were removed."""
        with self.transaction() as db:
            db.executemany("insert into removal values (?, ?, ?, ?)", [(at, offering, key, by_order) for key in keys])
            db.executemany("delete from missing where key=?", [(key,) for key in keys])

    def release(self, checksum: str, at: float) -> None:
        """A person let these held actions go."""
        with self.transaction() as db:
            db.execute("insert or replace into released values (?, ?)", (checksum, at))

    def used_release(self, checksum: str) -> None:
        """The release was used."""
        with self.transaction() as db:
            db.execute("delete from released where checksum=?", (checksum,))
