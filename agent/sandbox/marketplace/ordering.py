"""How a customer's wish becomes an order; ValueError with the marketplace's words when it refuses."""

from collections.abc import Mapping

from agent.sandbox.marketplace import members
from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.order_states import OPEN
from agent.sandbox.marketplace.slugs import new_slug
from agent.sandbox.marketplace.store import Row, Store


def create(
    store: Store,
    dialect: Dialect,
    project: str,
    offering: str,
    name: str,
    limits: Mapping[str, int],
    *,
    awaits_consumer: bool,
) -> str:
    """Store a resource in state Creating and the order for it."""
    _check_offering(store, offering, limits)
    resource = _insert_resource(store, project, offering, name, limits)
    order = _insert_order(store, resource, "Create", limits, {"name": name}, awaits_consumer=awaits_consumer)
    if not awaits_consumer:
        _admit(store, dialect, resource)
    return order


def update(store: Store, resource: str, limits: Mapping[str, int]) -> str:
    """Store an order for other limits; the old ones are among its attributes."""
    row = _changeable(store, resource)
    _check_offering(store, row["offering"], limits)
    return _insert_order(store, resource, "Update", limits, {"old_limits": row["limits"]})


def terminate(store: Store, resource: str) -> str:
    """Store an order for the end of a resource."""
    row = _changeable(store, resource)
    return _insert_order(store, resource, "Terminate", row["limits"], {})


def approve_as_consumer(store: Store, dialect: Dialect, order: str) -> None:
    """pending-consumer → pending-provider."""
    row = store.get("orders", order)
    if row["state"] != "pending-consumer":
        raise ValueError("Valid states for operation: pending-consumer.")
    store.update("orders", order, state="pending-provider", consumer_reviewed_at=store.now())
    _admit(store, dialect, row["resource"])


def _admit(store: Store, dialect: Dialect, resource: str) -> None:
    if not dialect.old:
        members.admit_team(store, dialect, store.get("resources", resource))


def _insert_resource(store: Store, project: str, offering: str, name: str, limits: Mapping[str, int]) -> str:
    store.get("projects", project)
    return store.insert(
        "resources",
        name=name,
        slug=new_slug(store, "resources", name),
        offering=offering,
        project=project,
        plan=store.where("plans", offering=offering)[0]["uuid"],
        state="Creating",
        limits=dict(limits),
        current_usages={},
        backend_metadata={},
        report=[],
        **dict.fromkeys(("error_message", "error_traceback", "backend_id"), ""),
        **dict.fromkeys(("paused", "downscaled", "restrict_member_access", "allocation_ok"), False),
    )


def _insert_order(
    store: Store,
    resource: str,
    kind: str,
    limits: Mapping[str, int],
    attributes: Mapping[str, object],
    *,
    awaits_consumer: bool = False,
) -> str:
    return store.insert(
        "orders",
        resource=resource,
        type=kind,
        state="pending-consumer" if awaits_consumer else "pending-provider",
        limits=dict(limits),
        attributes=dict(attributes),
        consumer_reviewed_at=None if awaits_consumer else store.now(),
        **dict.fromkeys(("error_message", "error_traceback", "backend_id"), ""),
    )


def _check_offering(store: Store, offering: str, limits: Mapping[str, int]) -> None:
    if store.get("offerings", offering)["state"] != "Active":
        raise ValueError("Offering is not available.")
    unknown = limits.keys() - {row["type"] for row in store.where("components", offering=offering)}
    if unknown:
        raise ValueError(f"These components are invalid: {', '.join(sorted(unknown))}.")


def _changeable(store: Store, resource: str) -> Row:
    row = store.get("resources", resource)
    if any(order["state"] in OPEN for order in store.where("orders", resource=resource)):
        raise ValueError("Pending order for resource already exists.")
    if row["state"] not in {"OK", "Erred"}:
        raise ValueError("Valid states for operation: OK, Erred.")
    return row
