"""A plan as a person reads it: what would be done, what is held and why, what waits."""

from collections.abc import Iterable

from agent.core.guard import HeldAction
from agent.core.plan import Plan


def plan_lines(plan: Plan) -> Iterable[str]:
    """The plan, a line for each thing; the last line says what it comes to."""
    for action in plan.actions:
        yield f"  {'-' if action.evidence else '+'} {action.describe()}"
    yield from held_lines(plan)
    for item in plan.waiting:
        yield f"  … {item.account}: user {item.user_uuid[:8]} {item.reason}"
    for order in plan.unhandled:
        yield f"  … order {order.uuid[:8]} ({order.type} {order.resource_name}) is not handled yet; it stays pending"
    for name in plan.strangers:
        yield f"  · {name} was not made by the agent: left alone"
    for notice in plan.notices:
        yield f"  ! {notice}"
    yield summary(plan)


def held_lines(plan: Plan) -> Iterable[str]:
    """The held actions with their reasons, and how to release them."""
    for item in plan.held:
        yield f"  ⏸ held: {held_line(item)}"
    if plan.held_checksum:
        yield f"    release them as they stand: agent guard release {plan.held_checksum}"


def held_line(item: HeldAction) -> str:
    """One held action and why it is held."""
    return f"{item.action.describe()} ({item.reason})"


def summary(plan: Plan) -> str:
    """What the plan comes to, in one line."""
    if plan.empty:
        return "Nothing to do."
    done = f"{len(plan.actions)} to do" if plan.actions else "Nothing to do now"
    return f"{done}, {len(plan.held)} held." if plan.held else f"{done}."
