"""Usage of components over HTTP: absolute totals of a month, the last report wins."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from starlette.responses import Response

from agent.sandbox.marketplace import amounts
from agent.sandbox.marketplace.access import offerings_of, projects_of
from agent.sandbox.marketplace.call import Call, Routes, empty
from agent.sandbox.marketplace.errors import bad, forbidden, server_error
from agent.sandbox.marketplace.filters import by_day, by_text, by_uuid, filtered, hex_uuid, ordered
from agent.sandbox.marketplace.moments import billing_period, parse
from agent.sandbox.marketplace.paging import paged
from agent.sandbox.marketplace.store import Row, Store

SELECT = """
SELECT s.*, k.type AS type, k.name AS name, k.measured_unit AS measured_unit, k.billing_type AS billing_type,
       r.name AS resource_name, r.offering AS offering, r.project AS project, f.name AS offering_name,
       p.name AS project_name, p.customer AS customer, c.name AS customer_name,
       CAST(substr(s.billing_period, 1, 4) AS INTEGER) AS period_year,
       CAST(substr(s.billing_period, 6, 2) AS INTEGER) AS period_month
FROM component_usages s JOIN components k ON k.uuid = s.component JOIN resources r ON r.uuid = s.resource
     JOIN offerings f ON f.uuid = r.offering JOIN projects p ON p.uuid = r.project
     JOIN customers c ON c.uuid = p.customer
"""

_FILTERS = {
    "resource_uuid": by_uuid("resource"),
    "offering_uuid": by_uuid("offering"),
    "project_uuid": by_uuid("project"),
    "customer_uuid": by_uuid("customer"),
    "type": by_text("type"),
    "billing_period": by_text("billing_period"),
    "billing_period_year": by_text("period_year"),
    "billing_period_month": by_text("period_month"),
    "date_after": by_day("date"),
    "date_before": by_day("date", latest=True),
}
_REPORTABLE = ("OK", "Updating", "Terminating")
_BACKFILL = (
    "Service providers can only specify date for limit-based billing components when backfilling past billing periods."
)


def list_usages(call: Call) -> Response:
    """The usages of the resources the user provides or uses, latest month first."""
    mine, projects = offerings_of(call), projects_of(call)
    rows = [
        row
        for row in call.store.rows(f"{SELECT} ORDER BY s.created, s.rowid")
        if row["offering"] in mine or row["project"] in projects
    ]
    found = filtered(call, rows, _FILTERS)
    found = ordered(call, found, ("billing_period", "usage", "created"), "-billing_period")
    return paged(call, found, _show)


def set_usage(call: Call) -> Response:
    """Set totals of components for the month; everything is checked before anything is written."""
    sent = _usages(call)
    resource = _resource(call)
    components = _components(call, resource, [usage["type"] for usage in sent])
    if resource["state"] not in _REPORTABLE:
        raise bad({"resource": ["Resource is not in valid state."]})
    moment = _moment(call, [components[usage["type"]] for usage in sent])
    for usage in sent:
        _write(call.store, resource, components[usage["type"]], usage, moment)
    if billing_period(moment) == billing_period(parse(call.store.now())):
        _note_current(call, resource, sent)
    return empty(201)


def parsed_amount(value: object) -> Decimal:
    """An amount, refused as a field error when it is none."""
    try:
        return amounts.parse(value)
    except ValueError as error:
        raise bad({"usage": [str(error)]}) from None


def _usages(call: Call) -> list[Row]:
    sent = call.required("usages")
    if not isinstance(sent, list):
        raise bad({"usages": {"non_field_errors": [f'Expected a list of items but got type "{type(sent).__name__}".']}})
    errors: list[dict[str, list[str]]] = []
    usages: list[Row] = []
    for usage in sent:
        error, parsed = _usage(usage)
        errors.append(error)
        usages.append(parsed)
    if any(errors):
        raise bad({"usages": errors})
    return usages


def _usage(sent: Any) -> tuple[dict[str, list[str]], Row]:  # noqa: ANN401 - JSON data
    if not isinstance(sent, dict):
        return {"non_field_errors": ["Invalid data. Expected a dictionary."]}, {}
    missing = [name for name in ("type", "amount") if name not in sent]
    if missing:
        return {name: ["This field is required."] for name in missing}, {}
    try:
        return {}, {**sent, "type": str(sent["type"]), "amount": amounts.parse(sent["amount"])}
    except ValueError as error:
        return {"amount": [str(error)]}, {}


def _resource(call: Call) -> Row:
    value = call.required("resource")
    try:
        found = call.store.find("resources", uuid=hex_uuid(str(value)))
    except ValueError:
        found = None
    visible = found and (found["offering"] in offerings_of(call) or found["project"] in projects_of(call))
    if found is None or not visible:
        raise bad({"resource": [f"Object with uuid={value} does not exist."]})
    if found["offering"] not in offerings_of(call):
        raise forbidden()
    return found


def _components(call: Call, resource: Row, types: Sequence[str]) -> dict[str, Row]:
    known = {
        row["type"]: row
        for row in call.store.where("components", offering=resource["offering"])
        if row["billing_type"] in {"usage", "limit"}
    }
    invalid = sorted({name for name in types if name not in known})
    if invalid:
        raise bad({"non_field_errors": [f"These components are invalid: {', '.join(invalid)}."]})
    return known


def _moment(call: Call, components: Sequence[Row]) -> datetime:
    now = parse(call.store.now())
    if call.dialect.old or not call.body.get("date"):
        return now
    try:
        moment = parse(str(call.body["date"]))
    except ValueError:
        raise bad({"date": ["Datetime has wrong format."]}) from None
    if moment > now:
        raise bad({"date": ["Date cannot be in the future."]})
    past = billing_period(moment) < billing_period(now)
    if past and any(component["billing_type"] != "limit" for component in components):
        raise bad({"date": [_BACKFILL]})
    return moment


def _write(store: Store, resource: Row, component: Row, usage: Row, moment: datetime) -> None:
    if component["billing_type"] == "usage" and abs(usage["amount"]) >= amounts.INVOICE_LIMIT:
        raise server_error()
    period = billing_period(moment)
    values = {
        "usage": str(usage["amount"]),
        "date": store.now() if period == billing_period(parse(store.now())) else moment.isoformat(),
        "description": str(usage.get("description", "")),
        "recurring": bool(usage.get("recurring", False)),
    }
    key = {"resource": resource["uuid"], "component": component["uuid"], "billing_period": period}
    stored = store.find("component_usages", **key)
    if stored:
        store.update("component_usages", stored["uuid"], **values)
    else:
        store.insert("component_usages", **key, **values)


def _note_current(call: Call, resource: Row, sent: Sequence[Row]) -> None:
    # The 2024 server keeps only what the last call named: whoever leaves a component out wipes it.
    kept = {} if call.dialect.old else resource["current_usages"]
    reported = {usage["type"]: str(usage["amount"]) for usage in sent}
    call.store.update("resources", resource["uuid"], current_usages={**kept, **reported})


def _show(row: Row) -> Row:
    return {
        "uuid": row["uuid"],
        "created": row["created"],
        "description": row["description"],
        "type": row["type"],
        "name": row["name"],
        "measured_unit": row["measured_unit"],
        "usage": row["usage"],
        "date": row["date"],
        "recurring": row["recurring"],
        "resource_name": row["resource_name"],
        "resource_uuid": row["resource"],
        "offering_name": row["offering_name"],
        "offering_uuid": row["offering"],
        "project_name": row["project_name"],
        "project_uuid": row["project"],
        "customer_name": row["customer_name"],
        "customer_uuid": row["customer"],
        "billing_period": row["billing_period"],
        "modified_by": None,
    }


ROUTES: Routes = {
    "marketplace-component-usages/": {"GET": list_usages},
    "marketplace-component-usages/set_usage/": {"POST": set_usage},
}
