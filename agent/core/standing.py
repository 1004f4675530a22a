"""Where an order stands, and what keeps it there: the answer for whoever waits for it."""

from agent.core.about import held_back
from agent.core.actions import ApproveOrder, FinishOrder, RefuseOrder
from agent.core.model.marketplace import Order, OrderState
from agent.core.plan import Plan

_SOMEBODY_ELSE = {
    OrderState.PENDING_CONSUMER: "waits for its approval by the customer",
    OrderState.PENDING_PROJECT: "waits until its project is open",
    OrderState.PENDING_START_DATE: "waits for its start date",
}
UNKNOWN = "nothing is planned for it; agent plan says what is not known for sure"


def unhandled(order: Order) -> str:
    """What a person reads of an order of a type that is not known."""
    return f"order {order.uuid[:8]} ({order.type} {order.resource_name}) is not handled yet; it stays pending"


def why_here(order: Order, plan: Plan, account: str = "", last: str = "") -> str:
    """What keeps an order, or what the next sync does about it.

    ``account`` is the resource's, "" when it has none; ``last`` what became of the order in the last run ("" for done).
    """
    if order.state is OrderState.ERRED:
        return order.error_message or "it erred without a word"
    if order.state in _SOMEBODY_ELSE:
        return _SOMEBODY_ELSE[order.state]
    if order.uuid in {one.uuid for one in plan.unhandled}:
        return "this version of the agent does not know orders of its type; it stays"
    return _refused(order, plan) or _held(order, plan, account) or _noticed(order, plan) or _coming(order, plan, last)


def _refused(order: Order, plan: Plan) -> str:
    for action in plan.actions:
        if isinstance(action, RefuseOrder) and action.order.uuid == order.uuid:
            return f"the next sync errs it: {action.reason} ({action.detail})"
    return ""


def _held(order: Order, plan: Plan, account: str) -> str:
    items = [item for item in held_back(plan, order.resource_uuid, account) if _moves(item.action, order)]
    return "; ".join(f"held: {item.describe()}" for item in items)


def _moves(action: object, order: Order) -> bool:
    """Whether an action of its resource is a step of this order: of removed users an order does not depend."""
    return getattr(action, "order", order).uuid == order.uuid and not hasattr(action, "user")


def _noticed(order: Order, plan: Plan) -> str:
    """The plan's own notice: it begins with the order and ends with what it waits for."""
    start = f"order {order.uuid[:8]} ({order.type} "
    for text in plan.notices:
        if text.startswith(start) and " waits" in text:
            return f"waits{text.rpartition(') waits')[2]}"
    return ""


def _coming(order: Order, plan: Plan, last: str) -> str:
    asking = [
        one for one in plan.actions if isinstance(one, ApproveOrder) and one.order.uuid == order.uuid and one.asking
    ]
    if asking:
        return f"the next sync asks {asking[0].asking[0]}{_said(last)}"
    finishing = [one.order for one in plan.actions if isinstance(one, FinishOrder)]
    if order.uuid in {one.uuid for one in finishing}:
        return f"the next sync goes on with it{_said(last)}"
    first = next((one for one in finishing if one.resource_uuid == order.resource_uuid), None)
    return f"waits for order {first.uuid[:8]} ({first.type}) of the same resource" if first else UNKNOWN


def _said(last: str) -> str:
    return f"; the last one: {last}" if last else ""
