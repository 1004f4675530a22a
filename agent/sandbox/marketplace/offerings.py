"""Offerings over HTTP, as their provider sees them."""

from starlette.responses import JSONResponse, Response

from agent.sandbox.marketplace.access import offerings_of, owned, provided
from agent.sandbox.marketplace.call import Call, Routes
from agent.sandbox.marketplace.errors import bad
from agent.sandbox.marketplace.filters import by_choice, by_text, by_uuid, filtered, ordered
from agent.sandbox.marketplace.paging import paged, selected, unpaged
from agent.sandbox.marketplace.permissions import show_member
from agent.sandbox.marketplace.store import Row

STATES = ("Draft", "Active", "Paused", "Archived", "Unavailable")
TYPE = "Marketplace.Slurm"

PARTITION_NUMBERS = (
    "cpu_bind",
    "def_cpu_per_gpu",
    "max_cpus_per_node",
    "max_cpus_per_socket",
    "def_mem_per_cpu",
    "def_mem_per_gpu",
    "def_mem_per_node",
    "max_mem_per_cpu",
    "max_mem_per_node",
    "default_time",
    "max_time",
    "grace_time",
    "max_nodes",
    "min_nodes",
    "priority_tier",
)
PARTITION_FLAGS = ("exclusive_topo", "exclusive_user", "req_resv")

_SELECT = """
SELECT o.*, c.name AS customer_name, 'Marketplace.Slurm' AS type
FROM offerings o JOIN customers c ON c.uuid = o.customer
"""

_FILTERS = {
    "state": by_choice("state", STATES),
    "type": by_text("type"),
    "customer_uuid": by_uuid("customer"),
    "name": by_text("name"),
}


def list_offerings(call: Call) -> Response:
    """The offerings the user provides."""
    mine = offerings_of(call)
    rows = [row for row in call.store.rows(f"{_SELECT} ORDER BY o.created, o.rowid") if row["uuid"] in mine]
    found = ordered(call, filtered(call, rows, _FILTERS), ("created", "name", "state", "type"), "created")
    return paged(call, found, lambda row: _show(call, row))


def offering_detail(call: Call) -> Response:
    """One offering with components, plans and, since 2025, partitions."""
    return JSONResponse(selected(call, _show(call, _offering(call))))


def set_backend_metadata(call: Call) -> Response:
    """Replace what the provider notes on the offering; answered with a bare JSON string."""
    offering = _offering(call)
    call.store.update("offerings", offering["uuid"], backend_metadata=call.required("backend_metadata"))
    return JSONResponse("Offering backend metadata has been updated.")


def check_unique_backend_id(call: Call) -> Response:
    """Whether no resource, be it terminated, has this backend id: at this offering, or at all of the provider's."""
    offering = _offering(call)
    wanted = str(call.required("backend_id"))
    if not wanted:
        raise bad({"backend_id": ["This field may not be blank."]})
    everywhere = bool(call.body.get("check_all_offerings"))
    found = call.store.rows(
        "SELECT r.uuid FROM resources r JOIN offerings o ON o.uuid = r.offering"
        " WHERE r.backend_id = ? AND (o.uuid = ? OR (? AND o.customer = ?)) LIMIT 1",
        wanted,
        offering["uuid"],
        everywhere,
        offering["customer"],
    )
    return JSONResponse({"is_unique": not found})


def list_customer_users(call: Call) -> Response:
    """Everybody with a role in a project that holds a live resource of the offering; not paged, not counted."""
    owned(call, call.path["uuid"], "Offering")
    users = call.store.rows(
        "SELECT DISTINCT u.* FROM users u JOIN project_roles p ON p.user = u.uuid"
        " JOIN resources r ON r.project = p.project"
        " WHERE r.offering = ? AND r.state <> 'Terminated' ORDER BY u.username",
        call.path["uuid"],
    )
    return unpaged(call, users, lambda row: show_member(call, row))


def _offering(call: Call) -> Row:
    provided(call, call.path["uuid"], "Offering")
    return call.store.rows(f"{_SELECT} WHERE o.uuid = ?", call.path["uuid"])[0]


def _show(call: Call, row: Row) -> Row:
    components = call.store.where("components", offering=row["uuid"])
    plans = call.store.where("plans", offering=row["uuid"])
    return {
        "url": call.link("marketplace-provider-offerings", row["uuid"]),
        "uuid": row["uuid"],
        "created": row["created"],
        "name": row["name"],
        "slug": row["slug"],
        "description": "",
        "customer": call.link("customers", row["customer"]),
        "customer_uuid": row["customer"],
        "customer_name": row["customer_name"],
        "state": row["state"],
        "type": TYPE,
        "shared": row["shared"],
        "billable": True,
        "backend_id": "",
        "backend_metadata": row["backend_metadata"],
        "plugin_options": row["plugin_options"],
        "secret_options": row["secret_options"],
        "endpoints": [],
        "integration_status": [],
        "components": [_component(call, component) for component in components],
        "plans": [_plan(call, row["uuid"], plan) for plan in plans],
        **_later(call, row),
    }


def _later(call: Call, row: Row) -> Row:
    if call.dialect.old:
        return {}
    partitions = call.store.where("partitions", offering=row["uuid"])
    return {"partitions": [_partition(partition) for partition in partitions], "software_catalogs": []}


def _plan(call: Call, offering: str, row: Row) -> Row:
    return {
        "url": f"{call.link('marketplace-provider-offerings', offering)}plans/{row['uuid']}/",
        "uuid": row["uuid"],
        "name": row["name"],
        "unit": "month",
        "quotas": {component: float(amount) for component, amount in row["quotas"].items()},
    }


def _component(call: Call, row: Row) -> Row:
    shown = {
        "uuid": row["uuid"],
        "type": row["type"],
        "name": row["name"],
        "description": "",
        "billing_type": row["billing_type"],
        "measured_unit": row["measured_unit"],
        "limit_period": row["limit_period"],
        "limit_amount": None,
        "article_code": "",
        "max_value": row["max_value"],
        "min_value": None,
        "max_available_limit": row["max_available_limit"],
        "is_boolean": False,
        "default_limit": None,
        "factor": None,
        "is_builtin": False,
    }
    if call.dialect.old:
        return shown
    return {**shown, "unit_factor": row["unit_factor"], "is_prepaid": row["is_prepaid"]}


def _partition(row: Row) -> Row:
    return {
        "uuid": row["uuid"],
        "partition_name": row["partition_name"],
        **dict.fromkeys(PARTITION_NUMBERS),
        **dict.fromkeys(PARTITION_FLAGS, False),
        "qos": "",
        **row["fields"],
    }


ROUTES: Routes = {
    "marketplace-provider-offerings/": {"GET": list_offerings},
    "marketplace-provider-offerings/{uuid}/": {"GET": offering_detail},
    "marketplace-provider-offerings/{uuid}/set_backend_metadata/": {"POST": set_backend_metadata},
    "marketplace-provider-offerings/{uuid}/list_customer_users/": {"GET": list_customer_users},
}

LATER_ROUTES: Routes = {
    "marketplace-provider-offerings/{uuid}/check_unique_backend_id/": {"POST": check_unique_backend_id}
}
