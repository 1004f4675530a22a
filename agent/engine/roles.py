"""Coordinators and default accounts."""

from agent.core.actions import AddAssociation, AddCoordinator, RemoveCoordinator, SetDefaultAccount
from agent.core.plan import Plan
from agent.engine.batches import in_batch, of_type
from agent.engine.outcomes import Outcomes


def set_default_accounts(plan: Plan, outcomes: Outcomes) -> None:
    """Where jobs without an account are charged."""
    actions = of_type(plan.actions, SetDefaultAccount)
    accounts = {action.user: action.account for action in actions}
    outcomes.done(*in_batch(actions, outcomes, lambda: outcomes.world.cluster.set_default_accounts(accounts)))


def add_coordinators(plan: Plan, outcomes: Outcomes) -> None:
    """New coordinators, of those who are in their account by now. The journal has them first."""
    missing = {one.subject for one in of_type(plan.actions, AddAssociation) if not outcomes.succeeded(one)}
    actions = [one for one in of_type(plan.actions, AddCoordinator) if one.subject not in missing]
    pairs = [(action.account, action.user) for action in actions]
    world = outcomes.world
    if pairs:
        world.journal.remember_coordinators(pairs, world.clock.now())
    outcomes.done(*in_batch(actions, outcomes, lambda: world.cluster.add_coordinators(pairs)))


def remove_coordinators(plan: Plan, outcomes: Outcomes) -> None:
    """Coordination that ends; the journal forgets it afterwards."""
    actions = of_type(plan.actions, RemoveCoordinator)
    pairs = [(action.account, action.user) for action in actions]
    world = outcomes.world
    done = in_batch(actions, outcomes, lambda: world.cluster.remove_coordinators(pairs))
    if done:
        world.journal.forget_coordinators([(action.account, action.user) for action in done])
    outcomes.done(*done)
