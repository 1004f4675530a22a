"""What the marketplace was told already, so that an unchanged figure costs no request."""

from collections.abc import Mapping
from decimal import Decimal

from agent.journal.database import Database


class Told(Database):
    """Usage amounts and metadata checksums, as the marketplace has them from us."""

    def told_usage(self, month: str) -> Mapping[str, Mapping[tuple[str, str], Decimal]]:
        """Resource → (component, username or "") → amount."""
        found: dict[str, dict[tuple[str, str], Decimal]] = {}
        with self.transaction() as db:
            for resource, component, user, amount in db.execute(
                "select resource, component, user, amount from usage where month=?", (month,)
            ):
                found.setdefault(resource, {})[component, user] = Decimal(amount)
        return found

    def tell_usage(self, month: str, resource: str, amounts: Mapping[tuple[str, str], Decimal], at: float) -> None:
        """The marketplace has taken these amounts."""
        rows = [(month, resource, component, user, str(value), at) for (component, user), value in amounts.items()]
        with self.transaction() as db:
            db.executemany("insert or replace into usage values (?, ?, ?, ?, ?, ?)", rows)

    def told_metadata(self, subject: str) -> tuple[float, str]:
        """When it was last written, and its checksum."""
        with self.transaction() as db:
            row = db.execute("select at, checksum from metadata where subject=?", (subject,)).fetchone()
        return (float(row[0]), str(row[1])) if row else (0.0, "")

    def tell_metadata(self, subject: str, checksum: str, at: float) -> None:
        """The marketplace has taken this metadata."""
        with self.transaction() as db:
            db.execute("insert or replace into metadata values (?, ?, ?)", (subject, checksum, at))
