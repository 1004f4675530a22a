"""What is asked or begun once in a while: approvals, and the period that an account's usage counts for."""

from collections.abc import Mapping

from agent.journal.database import Database


class Asked(Database):
    """When a question was last put, and which period the count was last begun for."""

    def asked(self, order: str) -> tuple[float, int]:
        """When the approval command was last asked about an order, and how often."""
        with self.transaction() as db:
            row = db.execute("select at, times from asked where subject=?", (order,)).fetchone()
        return (float(row[0]), int(row[1])) if row else (0.0, 0)

    def ask(self, order: str, at: float) -> None:
        """It is about to be asked."""
        with self.transaction() as db:
            db.execute(
                "insert into asked values (?, ?, 1) on conflict do update set at=excluded.at, times=times + 1",
                (order, at),
            )

    def remember_resets(self, periods: Mapping[str, str], at: float) -> None:
        """Account → the period whose usage it counts from now on."""
        rows = [(account, period, at) for account, period in periods.items()]
        with self.transaction() as db:
            db.executemany(
                "insert into reset values (?, ?, ?)"
                " on conflict do update set period=excluded.period, at=excluded.at where period<>excluded.period",
                rows,
            )
