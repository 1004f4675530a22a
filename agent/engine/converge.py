"""The converge lane: observe, plan, apply, read back, acknowledge."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from agent.core.actions import (
    Action,
    Evidence,
    FinishOrder,
    MoveAccount,
    RemoveAccount,
    RemoveDirectoryUser,
    SetAssociation,
    SetLimits,
)
from agent.core.admission import Admitted, admit
from agent.core.cycle import make_plan
from agent.core.known import Known
from agent.core.members import given_names
from agent.core.model.marketplace import OrderType
from agent.core.plan import Plan
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import NO_DIRECTORY, ClusterSnapshot, Complete, Missing, Observed, complete, reason, value_or
from agent.core.warnings import cluster_warnings
from agent.engine import acknowledge
from agent.engine.apply import additions, reassert_directory
from agent.engine.closer import used_names, with_counted
from agent.engine.observe import observe
from agent.engine.outcomes import DONE, FAILED, Outcome, Outcomes
from agent.engine.removing import removals
from agent.engine.reports import tell_reports
from agent.engine.taking_up import not_taken_up, take_up, undecided, without_orders
from agent.engine.world import World

CHANGING = (MoveAccount, SetAssociation, SetLimits)
"""What changes accounts without an order."""
MAKING = (OrderType.CREATE, OrderType.UPDATE, OrderType.RESTORE)
"""The orders that are done once their account is as ordered."""


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """One converge cycle: what was seen, what was planned, what became of it."""

    observed: Observed
    plan: Plan
    outcomes: tuple[Outcome, ...] = ()
    notices: tuple[str, ...] = ()
    cluster: ClusterSnapshot

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The actions that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.result == FAILED)


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What was seen and planned; ``planned`` plans once more for something else that was observed."""

    observed: Observed
    known: Known
    plan: Plan
    planned: Callable[[Observed], Plan]


def plan_cycle(
    world: World, policies: Sequence[OfferingPolicy], *, confirmed: bool = False
) -> tuple[Observed, Known, Plan]:
    """Observe and plan, and change nothing anywhere: what ``agent plan`` shows is what ``agent sync`` would do."""
    look = _look(world, policies, confirmed=confirmed)
    return look.observed, look.known, look.plan


def _look(world: World, policies: Sequence[OfferingPolicy], *, confirmed: bool) -> _Look:
    observed = observe(world, policies)
    known = world.journal.known(observed.at)
    admitted = _admitted(world, observed, known, policies)

    def planned(seen: Observed, taken: Collection[str] = ()) -> Plan:
        return make_plan(seen, policies, world.guard, known, world.makers, admitted, confirmed=confirmed, taken=taken)

    waiting = undecided(world, policies, observed)
    observed = without_orders(observed, waiting)
    plan = planned(observed)
    closer = with_counted(world, observed, plan)
    taken, troubles = used_names(world, observed, known, plan)
    if closer is not observed or taken:
        observed, plan = closer, planned(closer, taken)
    warnings = cluster_warnings(observed.cluster.facts, policies, observed.offerings)
    plan = replace(plan, notices=(*plan.notices, *waiting.values(), *troubles, *warnings))
    return _Look(observed=observed, known=known, plan=plan, planned=partial(planned, taken=taken))


def converge(world: World, policies: Sequence[OfferingPolicy], *, confirmed: bool = False) -> Cycle:
    """One whole cycle under the caller's turn: plan it, carry it out, and acknowledge what was read back."""
    look = _look(world, policies, confirmed=confirmed)
    observed, known, plan = look.observed, look.known, look.plan
    world.on_plan(observed, plan)
    _remember(world, observed, known, plan)
    notices = reassert_directory(world, plan) if complete(observed.directory) else []
    if not plan.actions:
        notices += acknowledge.standing_metadata(world, observed, observed.cluster)
        notices += acknowledge.offering_metadata(world, policies, observed.cluster.facts, plan, changed=False)
        _end_releases(world, observed, known, ())
        return Cycle(observed=observed, plan=plan, notices=tuple(notices), cluster=observed.cluster)
    run = world.journal.begin("converge", observed.at)
    world.journal.intend(run, plan.actions, observed.at)
    outcomes = Outcomes(world, run)
    cluster = _carry_out(world, _taken_up(look, outcomes), observed, outcomes)
    changed = any(outcome.result == DONE for outcome in outcomes.all)
    notices += outcomes.notices
    notices += acknowledge.offering_metadata(world, policies, observed.cluster.facts, plan, changed=changed)
    _end_releases(world, observed, known, outcomes.all)
    world.journal.end(run, world.clock.now(), _how_it_ended(world, outcomes))
    return Cycle(observed=observed, plan=plan, outcomes=tuple(outcomes.all), notices=tuple(notices), cluster=cluster)


def _taken_up(look: _Look, outcomes: Outcomes) -> Plan:
    """The plan once its orders are taken up; where one could not be, what is left as if it had not been placed yet."""
    world, plan = outcomes.world, look.plan
    if world.stopping():
        return plan
    take_up(plan, outcomes)
    left = not_taken_up(plan, outcomes)
    if not left:
        return plan
    rest = look.planned(without_orders(look.observed, left))
    world.journal.intend(outcomes.run, rest.actions, look.observed.at)
    return rest


def _carry_out(world: World, plan: Plan, observed: Observed, outcomes: Outcomes) -> ClusterSnapshot:
    """Additions, their acknowledgement, removals, theirs.

    Every write is read back where it is made. Before anything is acknowledged, Slurm is read once more as a whole.
    """
    cluster = observed.cluster
    additions(plan, outcomes)
    if any(isinstance(action, CHANGING) or _finishes(action, *MAKING) for action in plan.actions):
        cluster = world.cluster.observe_accounting()
    acknowledge.finish(plan, cluster, outcomes, MAKING)
    outcomes.notices += acknowledge.standing_metadata(world, observed, cluster)
    removals(plan, outcomes, cluster)
    if any(isinstance(action, RemoveAccount) or _finishes(action, OrderType.TERMINATE) for action in plan.actions):
        cluster = world.cluster.observe_accounting()
    acknowledge.finish(plan, cluster, outcomes, (OrderType.TERMINATE,))
    tell_reports(plan, outcomes)
    return cluster


def _how_it_ended(world: World, outcomes: Outcomes) -> str:
    if failures := len(outcomes.failures):
        return f"{failures} failed"
    return "stopped" if world.stopping() else "done"


def _end_releases(world: World, observed: Observed, known: Known, outcomes: Sequence[Outcome]) -> None:
    """A release counts once: it ends when what it let go is gone, or when something else is held by now.

    An outage, a failure, running jobs and a stop keep it for the next cycle.
    """
    seen = _all(world, observed) and _looked_everywhere(observed) and _directory_seen(observed)
    unfinished = any(outcome.action.evidence and outcome.result != DONE for outcome in outcomes)
    if seen and not unfinished and not world.stopping():
        for checksum in known.released:
            world.journal.used_release(checksum)


def _finishes(action: Action, *kinds: OrderType) -> bool:
    return isinstance(action, FinishOrder) and action.order.type in kinds


def _admitted(world: World, observed: Observed, known: Known, policies: Sequence[OfferingPolicy]) -> Admitted | None:
    """What may be served of the feeds, in settings order; None when there is no directory or nothing was read.

    The directory is made of every offering's feed: a run of some offerings leaves it alone.
    """
    if world.admission is None or world.directory is None or not _all(world, observed):
        return None
    feeds = [(policy.uuid, observed.offerings[policy.uuid].feed) for policy in policies]
    read = [(uuid, feed.value) for uuid, feed in feeds if not isinstance(feed, Missing)]
    return admit(read, world.admission, known.uids) if read else None


def _remember(world: World, observed: Observed, known: Known, plan: Plan) -> None:
    """What the journal must know before anything changes: names, inherited associations, absences."""
    for uuid, snapshot in observed.offerings.items():
        names = given_names(value_or(snapshot.users, ()))
        new = {user: name for user, name in names.items() if known.usernames.get((uuid, user)) != name}
        if new:
            world.journal.remember_usernames(uuid, new)
    if vanished := _vanished(observed, known):
        world.journal.forget_associations(vanished, observed.at)
    if gone := _gone(observed, known):
        world.journal.unblock(gone)
        world.journal.put_back([(key, word) for key in gone for word in known.replaced.get(key, ())])
    if plan.inherited:
        world.journal.remember_associations(plan.inherited, observed.at)
    _note_settled(world, observed, plan)
    absent = _absent(observed, known, plan)
    if absent != set(known.first_missing) and _all(world, observed) and _looked_everywhere(observed):
        world.journal.missing(sorted(absent), observed.at)


def _note_settled(world: World, observed: Observed, plan: Plan) -> None:
    """What is back without our doing. Written only when there is something: an idle cycle writes nothing."""
    settled = plan.settled
    if settled.fields:
        world.journal.put_back(settled.fields)
    if settled.aside:
        world.journal.taken_up(settled.aside)
    if settled.blocks:
        world.journal.unblock(settled.blocks)
    if settled.periods:
        world.journal.remember_resets(settled.periods, observed.at)


def _absent(observed: Observed, known: Known, plan: Plan) -> set[str]:
    """The keys of everything that is missing; of the directory's what was missing before, while a feed is away."""
    actions = (*plan.actions, *(item.action for item in plan.held))
    found = {action.key for action in actions if action.evidence is Evidence.ABSENCE}
    if not _directory_seen(observed):
        found |= {key for key in known.first_missing if key.startswith(f"{RemoveDirectoryUser.kind} ")}
    return found


def _vanished(observed: Observed, known: Known) -> list[tuple[str, str]]:
    """Associations the journal holds and Slurm does not: whoever adds such a pair now is somebody else."""
    section = observed.cluster.associations
    if not isinstance(section, Complete):
        return []
    return sorted(known.associations - {(one.account, one.user) for one in section.value})


def _gone(observed: Observed, known: Known) -> list[str]:
    """Accounts and associations with a block or a replaced value that are not in Slurm: there is nothing to put back.

    Whoever makes one of the same name means it as it is made.
    """
    accounts, associations = observed.cluster.accounts, observed.cluster.associations
    if not isinstance(accounts, Complete) or not isinstance(associations, Complete):
        return []
    there = {*accounts.value, *(f"{one.account}/{one.user}" for one in associations.value)}
    return sorted({*known.blocked, *known.replaced} - there)


def _all(world: World, observed: Observed) -> bool:
    """Whether this run is about every offering of the settings."""
    return set(observed.offerings) == {policy.uuid for policy in world.policies}


def _looked_everywhere(observed: Observed) -> bool:
    """Whether this cycle's absences in Slurm are all there are: an outage neither dates an absence nor forgets one."""
    cluster = complete(observed.cluster.accounts) and complete(observed.cluster.associations)
    return cluster and all(
        complete(section)
        for snapshot in observed.offerings.values()
        for section in (snapshot.resources, snapshot.teams, snapshot.users, snapshot.orders)
    )


def _directory_seen(observed: Observed) -> bool:
    """Whether the published directory and every feed were read whole, where there is a directory."""
    if reason(observed.directory) == NO_DIRECTORY:
        return True
    return complete(observed.directory) and all(complete(one.feed) for one in observed.offerings.values())
