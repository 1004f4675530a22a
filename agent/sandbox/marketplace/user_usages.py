"""Usage of single users over HTTP: totals below a component's usage."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from agent.sandbox.marketplace.access import offerings_of, projects_of, provided
from agent.sandbox.marketplace.call import Call, Routes, empty
from agent.sandbox.marketplace.errors import absent, bad
from agent.sandbox.marketplace.filters import by_text, by_uuid, filtered, hex_uuid
from agent.sandbox.marketplace.paging import paged
from agent.sandbox.marketplace.store import Row
from agent.sandbox.marketplace.usages import SELECT, parsed_amount

_SELECT = f"""
SELECT y.*, s.type AS component_type, s.measured_unit, s.description, s.billing_period, s.period_year, s.period_month,
       s.resource, s.resource_name, s.offering, s.offering_name, s.project, s.project_name, s.customer, s.customer_name
FROM user_usages y JOIN ({SELECT}) s ON s.uuid = y.component_usage ORDER BY y.created, y.rowid
"""

_FILTERS = {
    "resource_uuid": by_uuid("resource"),
    "offering_uuid": by_uuid("offering"),
    "project_uuid": by_uuid("project"),
    "username": by_text("username"),
    "type": by_text("component_type"),
    "billing_period_year": by_text("period_year"),
    "billing_period_month": by_text("period_month"),
}


def list_user_usages(call: Call) -> Response:
    """The usages by user of the resources the caller provides or uses."""
    mine, projects = offerings_of(call), projects_of(call)
    rows = [row for row in call.store.rows(_SELECT) if row["offering"] in mine or row["project"] in projects]
    return paged(call, filtered(call, rows, _FILTERS), lambda row: _show(call, row))


def set_user_usage(call: Call) -> Response:
    """Set one user's total below a component usage."""
    usage = _component_usage(call)
    _write(call, usage, _checked(call, usage, call.body))
    return empty(201)


def set_user_usages(call: Call) -> Response:
    """Set the totals of several users below a component usage; all are checked before one is written."""
    usage = _component_usage(call)
    sent = call.required("usages")
    if not isinstance(sent, list) or not all(isinstance(item, dict) for item in sent):
        raise bad({"usages": ["Expected a list of items."]})
    for row in [_checked(call, usage, item) for item in sent]:
        _write(call, usage, row)
    return empty(201)


def _component_usage(call: Call) -> Row:
    found = call.store.rows(f"{SELECT} WHERE s.uuid = ?", call.path["uuid"])
    if not found:
        raise absent("ComponentUsage")
    provided(call, found[0]["offering"], "ComponentUsage")
    return found[0]


def _checked(call: Call, usage: Row, sent: Mapping[str, Any]) -> Row:
    if not sent.get("username"):
        raise bad(
            {"username": ["This field is required." if "username" not in sent else "This field may not be blank."]}
        )
    return {
        "username": str(sent["username"]),
        "usage": str(parsed_amount(sent.get("usage", 0))),
        "user": _offering_user(call, usage["offering"], sent),
    }


def _offering_user(call: Call, offering: str, sent: Mapping[str, Any]) -> str | None:
    if not sent.get("user"):
        named = call.store.find("offering_users", offering=offering, username=sent["username"])
        return named["uuid"] if named else None
    try:
        uuid = hex_uuid(str(sent["user"]).rstrip("/").rpartition("/")[2])
    except ValueError:
        raise bad({"user": ["Invalid hyperlink - No URL match."]}) from None
    if call.store.find("offering_users", uuid=uuid) is None:
        raise bad({"user": ["Invalid hyperlink - Object does not exist."]})
    return uuid


def _write(call: Call, usage: Row, row: Row) -> None:
    stored = call.store.find("user_usages", component_usage=usage["uuid"], username=row["username"])
    if stored:
        # Only the figure changes, never the user it belongs to.
        call.store.update("user_usages", stored["uuid"], usage=row["usage"])
    else:
        call.store.insert("user_usages", component_usage=usage["uuid"], date=call.store.now(), **row)


def _show(call: Call, row: Row) -> Row:
    return {
        "uuid": row["uuid"],
        "user": call.link("marketplace-offering-users", row["user"]) if row["user"] else None,
        "username": row["username"],
        "component_usage": call.link("marketplace-component-usages", row["component_usage"]),
        "usage": row["usage"],
        "measured_unit": row["measured_unit"],
        "description": row["description"],
        "created": row["created"],
        "modified": row["modified"],
        "backend_id": "",
        "resource_name": row["resource_name"],
        "resource_uuid": row["resource"],
        "offering_name": row["offering_name"],
        "offering_uuid": row["offering"],
        "project_name": row["project_name"],
        "project_uuid": row["project"],
        "customer_name": row["customer_name"],
        "customer_uuid": row["customer"],
        "component_type": row["component_type"],
        "date": row["date"],
        "billing_period": row["billing_period"],
    }


ROUTES: Routes = {
    "marketplace-component-user-usages/": {"GET": list_user_usages},
    "marketplace-component-usages/{uuid}/set_user_usage/": {"POST": set_user_usage},
}

BULK_ROUTES: Routes = {"marketplace-component-usages/{uuid}/set_user_usages/": {"POST": set_user_usages}}
