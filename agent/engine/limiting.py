"""Limits, flags and single users' settings; a limit that would kill waits until nothing runs."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from agent.core.actions import AddQos, SetAssociation, SetLimits
from agent.core.flags import text_of
from agent.core.model.cluster import Account
from agent.core.plan import Plan
from agent.engine.batches import in_batch, of_type
from agent.engine.outcomes import Outcomes
from agent.errors import AgentError
from agent.ports import Refusal

DRAINED = "GrpJobs"
"""What lets nothing start while running jobs finish."""


def set_limits(plan: Plan, outcomes: Outcomes) -> None:
    """Everything that stands and differs. The journal holds what is replaced for a time before Slurm is told."""
    stuck = without_qos(plan, outcomes)
    actions = [action for action in of_type(plan.actions, SetLimits) if action.resource not in stuck]
    ready = [action for action in actions if not action.drain]
    ready += _drained([action for action in actions if action.drain], outcomes)
    users = of_type(plan.actions, SetAssociation)
    journal, now = outcomes.world.journal, outcomes.world.clock.now()
    changes: list[SetLimits | SetAssociation] = [*ready, *users]
    if kept := {action.subject: action.replaces for action in changes if action.replaces}:
        journal.replace(kept, now)
    done = in_batch(changes, outcomes, lambda: _change(ready, users, outcomes))
    if back := [(action.subject, word) for action in done for word in _put_back(action)]:
        journal.put_back(back)
        journal.unblock([key for key, word in back if word in {"GrpSubmitJobs", "MaxSubmitJobs"}])
    outcomes.done(*done)


def without_qos(plan: Plan, outcomes: Outcomes) -> set[str]:
    """The resources whose QOS could not be made: their accounts stay as they are."""
    return {action.resource for action in of_type(plan.actions, AddQos) if not outcomes.succeeded(action)}


def _change(limits: Sequence[SetLimits], users: Sequence[SetAssociation], outcomes: Outcomes) -> Sequence[Refusal]:
    cluster = outcomes.world.cluster
    carriers = [action.qos for action in limits if action.qos]
    refused = cluster.change_qos(carriers) if carriers else ()
    accounts = [(_now(action), action.after) for action in limits]
    pairs = [(action.before, action.after) for action in users]
    return (*refused, *cluster.change([pair for pair in accounts if pair[0] != pair[1]], pairs))


def _now(action: SetLimits) -> Account:
    return replace(action.before, grp_jobs=0) if action.drain else action.before


def _put_back(action: SetLimits | SetAssociation) -> Iterable[str]:
    drained = isinstance(action, SetLimits) and action.drain and action.after.grp_jobs != 0
    return {*action.puts_back, *((DRAINED,) if drained else ())}


def _own(action: SetLimits) -> str:
    """The account's own limit of running jobs; what a pause in the same change replaces comes first."""
    return action.replaces.get(DRAINED, text_of(action.after.grp_jobs))


def _drained(actions: Sequence[SetLimits], outcomes: Outcomes) -> list[SetLimits]:
    """Lets nothing start in these accounts; gives those in which nothing runs any more."""
    if not actions:
        return []
    world = outcomes.world
    if kept := {
        one.subject: {DRAINED: _own(one)} for one in actions if one.after.grp_jobs != 0 or DRAINED in one.replaces
    }:
        world.journal.replace(kept, world.clock.now())
    stopped = [(one.before, replace(one.before, grp_jobs=0)) for one in actions if one.before.grp_jobs != 0]
    held = in_batch(actions, outcomes, lambda: world.cluster.change(stopped) if stopped else ())
    try:
        running = [job for job in world.cluster.jobs([one.subject for one in held]) if job.running] if held else []
    except AgentError as error:
        outcomes.lost(held, error)
        return []
    free = []
    for action in held:
        mine = [job.id for job in running if job.account == action.subject]
        if mine:
            text = f"{len(mine)} job(s) still run: {', '.join(mine[:5])}; nothing new starts until the limit is set"
            outcomes.waiting(action, text)
        else:
            free.append(action)
    return free
