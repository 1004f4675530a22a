"""What a change of an order's state does to the order and its resource."""

from agent.sandbox.marketplace import members
from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.errors import wrong_state
from agent.sandbox.marketplace.moments import billing_period, parse
from agent.sandbox.marketplace.store import Row, Store

OPEN = ("pending-consumer", "pending-provider", "executing")
STATES = (
    "pending-consumer",
    "pending-provider",
    "pending-project",
    "pending-start-date",
    "executing",
    "done",
    "erred",
    "canceled",
    "rejected",
)
TYPES = ("Create", "Update", "Terminate", "Restore")
EARLIER_STATES = tuple(state for state in STATES if state != "pending-start-date")
EARLIER_TYPES = TYPES[:3]

_ON_APPROVAL = {"Create": "Creating", "Update": "Updating", "Terminate": "Terminating", "Restore": "Creating"}
_ON_ERROR = {"Create": "Erred", "Update": "Erred", "Terminate": "OK", "Restore": "Erred"}


def approve(store: Store, dialect: Dialect, order: Row) -> None:
    """pending-provider → executing, and the resource begins to change."""
    _require(order, "pending-provider")
    store.update("orders", order["uuid"], state="executing", provider_reviewed_at=store.now())
    resource = store.get("resources", order["resource"])
    if dialect.slurm_allocations and order["type"] == "Update" and not resource["allocation_ok"]:
        message = "Can't switch from state '5' using method 'schedule_updating'"
        err(store, dialect, {**order, "state": "executing"}, message, "")
        return
    store.update("resources", order["resource"], state=_ON_APPROVAL[order["type"]])


def reject(store: Store, dialect: Dialect, order: Row, comment: str) -> None:
    """pending-provider → rejected; the resource of a Create ends, any other stays as it is.

    Servers before 8.0.3 have no field for the comment and ignore it.
    """
    _require(order, "pending-provider")
    kept = comment if dialect.bulk_user_usage else ""
    now = store.now()
    store.update("orders", order["uuid"], state="rejected", provider_reviewed_at=now, provider_rejection_comment=kept)
    if order["type"] == "Create":
        store.update("resources", order["resource"], state="Terminated", ended=store.now())


def execute(store: Store, order: Row) -> None:
    """Pending or erred → executing, without touching the resource."""
    _require(order, "pending-consumer", "pending-provider", "erred")
    store.update("orders", order["uuid"], state="executing")


def finish(store: Store, dialect: Dialect, order: Row) -> None:
    """Executing → done, with the effect on the resource; nothing at all when several such orders execute."""
    _require(order, "executing")
    twins = store.where("orders", resource=order["resource"], type=order["type"], state="executing")
    if len(twins) > 1:
        return
    store.update("orders", order["uuid"], state="done")
    if order["type"] == "Terminate":
        store.update("resources", order["resource"], state="Terminated", ended=store.now())
        return
    store.update("resources", order["resource"], state="OK", **_fulfilled(store, order))
    if order["type"] in {"Create", "Restore"}:
        members.admit_team(store, dialect, store.get("resources", order["resource"]))


def err(store: Store, dialect: Dialect, order: Row, message: str, traceback: str) -> None:
    """Executing → erred. There is no check of the state: the resource moves whatever the order's state is."""
    state = "erred" if order["state"] == "executing" else order["state"]
    store.update("orders", order["uuid"], state=state, error_message=message, error_traceback=traceback)
    resource = store.get("resources", order["resource"])
    failed = _ON_ERROR[order["type"]]
    if dialect.bulk_user_usage and order["type"] == "Create" and not resource["backend_id"]:
        failed = "Terminated"
    store.update("resources", resource["uuid"], state=failed)


def _fulfilled(store: Store, order: Row) -> Row:
    if order["type"] == "Update":
        return {"limits": order["limits"], "plan": order["plan"]}
    return {"activated": billing_period(parse(store.now())), "ended": None}


def _require(order: Row, *valid: str) -> None:
    if order["state"] not in valid:
        raise wrong_state(valid)
