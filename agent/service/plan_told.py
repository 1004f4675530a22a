"""What the metrics learn of each cycle, before anything of its plan is carried out."""

from collections import Counter
from collections.abc import Callable, Iterable

from agent.core.model.marketplace import Order
from agent.core.plan import Plan
from agent.core.snapshot import Missing, Observed, value_or
from agent.engine.readings import unread
from agent.service.metrics import Metrics


def plan_told(metrics: Metrics) -> Callable[[Observed, Plan], None]:
    """What the metrics learn of each cycle: what is held, who waits, and the open orders by their state."""

    def told(observed: Observed, plan: Plan) -> None:
        parts = [one for one in unread(observed) if not one.of_directory]
        metrics.incomplete({(one.offering, one.section.value) for one in parts})
        _tell_held(metrics, plan, whole=not parts)
        if not any(isinstance(one.orders, Missing) for one in observed.offerings.values()):
            orders = [order for one in observed.offerings.values() for order in value_or(one.orders, ())]
            metrics.orders(Counter(order.state.value for order in orders), _oldest(orders))

    return told


def _tell_held(metrics: Metrics, plan: Plan, *, whole: bool) -> None:
    """What is held and who waits. An outage hides some of both and ends neither, so fewer are not believed then."""
    if whole or len(plan.held) >= len(metrics.held_descriptions()):
        metrics.held([item.describe() for item in plan.held])
    if whole:
        metrics.waiting(len({item.user_uuid for item in plan.waiting}))


def _oldest(orders: Iterable[Order]) -> dict[str, float]:
    """State → when the oldest of its orders was placed, UTC seconds."""
    found: dict[str, float] = {}
    for order in orders:
        found[order.state.value] = min(order.created, found.get(order.state.value, order.created))
    return found
