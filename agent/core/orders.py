"""The life of an order, as pure decisions: what a resource with this order needs now."""

from enum import Enum

from agent.core.model.marketplace import Order, OrderState, OrderType, Resource, ResourceState


class Step(Enum):
    """What the agent does about a resource in this cycle."""

    NONE = "nothing: it is not ordered yet, or not any more"
    CREATE = "make it, then report the order done"
    KEEP = "keep it as it was ordered"
    TERMINATE = "take it away, then report the order done"
    UNHANDLED = "an order of a type this version does not carry out"


TAKEN_UP = frozenset({OrderState.PENDING_PROVIDER, OrderState.EXECUTING})
"""The states in which an order is the agent's to move; every other state waits for somebody else."""

_HANDLED = {OrderType.CREATE: Step.CREATE, OrderType.TERMINATE: Step.TERMINATE}
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
