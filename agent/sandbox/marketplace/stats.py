"""``component_stats``: what the invoices of each month hold, which is not what was reported as usage."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from starlette.responses import JSONResponse, Response

from agent.sandbox.marketplace.access import owned
from agent.sandbox.marketplace.call import Call, Routes
from agent.sandbox.marketplace.errors import bad
from agent.sandbox.marketplace.moments import billing_period, month_after, months_between, parse
from agent.sandbox.marketplace.store import Row, Store


def component_stats(call: Call) -> Response:
    """Figures by month and component from ``start`` to ``end`` (``2026-01``), twelve months back to now by default."""
    owned(call, call.path["uuid"], "Offering")
    now = parse(call.store.now())
    first = _period(call, "start", f"{now.year - 1}-{now.month:02d}-01")
    last = _period(call, "end", billing_period(now))
    rows = invoiced(call.store, call.path["uuid"], months_between(first, min(last, billing_period(now))))
    return JSONResponse([_show(call, row) for row in call.list_shown(rows)])


def invoiced(store: Store, offering: str, periods: list[str]) -> list[Row]:
    """What is invoiced for each component and month: reported usage, or for limit components the limit itself."""
    return [
        {**component, "period": period, "usage": total}
        for component in store.where("components", offering=offering)
        for period in periods
        for total in _total(store, component, period)
    ]


def _total(store: Store, component: Row, period: str) -> Iterator[Decimal]:
    found = _limits if component["billing_type"] == "limit" else _reported
    figures = list(found(store, component, period))
    if figures:
        yield sum(figures, Decimal())


def _reported(store: Store, component: Row, period: str) -> Iterator[Decimal]:
    for row in store.where("component_usages", component=component["uuid"], billing_period=period):
        yield Decimal(row["usage"])


def _limits(store: Store, component: Row, period: str) -> Iterator[Decimal]:
    for resource in store.where("resources", offering=component["offering"]):
        begun = resource["activated"] and resource["activated"] <= period
        over = resource["ended"] and resource["ended"] < period
        if begun and not over and component["type"] in resource["limits"]:
            yield Decimal(resource["limits"][component["type"]])


def _period(call: Call, name: str, default: str) -> str:
    text = call.query.get(name)
    if not text:
        return default
    try:
        return billing_period(datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC))
    except ValueError:
        raise bad({name: ["Enter a valid date in the format YYYY-MM."]}) from None


def _show(call: Call, row: Row) -> Row:
    last_day = parse(month_after(row["period"])) - timedelta(days=1)
    shown = {
        "period": row["period"][:7],
        "date": last_day.isoformat(),
        "usage": float(row["usage"]),
        "description": "",
        "measured_unit": row["measured_unit"],
        "type": row["type"],
        "name": row["name"],
    }
    return shown if call.dialect.old else {**shown, "billing_period": row["period"]}


ROUTES: Routes = {"marketplace-provider-offerings/{uuid}/component_stats/": {"GET": component_stats}}
