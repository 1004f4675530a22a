"""Carry out the additions of a plan, batch by batch; each batch is read back by the port that made it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.core.actions import (
    AddAssociation,
    AddQos,
    CreateAccount,
    DirectoryAction,
    Evidence,
    MoveAccount,
    ResetUsage,
    SetPartition,
)
from agent.core.model.cluster import Association
from agent.core.model.directory import Directory
from agent.core.plan import Plan
from agent.engine.batches import in_batch, of_type
from agent.engine.limiting import set_limits, without_qos
from agent.engine.outcomes import Outcomes
from agent.engine.people import joining, move_users, name_users
from agent.engine.roles import add_coordinators, set_default_accounts
from agent.engine.world import World
from agent.errors import AgentError, NotConverged
from agent.ports import DirectoryServer, Refusal


def additions(plan: Plan, outcomes: Outcomes) -> None:
    """Everything between taking up and removing, in the plan's order. A stop request ends it between two batches."""
    steps: tuple[Callable[[Plan, Outcomes], None], ...] = (
        name_users,
        _directory,
        _qos,
        _accounts,
        _moves,
        set_default_accounts,
        _resets,
        set_limits,
        add_coordinators,
        _partitions,
        move_users,
    )
    for step in steps:
        if outcomes.world.stopping():
            return
        step(plan, outcomes)


def _directory(plan: Plan, outcomes: Outcomes) -> None:
    actions = [action for action in plan.actions if isinstance(action, DirectoryAction)]
    server, directory = outcomes.world.directory, plan.directory
    if not actions or server is None or directory is None:
        return

    def publish() -> tuple[Refusal, ...]:
        uids = {user.name: user.uidnumber for user in directory.users}
        outcomes.world.journal.remember_uids(uids, plan.own_groups, plan.persons)
        try:
            server.publish(directory)
        except AgentError as error:
            outcomes.directory_error = error
            if _stands(directory, server, error):
                _count_removals(actions, outcomes)  # the next cycle finds nothing left to do, and would not
            raise
        return ()

    done = in_batch(actions, outcomes, publish)
    outcomes.done(*done)
    _count_removals(done, outcomes)


def _stands(directory: Directory, server: DirectoryServer, error: AgentError) -> bool:
    """Whether the file was written although publishing failed; where that cannot be seen, one not served may be."""
    try:
        current = server.current()
    except AgentError:
        return isinstance(error, NotConverged)
    return set(current.users) == set(directory.users) and set(current.groups) == set(directory.groups)


def _count_removals(actions: Sequence[DirectoryAction], outcomes: Outcomes) -> None:
    for action in actions:
        if action.evidence is not None:
            by_order = action.evidence is not Evidence.ABSENCE
            outcomes.world.journal.removed("", [action.key], by_order, outcomes.world.clock.now())


def reassert_directory(world: World, plan: Plan) -> AgentError | None:
    """Publish what is published already: nothing is written, unless the base file changed or a proof is still owed.

    Gives what is wrong with it.
    """
    if (
        world.directory is None
        or plan.directory is None
        or any(isinstance(one, DirectoryAction) for one in plan.actions)
    ):
        return None
    try:
        world.directory.publish(plan.directory)
    except AgentError as error:
        return error
    return None


def _qos(plan: Plan, outcomes: Outcomes) -> None:
    actions = of_type(plan.actions, AddQos)
    qos = [action.qos for action in actions]
    outcomes.done(*in_batch(actions, outcomes, lambda: outcomes.world.cluster.add_qos(qos)))


def _accounts(plan: Plan, outcomes: Outcomes) -> None:
    """Accounts whose QOS is not there stay unmade with their associations.

    The journal holds beforehand what an account gets only for a time, and whose it is.
    """
    stuck = without_qos(plan, outcomes)
    wanted = of_type(plan.actions, CreateAccount)
    create = [action for action in wanted if action.resource not in stuck]
    unmade = {action.account.name for action in wanted if action.resource in stuck}
    add = [action for action in joining(plan, outcomes) if action.account not in unmade]
    world, now = outcomes.world, outcomes.world.clock.now()
    if create:
        world.journal.remember_accounts({action.resource: action.account.name for action in create}, now)
    if kept := {action.subject: action.replaces for action in create if action.replaces}:
        world.journal.replace(kept, now)
    if made := [(action.account, action.user) for action in add if not action.stranger]:
        world.journal.remember_associations(made, now)

    def effect() -> Sequence[Refusal]:
        users = [association for one in add for association in _associations(one)]
        return world.cluster.add([action.account for action in create], users)

    done = in_batch([*create, *add], outcomes, effect)
    outcomes.done(*done)
    if back := [(one.account, one.user) for one in done if isinstance(one, AddAssociation)]:
        world.journal.taken_up(back)


def _associations(action: AddAssociation) -> Sequence[Association]:
    usual = action.association or Association(account=action.account, user=action.user)
    return [replace(usual, partition=name) for name in action.partitions] or [usual]


def _moves(plan: Plan, outcomes: Outcomes) -> None:
    """Parents first, so that an account never hangs below one that is still to be moved away."""
    actions = of_type(plan.actions, MoveAccount)
    changes = [(action.before, replace(action.before, parent=action.after.parent)) for action in actions]
    outcomes.done(*in_batch(actions, outcomes, lambda: outcomes.world.cluster.change(changes)))


def _resets(plan: Plan, outcomes: Outcomes) -> None:
    """A crash between the reset and the journal resets once more: what was used in between is forgotten, no more."""
    actions = of_type(plan.actions, ResetUsage)
    accounts = [action.account for action in actions if not action.of_qos]
    qos = [action.account for action in actions if action.of_qos]
    done = in_batch(actions, outcomes, lambda: outcomes.world.cluster.reset_usage(accounts, qos))
    if done:
        periods = {action.account: action.period for action in done}
        outcomes.world.journal.remember_resets(periods, outcomes.world.clock.now())
    outcomes.done(*done)


def _partitions(plan: Plan, outcomes: Outcomes) -> None:
    actions = of_type(plan.actions, SetPartition)
    changes = {action.partition: action.changes for action in actions}
    outcomes.done(*in_batch(actions, outcomes, lambda: outcomes.world.cluster.set_partitions(changes)))
