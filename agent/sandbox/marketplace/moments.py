"""Points in time as the API writes them: ISO-8601 in UTC with microseconds, and billing periods."""

from datetime import UTC, date, datetime


def iso(seconds: float) -> str:
    """UTC seconds as ``2026-11-23T02:36:39.232234Z``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """The moment ``text`` names, UTC when it has no offset; ValueError when it is no moment."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def day(text: str) -> str:
    """A date as the API writes it, ``2026-11-23``; ValueError when it is none."""
    return date.fromisoformat(text).isoformat()


def billing_period(moment: datetime) -> str:
    """The first day of the moment's month, ``2026-11-01``."""
    return moment.strftime("%Y-%m-01")


def month_after(period: str) -> str:
    """The billing period that follows ``period``."""
    year, month = int(period[:4]), int(period[5:7])
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}-01"


def months_between(first: str, last: str) -> list[str]:
    """The billing periods from ``first`` to ``last``, both included."""
    found = []
    while first <= last:
        found.append(first)
        first = month_after(first)
    return found
