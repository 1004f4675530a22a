"""Moments as a person reads them."""

from datetime import UTC, datetime


def moment(at: float | None) -> str:
    """UTC seconds as ``2026-11-24 08:04 UTC``; "" for None."""
    return "" if at is None else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
