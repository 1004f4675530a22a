"""Moments in the agent's own small files beside the journal."""

from datetime import UTC, datetime


def iso(seconds: float) -> str:
    """``2026-11-29T20:48:00+00:00`` for UTC seconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
