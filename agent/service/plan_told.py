"""What the metrics learn of each cycle, before anything of its plan is carried out."""

from collections import Counter
from collections.abc import Callable, Iterable, Set

from agent.core.guard import HeldAction
from agent.core.model.marketplace import Order
from agent.core.plan import Plan
from agent.core.snapshot import Missing, Observed, value_or
from agent.engine.readings import unread
from agent.service.metrics import Metrics


def plan_told(metrics: Metrics) -> Callable[[Observed, Plan], None]:
    """What the metrics learn of each cycle: what is held, who waits, and the open orders by their state."""
    held: list[HeldAction] = []

    def told(observed: Observed, plan: Plan) -> None:
        parts = unread(observed)
        held[:] = _still_held(held, plan, {one.offering for one in parts})
        metrics.held([item.describe() for item in held])
        metrics.waiting(len({item.user_uuid for item in plan.waiting}))
        metrics.incomplete({(one.offering, one.section.value) for one in parts if not one.of_directory})
        if not any(isinstance(one.orders, Missing) for one in observed.offerings.values()):
            orders = [order for one in observed.offerings.values() for order in value_or(one.orders, ())]
            metrics.orders(Counter(order.state.value for order in orders), _oldest(orders))

    return told


def _still_held(before: Iterable[HeldAction], plan: Plan, blind: Set[str]) -> list[HeldAction]:
    """What is held, and what was and cannot be looked at now: an outage hides what is held and ends nothing.

    ``blind``: the offerings of which a part was not read, "" for Slurm and the published file. An action of no single
    offering is one of the directory, which hangs on all of them.
    """
    seen = {item.action.key for item in plan.held} | {action.key for action in plan.actions}
    hidden = [item for item in before if item.action.key not in seen] if blind else []
    return [*plan.held, *(item for item in hidden if "" in blind or item.action.offering in {"", *blind})]


def _oldest(orders: Iterable[Order]) -> dict[str, float]:
    """State → when the oldest of its orders was placed, UTC seconds."""
    found: dict[str, float] = {}
    for order in orders:
        found[order.state.value] = min(order.created, found.get(order.state.value, order.created))
    return found
