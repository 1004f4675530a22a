"""Orders over HTTP: list, detail and the provider's five decisions."""

from starlette.responses import JSONResponse, Response

from agent.sandbox.marketplace import order_states
from agent.sandbox.marketplace.access import Standing, offerings_of, projects_of, provided
from agent.sandbox.marketplace.call import Call, Routes, empty
from agent.sandbox.marketplace.errors import Refused, absent, forbidden, server_error
from agent.sandbox.marketplace.filters import by_choice, by_moment, by_text, by_uuid, filtered, ordered
from agent.sandbox.marketplace.paging import paged, selected
from agent.sandbox.marketplace.store import Row, Store

_SELECT = """
SELECT o.*, r.name AS resource_name, r.offering AS offering, r.project AS project,
       f.name AS offering_name, f.customer AS provider, l.name AS plan_name, b.name AS old_plan_name,
       p.name AS project_name, p.slug AS project_slug, p.customer AS customer,
       c.name AS customer_name, c.slug AS customer_slug
FROM orders o JOIN resources r ON r.uuid = o.resource JOIN offerings f ON f.uuid = r.offering
     JOIN plans l ON l.uuid = o.plan LEFT JOIN plans b ON b.uuid = o.old_plan
     JOIN projects p ON p.uuid = r.project JOIN customers c ON c.uuid = p.customer
"""

_LATER_FILTERS = {
    "offering_uuid": by_uuid("offering"),
    "project_uuid": by_uuid("project"),
    "customer_uuid": by_uuid("customer"),
    "provider_uuid": by_uuid("provider"),
    "resource_uuid": by_uuid("resource"),
    "state": by_choice("state", order_states.STATES),
    "type": by_choice("type", order_states.TYPES),
    "offering_type": by_text("offering_type"),
    "created": by_moment("created"),
    "modified": by_moment("modified"),
}
_FILTERS = {
    **_LATER_FILTERS,
    "state": by_choice("state", order_states.EARLIER_STATES),
    "type": by_choice("type", order_states.EARLIER_TYPES),
}


def list_orders(call: Call) -> Response:
    """Every order the user may see, oldest first."""
    offerings, projects = offerings_of(call), projects_of(call)
    rows = [row for row in _rows(call.store) if row["offering"] in offerings or row["project"] in projects]
    return _page(call, rows)


def list_orders_of_offering(call: Call) -> Response:
    """The orders of one offering, for its provider side."""
    provided(call, call.path["uuid"], "Offering")
    return _page(call, [row for row in _rows(call.store) if row["offering"] == call.path["uuid"]])


def order_of_offering(call: Call) -> Response:
    """One order of one offering; 404 without a body when it is another offering's."""
    provided(call, call.path["uuid"], "Offering")
    found = order_row(call.store, call.path["order_uuid"])
    if found is None or found["offering"] != call.path["uuid"]:
        raise Refused(404, None)
    return JSONResponse(show_order(call, found))


def order_detail(call: Call) -> Response:
    """One order."""
    return JSONResponse(selected(call, show_order(call, _visible(call))))


def approve_by_provider(call: Call) -> Response:
    """Begin the work an order asks for."""
    order_states.approve(call.store, call.dialect, _decided(call))
    return _words(call, "Order has been approved and is being processed.")


def reject_by_provider(call: Call) -> Response:
    """Refuse an order, perhaps with a comment for the customer."""
    order_states.reject(call.store, call.dialect, _decided(call), str(call.body.get("provider_rejection_comment", "")))
    return _words(call, "Order has been rejected.")


def set_state_executing(call: Call) -> Response:
    """Move an order to executing, also to try an erred one again."""
    order_states.execute(call.store, _decided(call))
    return empty()


def set_state_done(call: Call) -> Response:
    """Report that the work is finished."""
    order_states.finish(call.store, call.dialect, _decided(call))
    return empty()


def set_state_erred(call: Call) -> Response:
    """Report that the work failed; a missing key is a server error."""
    order = _decided(call)
    if not {"error_message", "error_traceback"} <= call.body.keys():
        raise server_error()
    order_states.err(
        call.store, call.dialect, order, str(call.body["error_message"]), str(call.body["error_traceback"])
    )
    return empty()


def set_order_backend_id(call: Call) -> Response:
    """Note the id under which the provider keeps the order."""
    order = _visible(call)
    provided(call, order["offering"], "Order")
    wanted = str(call.required("backend_id"))
    changed = wanted != order["backend_id"]
    call.store.update("orders", order["uuid"], backend_id=wanted)
    return JSONResponse({"status": f"Order backend_id {'has been' if changed else 'is not'} changed."})


def order_row(store: Store, uuid: str) -> Row | None:
    """One order with the names around it."""
    found = store.rows(f"{_SELECT} WHERE o.uuid = ?", uuid)
    return {**found[0], "offering_type": "Marketplace.Slurm"} if found else None


def orders_of_resource(store: Store, resource: str) -> list[Row]:
    """The orders of one resource with the names around them, oldest first."""
    return store.rows(f"{_SELECT} WHERE o.resource = ? ORDER BY o.created, o.rowid", resource)


def show_order(call: Call, row: Row) -> Row:
    """An order as the API writes it."""
    link = call.link
    return {
        "offering": link("marketplace-public-offerings", row["offering"]),
        "offering_name": row["offering_name"],
        "offering_uuid": row["offering"],
        "offering_type": "Marketplace.Slurm",
        "provider_uuid": row["provider"],
        "plan": f"{link('marketplace-public-offerings', row['offering'])}plans/{row['plan']}/",
        "plan_uuid": row["plan"],
        "plan_name": row["plan_name"],
        "attributes": row["attributes"],
        "limits": row["limits"],
        "uuid": row["uuid"],
        "created": row["created"],
        "modified": row["modified"],
        "type": row["type"],
        "resource_uuid": None,
        "resource_type": None,
        "resource_name": row["resource_name"],
        "cost": "0.0000000000",
        "state": row["state"],
        "output": "",
        "marketplace_resource_uuid": row["resource"],
        "error_message": row["error_message"],
        "error_traceback": row["error_traceback"],
        "callback_url": None,
        "consumer_reviewed_at": row["consumer_reviewed_at"],
        "provider_reviewed_at": row["provider_reviewed_at"],
        "customer_name": row["customer_name"],
        "customer_uuid": row["customer"],
        "customer_slug": row["customer_slug"],
        "project_name": row["project_name"],
        "project_uuid": row["project"],
        "project_slug": row["project_slug"],
        "old_plan_uuid": row["old_plan"],
        "old_plan_name": row["old_plan_name"],
        "new_plan_uuid": row["plan"],
        "new_plan_name": row["plan_name"],
        "can_terminate": False,
        "backend_id": row["backend_id"],
        "issue": None,
        **({} if call.dialect.old else _later(call, row)),
    }


def _later(call: Call, row: Row) -> Row:
    shown = {
        "url": call.link("marketplace-orders", row["uuid"]),
        "slug": row["uuid"][:8],
        "start_date": row["start_date"],
    }
    comment = row["provider_rejection_comment"] or ""
    return {**shown, "provider_rejection_comment": comment} if call.dialect.bulk_user_usage else shown


def _rows(store: Store) -> list[Row]:
    rows = store.rows(f"{_SELECT} ORDER BY o.created, o.rowid")
    return [{**row, "offering_type": "Marketplace.Slurm"} for row in rows]


def _page(call: Call, rows: list[Row]) -> Response:
    filters = _FILTERS if call.dialect.old else _LATER_FILTERS
    found = ordered(call, filtered(call, rows, filters), ("created", "state", "consumer_reviewed_at"), "created")
    return paged(call, found, lambda row: show_order(call, row))


def _visible(call: Call) -> Row:
    found = order_row(call.store, call.path["uuid"])
    if found is None or (found["offering"] not in offerings_of(call) and found["project"] not in projects_of(call)):
        raise absent("Order")
    return found


def _decided(call: Call) -> Row:
    order = _visible(call)
    if offerings_of(call).get(order["offering"]) is not Standing.OWNER:
        raise forbidden()
    return order


def _words(call: Call, detail: str) -> Response:
    return JSONResponse({"detail": detail}) if call.dialect.bulk_user_usage else empty()


ROUTES: Routes = {
    "marketplace-orders/": {"GET": list_orders},
    "marketplace-orders/{uuid}/": {"GET": order_detail},
    "marketplace-orders/{uuid}/approve_by_provider/": {"POST": approve_by_provider},
    "marketplace-orders/{uuid}/reject_by_provider/": {"POST": reject_by_provider},
    "marketplace-orders/{uuid}/set_state_executing/": {"POST": set_state_executing},
    "marketplace-orders/{uuid}/set_state_done/": {"POST": set_state_done},
    "marketplace-orders/{uuid}/set_state_erred/": {"POST": set_state_erred},
}

LATER_ROUTES: Routes = {
    "marketplace-orders/{uuid}/set_backend_id/": {"POST": set_order_backend_id},
    "marketplace-provider-offerings/{uuid}/orders/": {"GET": list_orders_of_offering},
    "marketplace-provider-offerings/{uuid}/orders/{order_uuid}/": {"GET": order_of_offering},
}
