"""How a customer's wish becomes an order; ValueError with the marketplace's words when it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.sandbox.marketplace import members
from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.moments import day
from agent.sandbox.marketplace.order_states import OPEN
from agent.sandbox.marketplace.slugs import new_slug
from agent.sandbox.marketplace.store import Row, Store

FORCE = {"action": "force_destroy"}


class WrongState(ValueError):
    """The order or the resource is not in a state that allows this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a customer asks for. ``plan`` "" is the offering's first; ``start_date`` (2025) is a day or None."""

    project: str
    offering: str
    name: str
    limits: Mapping[str, int]
    plan: str = ""
    start_date: str | None = None


def create(store: Store, dialect: Dialect, wish: Wish, *, awaits_consumer: bool) -> str:
    """Store a resource in state Creating and the order for it."""
    _check_offering(store, wish.offering, wish.limits)
    if wish.start_date and dialect.old:
        raise ValueError("This server knows no start date of an order.")
    resource = _insert_resource(store, wish)
    start = day(wish.start_date) if wish.start_date else None
    order = _insert_order(store, resource, "Create", wish.limits, {"name": wish.name}, start_date=start)
    if not awaits_consumer:
        approve_as_consumer(store, dialect, order)
    return order


def update(store: Store, resource: str, limits: Mapping[str, int]) -> str:
    """Store an order for other limits; the old ones are among its attributes."""
    row = _changeable(store, resource)
    _check_offering(store, row["offering"], limits, resource)
    return _order(store, resource, "Update", limits, {"old_limits": row["limits"]})


def switch_plan(store: Store, resource: str, plan: str) -> str:
    """Store an order for another plan of the offering."""
    row = _changeable(store, resource)
    _check_plan(store, row["offering"], plan)
    return _order(store, resource, "Update", row["limits"], {}, plan=plan, old_plan=row["plan"])


def terminate(store: Store, resource: str, attributes: Mapping[str, object]) -> str:
    """Store an order for the end of a resource."""
    row = _changeable(store, resource)
    return _order(store, resource, "Terminate", row["limits"], attributes)


def restore(store: Store, dialect: Dialect, resource: str) -> str:
    """Store an order for the return of a terminated resource, where server and offering have that."""
    row = store.get("resources", resource)
    offering = store.get("offerings", row["offering"])
    if dialect.old or not offering["plugin_options"].get("can_restore_resource"):
        raise ValueError("Resources of this offering cannot be restored.")
    _check_free(store, resource)
    if row["state"] != "Terminated":
        raise WrongState("Valid states for operation: Terminated.")
    return _order(store, resource, "Restore", row["limits"], {})


def approve_as_consumer(store: Store, dialect: Dialect, order: str) -> None:
    """pending-consumer → pending-provider, or to waiting for the project or for the day to begin."""
    row = store.get("orders", order)
    if row["state"] != "pending-consumer":
        raise WrongState("Valid states for operation: pending-consumer.")
    store.update("orders", order, consumer_reviewed_at=store.now())
    move_on(store, dialect, row)


def move_on(store: Store, dialect: Dialect, order: Row) -> None:
    """The customer's side is done with the order: it waits for the project, for its day, or for the provider."""
    resource = store.get("resources", order["resource"])
    project = store.get("projects", resource["project"])
    today = store.today()
    if (project["start_date"] or today) > today:
        state = "pending-project"
    elif (order["start_date"] or today) > today:
        state = "pending-start-date"
    else:
        state = "pending-provider"
    store.update("orders", order["uuid"], state=state)
    if state == "pending-provider" and order["type"] == "Create" and not dialect.old:
        members.admit_team(store, dialect, resource)


def _insert_resource(store: Store, wish: Wish) -> str:
    store.get("projects", wish.project)
    if wish.plan:
        _check_plan(store, wish.offering, wish.plan)
    return store.insert(
        "resources",
        name=wish.name,
        slug=new_slug(store, "resources", wish.name),
        offering=wish.offering,
        project=wish.project,
        plan=wish.plan or store.where("plans", offering=wish.offering)[0]["uuid"],
        state="Creating",
        limits=dict(wish.limits),
        current_usages={},
        backend_metadata={},
        report=[],
        last_sync=store.now(),
        **dict.fromkeys(("error_message", "error_traceback", "backend_id"), ""),
        **dict.fromkeys(("paused", "downscaled", "restrict_member_access", "allocation_ok"), False),
    )


def _order(
    store: Store,
    resource: str,
    kind: str,
    limits: Mapping[str, int],
    attributes: Mapping[str, object],
    **fields: object,
) -> str:
    """An order that waits for nobody but the provider."""
    now = store.now()
    order = _insert_order(store, resource, kind, limits, attributes, **fields)
    store.update("orders", order, state="pending-provider", consumer_reviewed_at=now)
    return order


def _insert_order(
    store: Store,
    resource: str,
    kind: str,
    limits: Mapping[str, int],
    attributes: Mapping[str, object],
    **fields: object,
) -> str:
    row: Row = {
        "resource": resource,
        "type": kind,
        "state": "pending-consumer",
        "limits": dict(limits),
        "attributes": dict(attributes),
        "plan": store.get("resources", resource)["plan"],
        **dict.fromkeys(("error_message", "error_traceback", "backend_id", "provider_rejection_comment"), ""),
        **fields,
    }
    return store.insert("orders", **row)


def _check_offering(store: Store, offering: str, limits: Mapping[str, int], resource: str = "") -> None:
    if store.get("offerings", offering)["state"] != "Active":
        raise ValueError("Offering is not available.")
    components = {row["type"]: row for row in store.where("components", offering=offering)}
    unknown = limits.keys() - components
    if unknown:
        raise ValueError(f"These components are invalid: {', '.join(sorted(unknown))}.")
    for component, amount in limits.items():
        _check_maximum(components[component], amount)
        _check_available(store, components[component], amount, resource)


def _check_maximum(component: Row, amount: int) -> None:
    if component["max_value"] and amount > component["max_value"]:
        raise ValueError(f"An order may ask for at most {component['max_value']} of {component['type']}, not {amount}.")


def _check_available(store: Store, component: Row, amount: int, resource: str) -> None:
    # As on the real server, terminated resources count too, and the very last unit cannot be had.
    most = component["max_available_limit"]
    if not most:
        return
    others = [row for row in store.where("resources", offering=component["offering"]) if row["uuid"] != resource]
    if sum(row["limits"].get(component["type"], 0) for row in others) + amount >= most:
        raise ValueError(f"All resources together have to stay below {most} of {component['type']}.")


def _check_plan(store: Store, offering: str, plan: str) -> None:
    if store.get("plans", plan)["offering"] != offering:
        raise ValueError("The plan is another offering's.")


def _check_free(store: Store, resource: str) -> None:
    if any(order["state"] in OPEN for order in store.where("orders", resource=resource)):
        raise ValueError("Pending order for resource already exists.")


def _changeable(store: Store, resource: str) -> Row:
    row = store.get("resources", resource)
    _check_free(store, resource)
    if row["state"] not in {"OK", "Erred"}:
        raise WrongState("Valid states for operation: OK, Erred.")
    return row
