"""Orders at their beginning: approved, or refused for good; asked about first, where a command decides."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from agent.core.actions import ApproveOrder, RefuseOrder
from agent.core.model.marketplace import Order, OrderState, OrderType
from agent.core.plan import Plan
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import Missing, Observed, OfferingSnapshot, value_or
from agent.engine.batches import concurrently, of_type
from agent.engine.outcomes import Outcomes
from agent.engine.world import World
from agent.errors import Unavailable
from agent.ports import Answer

PATIENCE = 600.0
"""Seconds until the command is asked again about an order it did not decide; twice as long after each time."""
LONGEST_PATIENCE = 6 * 3600.0


def take_up(plan: Plan, outcomes: Outcomes) -> None:
    """Approve what is to be carried out, and err what is refused for good. What fails or waits is carried out later."""
    market = outcomes.world.marketplace

    def approve(action: ApproveOrder) -> None:
        order = action.order
        market.approve_order(order.uuid, order.resource_uuid if order.type is OrderType.UPDATE else "")

    def refuse(action: RefuseOrder) -> None:
        if action.order.state is OrderState.PENDING_PROVIDER:
            market.approve_order(action.order.uuid)
        market.set_order_erred(action.order.uuid, action.reason, action.detail)

    orders = of_type(plan.actions, ApproveOrder)
    agreed = _agreed([action for action in orders if action.asking], outcomes)
    decided = [action for action in orders if not action.asking or action in agreed]
    outcomes.done(*concurrently(decided, outcomes, approve))
    outcomes.done(*concurrently(of_type(plan.actions, RefuseOrder), outcomes, refuse))


def not_taken_up(plan: Plan, outcomes: Outcomes) -> Collection[str]:
    """The orders that could not be taken up in this run: nothing is done on their word."""
    return {action.subject for action in of_type(plan.actions, ApproveOrder) if not outcomes.succeeded(action)}


def without_orders(observed: Observed, orders: Collection[str]) -> Observed:
    """What was observed, as if these orders had not been placed yet."""

    def left(snapshot: OfferingSnapshot) -> OfferingSnapshot:
        section = snapshot.orders
        if isinstance(section, Missing):
            return snapshot
        kept = tuple(order for order in section.value if order.uuid not in orders)
        return replace(snapshot, orders=replace(section, value=kept))

    return replace(observed, offerings={uuid: left(snapshot) for uuid, snapshot in observed.offerings.items()})


def undecided(world: World, policies: Iterable[OfferingPolicy], observed: Observed) -> Mapping[str, str]:
    """The orders about which the command is not to be asked again yet → a line for a person."""
    found: dict[str, str] = {}
    for policy, order in _to_be_asked_about(policies, observed):
        if seconds := _patience(world, order.uuid):
            found[order.uuid] = (
                f"order {order.uuid[:8]} ({order.type} {order.resource_name}) waits: {policy.ask_command[0]} did not"
                f" decide; it is asked again in {math.ceil(seconds / 60)} min"
            )
    return found


def _to_be_asked_about(
    policies: Iterable[OfferingPolicy], observed: Observed
) -> Iterable[tuple[OfferingPolicy, Order]]:
    for policy in policies:
        orders = value_or(observed.offerings[policy.uuid].orders, ()) if policy.approval == "ask" else ()
        yield from ((policy, order) for order in orders if order.state is OrderState.PENDING_PROVIDER)


def _agreed(actions: Sequence[ApproveOrder], outcomes: Outcomes) -> Collection[ApproveOrder]:
    """Those of ``actions`` to which the command said yes just now, a few asked at once; a no is told on."""
    world = outcomes.world
    answers: dict[str, Answer] = {}

    def ask(action: ApproveOrder) -> None:
        if world.stopping() or world.approver is None:
            raise Unavailable("nobody was asked; the next cycle does it")
        world.journal.ask(action.order.uuid, world.clock.now())
        answer = world.approver.ask(action.asking, _shown(action))
        if answer.approved is False:
            world.marketplace.reject_order(action.order.uuid, answer.reason)
        answers[action.key] = answer

    asked = concurrently(actions, outcomes, ask)
    for action in asked:
        if not answers[action.key].approved:
            outcomes.waiting(action, _said(action, answers[action.key]))
    return [action for action in asked if answers[action.key].approved]


def _said(action: ApproveOrder, answer: Answer) -> str:
    if answer.approved is False:
        return f"rejected by {action.asking[0]}: {answer.reason or 'it gave no reason'}"
    return f"{action.asking[0]} did not decide: {answer.reason}"


def _patience(world: World, order: str) -> float:
    """Seconds until the command may be asked about an order again; 0 when it may now."""
    at, times = world.journal.asked(order)
    if not times:
        return 0.0
    patience: float = min(PATIENCE * 2.0 ** min(times - 1, 10), LONGEST_PATIENCE)
    return max(0.0, at + patience - world.clock.now())


def _shown(action: ApproveOrder) -> Mapping[str, object]:
    order = action.order
    return {
        "offering": action.offering,
        "order": order.uuid,
        "type": order.type.value,
        "resource": order.resource_uuid,
        "resource_name": order.resource_name,
        "project": order.project_uuid,
        "limits": dict(order.limits),
        "plan": order.plan_uuid,
        "created": order.created,
    }
