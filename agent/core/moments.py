"""Moments as a person reads them."""

from datetime import UTC, datetime


def moment(at: float | None) -> str:
    """UTC seconds as ``2026-11-24 08:04 UTC``; "" for None."""
    return "" if at is None else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def day(at: float) -> str:
    """The UTC day of a moment, as ``2026-11-24``."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def day_start(text: str) -> float | None:
    """The UTC second at which the day ``2026-11-24`` begins; None when the text is no day."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def months_between(start: float, end: float) -> int:
    """The months from one moment to another, a begun one as whole; 0 when it ends before it begins."""
    first, last = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
    whole = (last.year - first.year) * 12 + last.month - first.month
    return max(0, whole + (last.day > first.day))
