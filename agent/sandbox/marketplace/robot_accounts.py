"""Robot accounts over HTTP: a list over every offering of the provider, and the states of 2025."""

from collections.abc import Sequence

from starlette.responses import JSONResponse, Response

from agent.sandbox.marketplace.access import offerings_of, owned
from agent.sandbox.marketplace.call import Call, Handler, Routes
from agent.sandbox.marketplace.errors import absent, bad
from agent.sandbox.marketplace.paging import queried, selected
from agent.sandbox.marketplace.queries import Condition, Query, among, by_moment, by_text, by_uuid
from agent.sandbox.marketplace.store import Row

STATES = ("Requested", "Creating", "OK", "Requested deletion", "Deleted", "Error")

_TRANSITIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "set_state_creating": (("Requested",), "Creating"),
    "set_state_ok": (("Creating", "Error"), "OK"),
    "set_state_request_deletion": (("OK",), "Requested deletion"),
    "set_state_deleted": (("Requested deletion",), "Deleted"),
    "set_state_erred": (STATES, "Error"),
}

_COLUMNS = (
    "a.*, r.name AS resource_name, r.offering, j.uuid AS project, j.name AS project_name, c.uuid AS customer,"
    " c.name AS customer_name, f.customer AS provider, v.name AS provider_name"
)
_TABLES = (
    "robot_accounts a JOIN resources r ON r.uuid = a.resource JOIN offerings f ON f.uuid = r.offering"
    " JOIN customers v ON v.uuid = f.customer JOIN projects j ON j.uuid = r.project"
    " JOIN customers c ON c.uuid = j.customer"
)


def _by_number(values: Sequence[str]) -> Condition:
    """The state by its number: this list alone does not take the name."""
    numbers = {str(number): state for number, state in enumerate(STATES, 1)}
    if values[-1] not in numbers:
        raise ValueError(f"Select a valid choice. {values[-1]} is not one of the available choices.")
    return "a.state = ?", [numbers[values[-1]]]


_FILTERS = {
    "resource_uuid": by_uuid("r.uuid"),
    "project_uuid": by_uuid("j.uuid"),
    "customer_uuid": by_uuid("c.uuid"),
    "provider_uuid": by_uuid("f.customer"),
    "type": by_text("a.type"),
}
_LATER_FILTERS = {
    **_FILTERS,
    "state": _by_number,
    "created": by_moment("a.created"),
    "modified": by_moment("a.modified"),
}


def list_robot_accounts(call: Call) -> Response:
    """The robot accounts of the provider's offerings, deleted ones included, oldest first."""
    query = Query(_COLUMNS, _TABLES, (among("r.offering", list(offerings_of(call))),), "a.created, a.rowid")
    query = query.narrowed(call, _FILTERS if call.dialect.old else _LATER_FILTERS)
    return queried(call, query, lambda row: _show(call, row))


def robot_account_detail(call: Call) -> Response:
    """One robot account."""
    return JSONResponse(selected(call, _show(call, _robot(call))))


def _transition(name: str) -> Handler:
    valid, state = _TRANSITIONS[name]

    def move(call: Call) -> Response:
        robot = _robot(call)
        owned(call, robot["offering"], "RobotAccount")
        if robot["state"] not in valid:
            raise bad({"detail": f"Cannot transition to {state} from current state: {robot['state']}."})
        message = str(call.body.get("error_message", "")) if state == "Error" else ""
        call.store.update("robot_accounts", robot["uuid"], state=state, error_message=message)
        return JSONResponse(_show(call, _robot(call)))

    return move


def _robot(call: Call) -> Row:
    found = call.store.rows(f"SELECT {_COLUMNS} FROM {_TABLES} WHERE a.uuid = ?", call.path["uuid"])
    if not found or found[0]["offering"] not in offerings_of(call):
        raise absent("RobotAccount")
    return found[0]


def _show(call: Call, row: Row) -> Row:
    shown = {
        "url": call.link("marketplace-robot-accounts", row["uuid"]),
        "uuid": row["uuid"],
        "created": row["created"],
        "modified": row["modified"],
        "username": row["username"],
        "description": "",
        "resource": call.link("marketplace-resources", row["resource"]),
        "type": row["type"],
        "users": [],
        "keys": row["sshkeys"],
        "backend_id": "",
        "fingerprints": [],
        "responsible_user": None,
        "user_keys": [],
        "resource_name": row["resource_name"],
        "resource_uuid": row["resource"],
        "project_name": row["project_name"],
        "project_uuid": row["project"],
        "customer_uuid": row["customer"],
        "customer_name": row["customer_name"],
        "provider_uuid": row["provider"],
        "provider_name": row["provider_name"],
    }
    if call.dialect.old:
        return shown
    more = {"state": row["state"], "error_message": row["error_message"] or "", "error_traceback": ""}
    return {**shown, **more, "offering_plugin_options": {}}


_ONE = "marketplace-robot-accounts/{uuid}/"

ROUTES: Routes = {
    "marketplace-robot-accounts/": {"GET": list_robot_accounts},
    _ONE: {"GET": robot_account_detail},
}

LATER_ROUTES: Routes = {f"{_ONE}{name}/": {"POST": _transition(name)} for name in _TRANSITIONS}
