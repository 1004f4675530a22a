"""Resources over HTTP, as their provider sees them."""

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from agent.sandbox.marketplace import glauth
from agent.sandbox.marketplace.access import offerings_of, owned, provided
from agent.sandbox.marketplace.call import Call, Routes, empty
from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.directory import glauth_response
from agent.sandbox.marketplace.errors import absent, bad, forbidden
from agent.sandbox.marketplace.filters import (
    Filter,
    by_choice,
    by_day,
    by_flag,
    by_moment,
    by_text,
    by_uuid,
    filtered,
    ordered,
)
from agent.sandbox.marketplace.order_states import OPEN
from agent.sandbox.marketplace.orders import orders_of_resource, show_order
from agent.sandbox.marketplace.paging import paged, selected, unpaged, wants
from agent.sandbox.marketplace.permissions import full_name, role_shown
from agent.sandbox.marketplace.store import Row

STATES = ("Creating", "OK", "Erred", "Updating", "Terminating", "Terminated")

SELECT = """
SELECT r.*, f.name AS offering_name, f.slug AS offering_slug, f.customer AS provider, f.state AS offering_state,
       l.name AS plan_name, p.name AS project_name, p.slug AS project_slug, p.customer AS customer,
       p.end_date AS project_end_date, c.name AS customer_name, c.slug AS customer_slug
FROM resources r JOIN offerings f ON f.uuid = r.offering JOIN plans l ON l.uuid = r.plan
     JOIN projects p ON p.uuid = r.project JOIN customers c ON c.uuid = p.customer
"""


def list_resources(call: Call) -> Response:
    """The resources of the offerings the user provides, oldest first."""
    mine = offerings_of(call)
    rows = [row for row in call.store.rows(f"{SELECT} ORDER BY r.created, r.rowid") if row["offering"] in mine]
    found = filtered(call, rows, _filters(call.dialect))
    found = ordered(call, found, ("created", "name", "state", "project_name"), "created")
    return paged(call, found, lambda row: show_resource(call, row))


def resource_detail(call: Call) -> Response:
    """One resource."""
    return JSONResponse(selected(call, show_resource(call, _resource(call))))


def team(call: Call) -> Response:
    """The people of the resource's project, one row each with the role granted first; neither paged nor counted."""
    resource = _resource(call)
    rows = call.store.rows(
        "SELECT p.*, min(p.rowid), u.username, u.first_name, u.last_name, u.email,"
        " f.uuid AS offering_user, f.username AS unix_name,"
        " f.state AS offering_user_state FROM project_roles p JOIN users u ON u.uuid = p.user"
        " LEFT JOIN offering_users f ON f.user = p.user AND f.offering = ?"
        " WHERE p.project = ? GROUP BY p.user ORDER BY u.username",
        resource["offering"],
        resource["project"],
    )
    return unpaged(call, rows, lambda row: _show_member(call, row))


def set_backend_id(call: Call) -> Response:
    """Note the name of the account behind the resource."""
    resource = _changeable(call)
    wanted = str(call.required("backend_id"))
    if len(wanted) > 255:
        raise bad({"backend_id": ["Ensure this field has no more than 255 characters."]})
    if wanted == resource["backend_id"]:
        return JSONResponse({"status": "Resource backend_id is not changed."})
    call.store.update("resources", resource["uuid"], backend_id=wanted)
    return JSONResponse({"status": "Resource backend_id has been changed."})


def set_backend_metadata(call: Call) -> Response:
    """Replace what the provider notes on the resource."""
    resource = _changeable(call)
    call.store.update("resources", resource["uuid"], backend_metadata=call.required("backend_metadata"))
    return JSONResponse({"status": "The backend metadata is updated"})


def submit_report(call: Call) -> Response:
    """Replace the report the customer reads; it needs at least one section."""
    resource = _changeable(call)
    report = call.required("report")
    if not isinstance(report, list):
        raise bad({"report": [f'Expected a list of items but got type "{type(report).__name__}".']})
    if not report:
        raise bad({"report": ["Report object should contain at least one section."]})
    call.store.update("resources", resource["uuid"], report=report)
    return JSONResponse({"status": "Report is submitted"})


def refresh_last_sync(call: Call) -> Response:
    """Note that the agent has just looked after the resource."""
    resource = _changeable(call)
    call.store.update("resources", resource["uuid"], last_sync=call.store.now())
    return empty()


def set_limits(call: Call) -> Response:
    """Replace the limits without an order."""
    resource = _changeable(call)
    call.store.update("resources", resource["uuid"], limits=call.required("limits"))
    return JSONResponse({"status": "The resource limits are updated"})


def set_as_ok(call: Call) -> Response:
    """Bring the resource back to OK and forget its error."""
    resource = _changeable(call)
    owned(call, resource["offering"], "Resource")
    call.store.update("resources", resource["uuid"], state="OK", error_message="", error_traceback="")
    return empty()


def set_as_erred(call: Call) -> Response:
    """Mark the resource as erred; the 2024 server lets only staff do it."""
    resource = _changeable(call)
    owned(call, resource["offering"], "Resource")
    if call.dialect.old:
        raise forbidden()
    message, traceback = call.body.get("error_message", ""), call.body.get("error_traceback", "")
    call.store.update("resources", resource["uuid"], state="Erred", error_message=message, error_traceback=traceback)
    return empty()


def staff_only(call: Call) -> Response:
    """The flags of a resource are set by staff and policies; an agent only reads them."""
    _changeable(call)
    raise forbidden()


def allocation_state(call: Call) -> Response:
    """Declare the Slurm allocation behind a resource OK, as the 2024 server wants it once before an Update."""
    resource = _changeable(call)
    state = str(call.required("state")).lower()
    call.store.update("resources", resource["uuid"], allocation_ok=state == "ok")
    return JSONResponse({"status": "Allocation state has been changed."})


def glauth_users_config(call: Call) -> Response:
    """The text for GLAuth with the users of the resource's project, but all groups and robot accounts."""
    resource = _resource(call)
    members = {row["user"] for row in call.store.where("project_roles", project=resource["project"])}
    users = glauth.users_shown(call.store, call.dialect, resource["offering"])
    offering = call.store.get("offerings", resource["offering"])
    return glauth_response(call, offering, [user for user in users if user["user"] in members])


def show_resource(call: Call, row: Row) -> Row:
    """A resource as the API writes it."""
    return {
        "url": call.link("marketplace-provider-resources", row["uuid"]),
        "uuid": row["uuid"],
        "created": row["created"],
        "modified": row["modified"],
        "name": row["name"],
        "slug": row["slug"],
        "state": row["state"],
        "backend_id": row["backend_id"],
        "backend_metadata": row["backend_metadata"],
        "effective_id": "",
        "attributes": {"name": row["name"]},
        "options": {},
        "limits": row["limits"],
        "current_usages": row["current_usages"],
        "limit_usage": {},
        "report": row["report"],
        "end_date": row["end_date"],
        "project_end_date": row["project_end_date"],
        "paused": row["paused"],
        "downscaled": row["downscaled"],
        "restrict_member_access": row["restrict_member_access"],
        "error_message": row["error_message"],
        "error_traceback": row["error_traceback"],
        "offering": call.link("marketplace-public-offerings", row["offering"]),
        "offering_uuid": row["offering"],
        "offering_name": row["offering_name"],
        "offering_slug": row["offering_slug"],
        "offering_type": "Marketplace.Slurm",
        "provider_uuid": row["provider"],
        "plan_uuid": row["plan"],
        "plan_name": row["plan_name"],
        "project": call.link("projects", row["project"]),
        "project_uuid": row["project"],
        "project_name": row["project_name"],
        "project_slug": row["project_slug"],
        "customer_uuid": row["customer"],
        "customer_name": row["customer_name"],
        "customer_slug": row["customer_slug"],
        "resource_uuid": None,
        "resource_type": None,
        **_orders(call, row),
        **({} if call.dialect.old else {"last_sync": row["last_sync"], "offering_state": row["offering_state"]}),
    }


def _orders(call: Call, row: Row) -> Row:
    if not (wants(call, "order_in_progress") or wants(call, "creation_order")):
        return {}
    orders = orders_of_resource(call.store, row["uuid"])
    creating = next((order for order in orders if order["type"] == "Create"), None)
    current = next((order for order in orders if order["state"] in OPEN), None)
    return {
        "order_in_progress": show_order(call, current) if current else None,
        "creation_order": show_order(call, creating) if creating else None,
    }


def _show_member(call: Call, row: Row) -> Row:
    shown = {
        "url": call.link("users", row["user"]),
        "uuid": row["user"],
        "username": row["username"],
        "full_name": full_name(row),
        "email": row["email"],
        "role": role_shown(call.dialect, row["role"]),
        "expiration_time": row["expiration_time"],
        "offering_user_username": row["unix_name"] if row["offering_user"] else None,
    }
    return shown if call.dialect.old else {**shown, "offering_user_state": row["offering_user_state"] or None}


def _resource(call: Call) -> Row:
    found = call.store.rows(f"{SELECT} WHERE r.uuid = ?", call.path["uuid"])
    if not found:
        raise absent("Resource")
    provided(call, found[0]["offering"], "Resource")
    return found[0]


def _changeable(call: Call) -> Row:
    resource = _resource(call)
    if resource["offering_state"] == "Unavailable":
        raise bad(["Offering is unavailable."])
    return resource


def _filters(dialect: Dialect) -> Mapping[str, Filter]:
    return {
        "offering_uuid": by_uuid("offering"),
        "project_uuid": by_uuid("project"),
        "customer_uuid": by_uuid("customer"),
        "provider_uuid": by_uuid("provider"),
        "plan_uuid": by_uuid("plan"),
        "state": by_choice("state", STATES),
        "backend_id": by_text("backend_id"),
        "name_exact": by_text("name"),
        "created": by_moment("created"),
        "modified": by_day("modified") if dialect.old else by_moment("modified"),
        "paused": by_flag("paused"),
        "downscaled": by_flag("downscaled"),
        "restrict_member_access": by_flag("restrict_member_access"),
    }


_ONE = "marketplace-provider-resources/{uuid}/"

ROUTES: Routes = {
    "marketplace-provider-resources/": {"GET": list_resources},
    _ONE: {"GET": resource_detail},
    f"{_ONE}team/": {"GET": team},
    f"{_ONE}set_backend_id/": {"POST": set_backend_id},
    f"{_ONE}set_backend_metadata/": {"POST": set_backend_metadata},
    f"{_ONE}submit_report/": {"POST": submit_report},
    f"{_ONE}set_as_erred/": {"POST": set_as_erred},
}

TEXT_ROUTES: Routes = {f"{_ONE}glauth_users_config/": {"GET": glauth_users_config}}

EARLIER_ROUTES: Routes = {"marketplace-slurm-remote/{uuid}/set_state/": {"POST": allocation_state}}

LATER_ROUTES: Routes = {
    f"{_ONE}refresh_last_sync/": {"POST": refresh_last_sync},
    f"{_ONE}set_limits/": {"POST": set_limits},
    f"{_ONE}set_as_ok/": {"POST": set_as_ok},
    f"{_ONE}set_paused/": {"POST": staff_only},
    f"{_ONE}set_downscaled/": {"POST": staff_only},
    f"{_ONE}set_restrict_member_access/": {"POST": staff_only},
}
