"""What a customer reads on the resource's page while an order takes its time."""

import hashlib
from collections.abc import Iterable

from agent.core.actions import FinishOrder, RemoveAccount, SetLimits
from agent.core.model.marketplace import OrderType
from agent.core.plan import Plan
from agent.engine.batches import of_type
from agent.engine.outcomes import DONE, WAITING, Outcome, Outcomes
from agent.errors import AgentError

HEADER = "Slurm"
LIVING_AFTER = frozenset({OrderType.CREATE, OrderType.UPDATE, OrderType.RESTORE})


def tell_reports(plan: Plan, outcomes: Outcomes) -> None:
    """A report for each order that waits for running jobs, and one when it is done; told only when it changed."""
    if outcomes.world.stopping():
        return
    orders = {action.order.resource_uuid: action for action in of_type(plan.actions, FinishOrder)}
    waiting = dict(_waiting(outcomes, orders))
    for resource, action in orders.items():
        if resource in waiting:
            _tell(outcomes, resource, waiting[resource])
        elif outcomes.result(action) == DONE and _told(outcomes, resource) and action.order.type in LIVING_AFTER:
            _tell(outcomes, resource, f"The order ({action.order.type}) is carried out.")


def _waiting(outcomes: Outcomes, orders: Iterable[str]) -> Iterable[tuple[str, str]]:
    for outcome in outcomes.all:
        action = outcome.action
        if outcome.result == WAITING and isinstance(action, SetLimits | RemoveAccount) and action.resource in orders:
            yield action.resource, _text(outcome)


def _text(outcome: Outcome) -> str:
    if isinstance(outcome.action, SetLimits):
        return f"The new limits are set once the running jobs have finished: {outcome.detail}."
    return f"The allocation takes no new jobs and ends once the running ones have finished: {outcome.detail}."


def _tell(outcomes: Outcomes, resource: str, text: str) -> None:
    world, subject = outcomes.world, _subject(resource)
    checksum = hashlib.sha256(text.encode()).hexdigest()[:16]
    if world.journal.told_metadata(subject)[1] == checksum:
        return
    try:
        world.marketplace.submit_report(resource, HEADER, text)
        world.journal.tell_metadata(subject, checksum, world.clock.now())
    except AgentError as error:
        outcomes.notices.append(f"resource {resource[:8]}: its report could not be written: {error}")


def _told(outcomes: Outcomes, resource: str) -> bool:
    return bool(outcomes.world.journal.told_metadata(_subject(resource))[1])


def _subject(resource: str) -> str:
    return f"report {resource}"
