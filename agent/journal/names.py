"""Names: accounts of resources, associations we made, usernames and uids. Nothing here is ever given to another."""

from collections.abc import Mapping, Sequence

from agent.journal.database import Database


class Names(Database):
    """What was named how, and what is the agent's own."""

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

    def remember_usernames(self, offering: str, names: Mapping[str, str]) -> None:
        """Marketplace user → username, as they are now."""
        with self.transaction() as db:
            db.executemany(
                "insert into username values (?, ?, ?) on conflict do update set name=excluded.name"
                " where name<>excluded.name",
                [(offering, user, name) for user, name in names.items()],
            )

    def remember_uids(self, uids: Mapping[str, int]) -> None:
        """Name → uid; what is there already stays."""
        with self.transaction() as db:
            db.executemany("insert or ignore into uid values (?, ?)", list(uids.items()))
