"""People beyond their roles: who names them, whether their names resolve, and what the marketplace is told of them."""

from collections.abc import Iterable, Mapping, Sequence

from agent.core.actions import AddAssociation, DeleteOfferingUser, MoveOfferingUser, SetUsername
from agent.core.gate import coming, expected_uids, names_to_resolve, unready
from agent.core.known import Known
from agent.core.model.marketplace import OfferingUser
from agent.core.model.people import Proposal
from agent.core.naming import Sources, asks_source
from agent.core.plan import Plan
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import Observed, value_or
from agent.core.usernames import UsernameMaker
from agent.engine.batches import concurrently, of_type
from agent.engine.outcomes import Outcomes
from agent.engine.world import World
from agent.errors import AgentError


def ask_sources(world: World, policies: Iterable[OfferingPolicy], observed: Observed, known: Known) -> Sources:
    """What each offering's source proposes for its people without a name; nobody is asked when there are none."""
    proposals: dict[tuple[str, str], Proposal] = {}
    makers: dict[str, UsernameMaker] = {}
    away: dict[str, str] = {}
    for policy in policies:
        source, people = world.name_sources.get(policy.uuid), _unnamed(policy, observed, known)
        if source is None or not people:
            continue
        try:
            found = source.names(people)
        except AgentError as error:
            away[policy.uuid] = str(error)
            continue
        proposals |= {(policy.uuid, person): proposal for person, proposal in found.items()}
        if source.make is not None:
            makers[policy.uuid] = source.make
    return Sources(
        proposals=proposals, makers=makers, away=away, reserved=world.reserved_names, local=world.local_names
    )


def not_ready(world: World, plan: Plan, expected: Mapping[str, int]) -> dict[str, str]:
    """The names that a plan would associate and that do not resolve yet → why.

    Those whose directory record the plan puts there are left for later.
    """
    later = coming(plan)
    asked = {gate: names - later for gate, names in names_to_resolve(plan, world.policies).items()}
    return _asked(world, asked, expected)


def still_not_ready(plan: Plan, outcomes: Outcomes) -> dict[str, str]:
    """The same once the directory was published: of the names whose record is new there."""
    world, later = outcomes.world, coming(plan)
    asked = {gate: names & later for gate, names in names_to_resolve(plan, world.policies).items()}
    if not any(asked.values()):
        return {}
    return _asked(world, asked, expected_uids(world.journal.known(world.clock.now()), None))


def _asked(world: World, asked: Mapping[str, frozenset[str]], expected: Mapping[str, int]) -> dict[str, str]:
    found: dict[str, str] = {}
    for gate, names in asked.items():
        if not names:
            continue
        try:
            resolved = world.identities[gate].resolve(names)
        except AgentError as error:
            found |= dict.fromkeys(names, f"waits: whether the name resolves could not be asked: {error}")
            continue
        found |= unready(gate, names, resolved, expected)
    return found


def name_users(plan: Plan, outcomes: Outcomes) -> None:
    """Tell the marketplace the usernames. The journal has them already."""
    market = outcomes.world.marketplace

    def name(action: SetUsername) -> None:
        market.set_username(action.user.uuid, action.name)

    outcomes.done(*concurrently(of_type(plan.actions, SetUsername), outcomes, name))


def unnamed(plan: Plan, outcomes: Outcomes) -> set[str]:
    """The usernames that the marketplace did not take: nobody is associated under one yet."""
    return {action.name for action in of_type(plan.actions, SetUsername) if not outcomes.succeeded(action)}


def move_users(plan: Plan, outcomes: Outcomes) -> None:
    """Tell people's pages how far their accounts are."""
    market = outcomes.world.marketplace

    def move(action: MoveOfferingUser) -> None:
        market.move_offering_user(action.user.uuid, action.user.state, action.to, action.comment)

    outcomes.done(*concurrently(of_type(plan.actions, MoveOfferingUser), outcomes, move))


def delete_users(plan: Plan, outcomes: Outcomes) -> None:
    """Finish the deletions that the marketplace asked for."""
    market = outcomes.world.marketplace

    def delete(action: DeleteOfferingUser) -> None:
        market.move_offering_user(action.user.uuid, action.user.state, "Deleted")

    outcomes.done(*concurrently(of_type(plan.actions, DeleteOfferingUser), outcomes, delete))


def joining(plan: Plan, outcomes: Outcomes) -> list[AddAssociation]:
    """The associations that may be made now; the others wait, each with its reason."""
    refused, waiting = unnamed(plan, outcomes), still_not_ready(plan, outcomes)
    ready: list[AddAssociation] = []
    for action in of_type(plan.actions, AddAssociation):
        if action.user in refused:
            outcomes.waiting(action, "the marketplace did not take the username; it is told again")
        elif action.user in waiting:
            outcomes.waiting(action, waiting[action.user])
        else:
            ready.append(action)
    return ready


def _unnamed(policy: OfferingPolicy, observed: Observed, known: Known) -> Sequence[OfferingUser]:
    snapshot = observed.offerings[policy.uuid]
    offering = value_or(snapshot.offering, None)
    return [user for user in value_or(snapshot.users, ()) if asks_source(policy, offering, user, known)]
