"""Carry a plan out: intents into the journal, one batch after another, each refused object standing alone."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from agent.core.actions import (
    Action,
    AddAssociation,
    ApproveOrder,
    CreateAccount,
    DirectoryAction,
    Evidence,
    RefuseOrder,
    SetLimits,
    SetPartition,
    Unblock,
)
from agent.core.model.cluster import Association
from agent.core.model.marketplace import OrderState
from agent.core.plan import Plan
from agent.engine.outcomes import Outcomes
from agent.engine.world import World
from agent.errors import AgentError
from agent.ports import Refusal

A = TypeVar("A", bound=Action)

AT_ONCE = 4
"""Requests that change something at once."""


def of_type(actions: Iterable[Action], kind: type[A]) -> list[A]:
    """The actions of exactly one type."""
    return [action for action in actions if type(action) is kind]


def additions(plan: Plan, outcomes: Outcomes) -> None:
    """Everything but removals and acknowledgements, in the plan's order. A stop request ends it between two batches."""
    steps: tuple[Callable[[Plan, Outcomes], None], ...] = (
        _orders,
        _directory,
        _accounts,
        _limits,
        _unblock,
        _partitions,
    )
    for step in steps:
        if outcomes.world.stopping():
            return
        step(plan, outcomes)


def concurrently(actions: Sequence[A], outcomes: Outcomes, effect: Callable[[A], None]) -> list[A]:
    """Run ``effect`` on each action, a few at once; gives those that succeeded."""

    def attempt(action: A) -> AgentError | None:
        try:
            effect(action)
        except AgentError as error:
            return error
        return None

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="apply") as pool:
        errors = list(pool.map(attempt, actions))
    for action, error in zip(actions, errors, strict=True):
        if error is not None:
            outcomes.failed(action, str(error))
    return [action for action, error in zip(actions, errors, strict=True) if error is None]


def in_batch(actions: Sequence[A], outcomes: Outcomes, effect: Callable[[], Sequence[Refusal]]) -> list[A]:
    """Run one effect for all of ``actions``; gives those that were neither refused nor lost with the whole batch."""
    if not actions:
        return []
    try:
        refusals = effect()
    except AgentError as error:
        outcomes.lost(actions, error)
        return []
    refused = {refusal.key for refusal in refusals}
    outcomes.refused(actions, refusals)
    return [action for action in actions if action.subject not in refused]


def _orders(plan: Plan, outcomes: Outcomes) -> None:
    market = outcomes.world.marketplace

    def refuse(action: RefuseOrder) -> None:
        if action.order.state is OrderState.PENDING_PROVIDER:
            market.approve_order(action.order.uuid)
        market.set_order_erred(action.order.uuid, action.reason, action.detail)

    approve = of_type(plan.actions, ApproveOrder)
    approved = concurrently(approve, outcomes, lambda action: market.approve_order(action.order.uuid))
    for done in (*approved, *concurrently(of_type(plan.actions, RefuseOrder), outcomes, refuse)):
        outcomes.done(done)


def _directory(plan: Plan, outcomes: Outcomes) -> None:
    actions = [action for action in plan.actions if isinstance(action, DirectoryAction)]
    server, directory = outcomes.world.directory, plan.directory
    if not actions or server is None or directory is None:
        return

    def publish() -> tuple[Refusal, ...]:
        outcomes.world.journal.remember_uids({user.name: user.uidnumber for user in directory.users})
        server.publish(directory)
        return ()

    for action in in_batch(actions, outcomes, publish):
        outcomes.done(action)
        if action.evidence is not None:
            by_order = action.evidence is not Evidence.ABSENCE
            outcomes.world.journal.removed("", [action.key], by_order, outcomes.world.clock.now())


def reassert_directory(world: World, plan: Plan) -> list[str]:
    """Publish what is published already: nothing is written, unless the base file changed or a proof is still owed."""
    if (
        world.directory is None
        or plan.directory is None
        or any(isinstance(one, DirectoryAction) for one in plan.actions)
    ):
        return []
    try:
        world.directory.publish(plan.directory)
    except AgentError as error:
        return [f"directory: {error}"]
    return []


def _accounts(plan: Plan, outcomes: Outcomes) -> None:
    """Accounts whose order could not be taken up stay unmade, and so do their associations."""
    orders = of_type(plan.actions, ApproveOrder)
    stuck = {action.order.resource_uuid for action in orders if not outcomes.succeeded(action)}
    create = [action for action in of_type(plan.actions, CreateAccount) if action.resource not in stuck]
    unmade = {action.account.name for action in of_type(plan.actions, CreateAccount) if action.resource in stuck}
    add = [action for action in of_type(plan.actions, AddAssociation) if action.account not in unmade]
    world, now = outcomes.world, outcomes.world.clock.now()
    for new in create:
        world.journal.remember_account(new.resource, new.account.name, now)
    world.journal.remember_associations([(action.account, action.user) for action in add], now)

    def effect() -> Sequence[Refusal]:
        accounts = [action.account for action in create]
        return world.cluster.add(accounts, [Association(account=one.account, user=one.user) for one in add])

    for action in in_batch([*create, *add], outcomes, effect):
        outcomes.done(action)


def _limits(plan: Plan, outcomes: Outcomes) -> None:
    actions = of_type(plan.actions, SetLimits)
    changes = [(action.before, action.after) for action in actions]
    for action in in_batch(actions, outcomes, lambda: outcomes.world.cluster.set_limits(changes)):
        outcomes.done(action)


def _unblock(plan: Plan, outcomes: Outcomes) -> None:
    actions = of_type(plan.actions, Unblock)
    accounts = [action.account for action in actions if not action.user]
    pairs = [(action.account, action.user) for action in actions if action.user]
    taken = in_batch(actions, outcomes, lambda: outcomes.world.cluster.unblock(accounts, pairs))
    outcomes.world.journal.unblock([action.subject for action in taken])
    for action in taken:
        outcomes.done(action)


def _partitions(plan: Plan, outcomes: Outcomes) -> None:
    actions = of_type(plan.actions, SetPartition)
    changes = {action.partition: action.changes for action in actions}
    for action in in_batch(actions, outcomes, lambda: outcomes.world.cluster.set_partitions(changes)):
        outcomes.done(action)
