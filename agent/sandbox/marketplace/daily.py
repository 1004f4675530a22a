"""What the marketplace does by itself once a day: begin what has waited for its day, and end what has had its last."""

from agent.sandbox.marketplace import ordering
from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.store import Row, Store

_WAITING = ("pending-project", "pending-start-date")


def turn(store: Store, dialect: Dialect) -> None:
    """Move waiting orders on, and order the end of every resource whose last day has come."""
    for state in _WAITING:
        for order in store.where("orders", state=state):
            ordering.move_on(store, dialect, order)
    for resource in store.where("resources"):
        if _is_over(store, resource):
            _end(store, resource["uuid"])


def _is_over(store: Store, resource: Row) -> bool:
    last = [resource["end_date"], store.get("projects", resource["project"])["end_date"]]
    return any(day is not None and day <= store.today() for day in last)


def _end(store: Store, resource: str) -> None:
    try:
        ordering.terminate(store, resource, {})
    except ValueError:
        return  # it has ended, or another order has to end first
