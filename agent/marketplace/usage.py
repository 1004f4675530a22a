"""What a resource used, month to date: upserts of absolute totals."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from agent.marketplace import routes
from agent.marketplace.http import Http

CLOCK_MARGIN = 300.0


def set_usage(http: Http, resource: str, amounts: Mapping[str, Decimal], at: float) -> None:
    """Set the month-to-date totals, all in one call: a 2024 server forgets the components that a call leaves out.

    ``date`` decides the month on a 2025 server; a 2024 server ignores it and books on its own current month. Without
    any amount nothing is sent, since an empty call would wipe the figures shown.
    """
    if not amounts:
        return
    usages = [{"type": component, "amount": two_decimals(amount)} for component, amount in sorted(amounts.items())]
    http.post(routes.SET_USAGE, {"resource": resource, "usages": usages, "date": _safely_past(at)})


def two_decimals(amount: Decimal) -> str:
    """Two decimals, as many as the server accepts."""
    return f"{amount:.2f}"


def _safely_past(at: float) -> str:
    """A time in the month of ``at`` that a server whose clock is slow does not take for the future."""
    moment = datetime.fromtimestamp(at, UTC)
    start = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return max(start, datetime.fromtimestamp(at - CLOCK_MARGIN, UTC)).isoformat().replace("+00:00", "Z")
