"""How much of each component a resource has: what was ordered, else what its plan includes; and for how many months."""

from collections.abc import Iterable, Mapping

from agent.core.model.marketplace import Component, Offering, Order, OrderType, Resource
from agent.core.moments import months_between
from agent.core.policy import OfferingPolicy


def amounts(offering: Offering | None, resource: Resource, order: Order | None) -> dict[str, int]:
    """Component → amount in the marketplace's units.

    A Create or Update order says what is to be; an order that changes only the plan keeps the resource's own limits.
    """
    asking = order if order is not None and order.type in {OrderType.CREATE, OrderType.UPDATE} else None
    plan = (asking.plan_uuid if asking else "") or resource.plan_uuid
    included = offering.quotas.get(plan, {}) if offering else {}
    ordered = asking.limits if asking and (asking.limits or asking.type is OrderType.CREATE) else resource.limits
    return {**included, **ordered}


def months(resource: Resource) -> int:
    """How many months a prepaid resource is paid for, begun ones as whole; 1 when it has no end."""
    if resource.ends is None or not resource.created:
        return 1
    return max(1, months_between(resource.created, resource.ends))


def above_maximum(policy: OfferingPolicy, components: Iterable[Component], asked: Mapping[str, int]) -> str:
    """Why the offering does not sell so much, in words for the customer; "" when it does."""
    most = {
        one.type: one.max_value for one in components if one.max_value is not None and one.type in policy.components
    }
    over = sorted(name for name, limit in most.items() if asked.get(name, 0) > limit)
    return "; ".join(
        f"the limit of {name}, {asked[name]}, is above the offering's maximum of {most[name]}" for name in over
    )
