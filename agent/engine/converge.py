"""The converge lane: observe, plan, apply, read back, acknowledge."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from agent.core.actions import (
    Action,
    FinishOrder,
    MoveAccount,
    RemoveAccount,
    SetAssociation,
    SetLimits,
)
from agent.core.admission import Admitted
from agent.core.cycle import NO_NAMES, make_plan
from agent.core.gate import expected_uids
from agent.core.known import Known
from agent.core.model.marketplace import OrderType
from agent.core.plan import Plan
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import NO_DIRECTORY, ClusterSnapshot, Missing, Observed
from agent.core.warnings import cluster_warnings
from agent.engine import acknowledge
from agent.engine.apply import additions, reassert_directory
from agent.engine.closer import used_names, with_counted
from agent.engine.directory import remember_directory, serve
from agent.engine.hooks import note_ready, note_removed, tell_hooks
from agent.engine.observe import observe
from agent.engine.outcomes import DONE, FAILED, Outcome, Outcomes
from agent.engine.people import ask_sources, not_ready
from agent.engine.remembering import directory_seen, looked_everywhere, of_all_offerings, remember
from agent.engine.removing import removals
from agent.engine.reports import tell_reports
from agent.engine.taking_up import not_taken_up, take_up, undecided, without_orders
from agent.engine.world import World
from agent.errors import AgentError, NotConverged, Unavailable

CHANGING = (MoveAccount, SetAssociation, SetLimits)
"""What changes accounts without an order."""
MAKING = (OrderType.CREATE, OrderType.UPDATE, OrderType.RESTORE)
"""The orders that are done once their account is as ordered."""


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """One converge cycle: what was seen, what was planned, what became of it.

    ``directory_error``: why the directory is not published, or not served as it was; Held when a person holds it.
    """

    observed: Observed
    plan: Plan
    outcomes: tuple[Outcome, ...] = ()
    notices: tuple[str, ...] = ()
    directory_error: AgentError | None = None
    cluster: ClusterSnapshot

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The actions that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.result == FAILED)


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What was seen and planned; ``planned`` plans once more for something else that was observed.

    ``seen`` has every order, ``observed`` not those that nobody has decided about.
    """

    seen: Observed
    observed: Observed
    known: Known
    plan: Plan
    planned: Callable[[Observed], Plan]
    admitted: Admitted | None


def plan_cycle(
    world: World, policies: Sequence[OfferingPolicy], *, confirmed: bool = False
) -> tuple[Observed, Known, Plan]:
    """Observe and plan, and change nothing anywhere: what ``agent plan`` shows is what ``agent sync`` would do."""
    look = _look(world, policies, confirmed=confirmed)
    return look.observed, look.known, look.plan


def _look(world: World, policies: Sequence[OfferingPolicy], *, confirmed: bool) -> _Look:
    observed = observe(world, policies)
    known = world.journal.known(observed.at)
    observed, admitted = serve(world, observed, known, policies, confirmed=confirmed)

    waiting = undecided(world, policies, observed)
    seen, observed = observed, without_orders(observed, waiting)
    sources = ask_sources(world, policies, observed, known)

    def planned(seen: Observed, taken: Collection[str] = (), unready: Mapping[str, str] = NO_NAMES) -> Plan:
        return make_plan(
            seen,
            policies,
            world.guard,
            known,
            world.makers,
            admitted,
            confirmed=confirmed,
            taken=taken,
            sources=sources,
            unready=unready,
        )

    plan = planned(observed)
    closer = with_counted(world, observed, plan)
    taken, troubles = used_names(world, observed, known, plan)
    unready = not_ready(world, plan, expected_uids(known, admitted))
    if closer is not observed or taken or unready:
        observed, plan = closer, planned(closer, taken, unready)
    warnings = cluster_warnings(observed.cluster.facts, policies, observed.offerings)
    plan = replace(plan, notices=(*plan.notices, *waiting.values(), *troubles, *warnings))
    return _Look(
        seen=seen,
        observed=observed,
        known=known,
        plan=plan,
        planned=partial(planned, taken=taken, unready=unready),
        admitted=admitted,
    )


def converge(world: World, policies: Sequence[OfferingPolicy], *, confirmed: bool = False) -> Cycle:
    """One whole cycle under the caller's turn: plan it, carry it out, and acknowledge what was read back."""
    look = _look(world, policies, confirmed=confirmed)
    observed, known, plan = look.observed, look.known, look.plan
    world.on_plan(look.seen, plan)
    remember(world, observed, known, plan)
    notices = remember_directory(world, observed, look.admitted) if look.admitted else []
    error = _directory_error(world, look)
    notices += [f"directory: {error}"] if error else []
    if error is None and look.admitted and look.admitted.refusal:
        error = NotConverged(look.admitted.refusal)  # which is a notice of the plan already
    if not plan.actions:
        notices += acknowledge.standing_metadata(world, observed, observed.cluster)
        notices += acknowledge.offering_metadata(world, policies, observed.cluster.facts, plan, changed=False)
        notices += _end_releases(world, look, ())
        notices += _hooks(world, observed, observed.cluster)
        return Cycle(
            observed=observed, plan=plan, notices=tuple(notices), directory_error=error, cluster=observed.cluster
        )
    run = world.journal.begin("converge", observed.at)
    world.journal.intend(run, plan.actions, observed.at)
    outcomes = Outcomes(world, run)
    cluster = _carry_out(world, _taken_up(look, outcomes), observed, outcomes)
    changed = any(outcome.result == DONE for outcome in outcomes.all)
    notices += outcomes.notices
    notices += _hooks(world, observed, cluster)
    notices += acknowledge.offering_metadata(world, policies, observed.cluster.facts, plan, changed=changed)
    notices += _end_releases(world, look, outcomes.all)
    world.journal.end(run, world.clock.now(), _how_it_ended(world, outcomes))
    return Cycle(
        observed=observed,
        plan=plan,
        outcomes=tuple(outcomes.all),
        notices=tuple(notices),
        directory_error=error or outcomes.directory_error,
        cluster=cluster,
    )


def _directory_error(world: World, look: _Look) -> AgentError | None:
    """What is wrong with the directory as it stands: nobody can read it, or it is not served any more."""
    published = look.observed.directory
    if isinstance(published, Missing):
        return None if published.reason == NO_DIRECTORY else Unavailable(published.reason)
    return reassert_directory(world, look.plan)


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
    note_removed(world, observed, plan, cluster)
    acknowledge.finish(plan, cluster, outcomes, (OrderType.TERMINATE,))
    tell_reports(plan, outcomes)
    return cluster


def _hooks(world: World, observed: Observed, cluster: ClusterSnapshot) -> list[str]:
    """The site's commands, last of all: they may take their time, and nothing depends on them."""
    if world.stopping():
        return []
    note_ready(world, observed, cluster)
    return tell_hooks(world)


def _how_it_ended(world: World, outcomes: Outcomes) -> str:
    if failures := len(outcomes.failures):
        return f"{failures} failed"
    return "stopped" if world.stopping() else "done"


def _end_releases(world: World, look: _Look, outcomes: Sequence[Outcome]) -> list[str]:
    """A release counts once: it ends when what it let go is gone, or when something else is held by now.

    An outage, a failure, running jobs and a stop keep it for the next cycle. Gives a notice of each that ended beside
    something that is held.
    """
    observed, held = look.observed, look.plan.held_checksum
    seen = of_all_offerings(world, observed) and looked_everywhere(observed) and directory_seen(observed)
    unfinished = any(outcome.action.evidence and outcome.result != DONE for outcome in outcomes)
    if not seen or unfinished or world.stopping():
        return []
    for checksum in look.known.released:
        world.journal.used_release(checksum)
    over = sorted(look.known.released) if held else []
    return [f"release {one} is over: other actions are held now; agent plan shows them" for one in over]


def _finishes(action: Action, *kinds: OrderType) -> bool:
    return isinstance(action, FinishOrder) and action.order.type in kinds
