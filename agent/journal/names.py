"""Accounts of resources, and the associations and coordinators that the agent made."""

from collections.abc import Mapping, Sequence

from agent.journal.database import Database


class Names(Database):
    """What accounts were named, and what in them is the agent's own. A name is never given to another resource."""

    def remember_accounts(self, accounts: Mapping[str, str], at: float) -> None:
        """Resource → the account chosen for it, before it is made."""
        rows = [(resource, name, at) for resource, name in accounts.items()]
        with self.transaction() as db:
            db.executemany("insert or ignore into account values (?, ?, ?)", rows)

    def remember_associations(self, made: Sequence[tuple[str, str]], at: float) -> None:
        """Associations the agent is about to make."""
        with self.transaction() as db:
            db.executemany(
                "insert into association (account, user, made) values (?, ?, ?)"
                " on conflict do update set made=excluded.made, removed=null",
                [(account, user, at) for account, user in made],
            )

    def forget_associations(self, removed: Sequence[tuple[str, str]], at: float) -> None:
        """Associations that are gone; the account stays known as one the journal has heard of."""
        with self.transaction() as db:
            db.executemany(
                "update association set removed=? where account=? and user=?",
                [(at, account, user) for account, user in removed],
            )

    def remember_coordinators(self, pairs: Sequence[tuple[str, str]], at: float) -> None:
        """The (account, user) pairs the agent is about to make coordinators."""
        with self.transaction() as db:
            db.executemany("insert or ignore into coordinator values (?, ?, ?)", [(*pair, at) for pair in pairs])

    def forget_coordinators(self, pairs: Sequence[tuple[str, str]]) -> None:
        """These coordinate no longer."""
        with self.transaction() as db:
            db.executemany("delete from coordinator where account=? and user=?", pairs)
