"""The life of an order, as pure decisions: what a resource with this order needs now."""

from collections.abc import Iterable
from enum import Enum

from agent.core.model.marketplace import Order, OrderState, OrderType, Resource, ResourceState
from agent.core.policy import OfferingPolicy


class Step(Enum):
    """What the agent does about a resource in this cycle."""

    NONE = "nothing: it is not ordered yet, or not any more"
    CREATE = "make it, then report the order done"
    UPDATE = "change it to what is ordered, then report the order done"
    RESTORE = "make it again as it was, then report the order done"
    KEEP = "keep it as it was ordered"
    TERMINATE = "take it away, then report the order done"
    UNHANDLED = "an order of a type this version does not know"

    @property
    def makes(self) -> bool:
        """Whether the account is made where it is not there."""
        return self in {Step.CREATE, Step.RESTORE, Step.UPDATE}


TAKEN_UP = frozenset({OrderState.PENDING_PROVIDER, OrderState.EXECUTING})
"""The states in which an order is the agent's to move; every other state waits for somebody else."""

_HANDLED = {
    OrderType.CREATE: Step.CREATE,
    OrderType.UPDATE: Step.UPDATE,
    OrderType.RESTORE: Step.RESTORE,
    OrderType.TERMINATE: Step.TERMINATE,
}
_STANDING = frozenset({ResourceState.OK, ResourceState.UPDATING, ResourceState.ERRED})


def step(resource: Resource | None, order: Order | None) -> Step:
    """What to do about a resource and its open order.

    A resource exists from the moment it is ordered, before anybody approved it: without an order that is ours to move,
    only one that stands already is kept, and none is ever made.
    """
    if order is not None and order.state in TAKEN_UP:
        asked = _HANDLED.get(order.type, Step.UNHANDLED)
        if resource is None or asked is not Step.UNHANDLED:
            return asked
    return Step.KEEP if resource is not None and resource.state in _STANDING else Step.NONE


def ours_to_move(policy: OfferingPolicy, order: Order) -> bool:
    """Whether the agent may move an order: with ``approval = "manual"`` a person takes it up in the marketplace."""
    if order.state is OrderState.PENDING_PROVIDER:
        return policy.approval != "manual"
    return order.state is OrderState.EXECUTING


def by_resource(policy: OfferingPolicy, orders: Iterable[Order]) -> dict[str, Order]:
    """Resource → its open order: the oldest that is ours to move."""
    mine = [order for order in orders if order.resource_uuid and ours_to_move(policy, order)]
    return {order.resource_uuid: order for order in sorted(mine, key=lambda order: (-order.created, order.uuid))}


def needs_resource(order: Order) -> bool:
    """Whether the order is about a resource that a listing of living ones does not show."""
    return order.type is OrderType.RESTORE and order.state in TAKEN_UP
