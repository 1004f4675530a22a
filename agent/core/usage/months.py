"""Billing months: the marketplace books in UTC calendar months."""

from datetime import UTC, datetime


def month_start(at: float) -> float:
    """The UTC second at which the month of ``at`` began."""
    return datetime.fromtimestamp(at, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()


def month_name(at: float) -> str:
    """The month of ``at``, as ``2026-11``."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m")
