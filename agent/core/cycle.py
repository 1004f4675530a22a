"""One cycle's thinking, from what was observed to the plan: desire, diff, guard. Pure."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from agent.core.admission import Admitted
from agent.core.desired import DesiredOffering, build_desired
from agent.core.diff.directory import published
from agent.core.diff.whole import diff
from agent.core.guard import History, judge
from agent.core.known import Known
from agent.core.model.directory import Directory
from agent.core.names import NameMaker
from agent.core.naming import Namer, Sources
from agent.core.place import names_in_use
from agent.core.plan import Plan
from agent.core.policy import GuardPolicy, OfferingPolicy
from agent.core.snapshot import Observed, value_or
from agent.core.usernames import claims

NOTHING_SAID = Sources()
NO_NAMES: Mapping[str, str] = MappingProxyType({})


def make_plan(
    observed: Observed,
    policies: Sequence[OfferingPolicy],
    guard: GuardPolicy,
    known: Known,
    makers: Mapping[str, NameMaker],
    admitted: Admitted | None = None,
    *,
    confirmed: bool = False,
    taken: Collection[str] = (),
    sources: Sources = NOTHING_SAID,
    unready: Mapping[str, str] = NO_NAMES,
) -> Plan:
    """The plan for what was observed. ``makers``: offering → name template; ``confirmed``: a person said yes by hand.

    ``taken``: account names that the marketplace knows from resources that are gone; no new account gets one.
    ``admitted`` is what may be served of the feeds; None leaves the directory alone. ``sources``: what was found out
    for naming people; ``unready``: usernames that do not resolve as they should yet → why.
    """
    used_by = {**dict.fromkeys(taken, "a resource that is gone"), **_names_in_use(observed, policies, known)}
    namer = Namer(known, claims(observed, known, sources.reserved | guard.protected, sources.local), sources, unready)
    offerings = [
        build_desired(
            policy, observed.offerings[policy.uuid], observed.cluster, known, makers, observed.at, used_by, namer
        )
        for policy in policies
    ]
    found = diff(offerings, observed, known, admitted)
    history = History(
        known=known,
        managed=found.managed,
        own=found.own,
        now=observed.at,
        confirmed=confirmed,
    )
    verdict = judge(found.actions, history, guard)
    before = value_or(observed.directory, Directory())
    return Plan(
        at=observed.at,
        actions=verdict.allowed,
        held=verdict.held,
        waiting=tuple(item for one in offerings for item in one.waiting),
        unhandled=tuple(order for one in offerings for order in one.unhandled),
        notices=found.notices,
        refused=admitted.refused if admitted else (),
        persons=admitted.persons if admitted else {},
        own_groups=admitted.own_groups if admitted else {},
        strangers=found.strangers,
        inherited=found.inherited,
        usernames=_new_usernames(offerings, known),
        holders={
            name: holder for one in offerings for name, holder in one.services.items() if name not in known.holders
        },
        settled=found.settled,
        managed=found.managed,
        directory=published(before, admitted.directory, verdict.allowed) if admitted else None,
    )


def _new_usernames(offerings: Sequence[DesiredOffering], known: Known) -> dict[tuple[str, str], str]:
    """(offering, person) → the name that the journal does not know yet."""
    return {
        (one.policy.uuid, user.user_uuid): naming.name
        for one in offerings
        for user, naming in one.people
        if naming.name and known.usernames.get((one.policy.uuid, user.user_uuid)) != naming.name
    }


def _names_in_use(observed: Observed, policies: Sequence[OfferingPolicy], known: Known) -> dict[str, str]:
    resources = (resource for snapshot in observed.offerings.values() for resource in value_or(snapshot.resources, ()))
    offerings = [policy.uuid for policy in policies]
    return names_in_use(offerings, value_or(observed.cluster.accounts, {}), resources, known)
