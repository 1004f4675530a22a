"""What the marketplace wants of the cluster: accounts, members, partitions, and what each order asks for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agent.core.known import Known
from agent.core.limits import Limits, limits, without_factor
from agent.core.members import Crew, Members, Waiting
from agent.core.model.cluster import Account, PartitionValue
from agent.core.model.marketplace import Component, Order, Resource, ResourceState
from agent.core.names import NameMaker, description, organization
from agent.core.orders import TAKEN_UP, Step, step
from agent.core.place import Place, Places
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import Missing, OfferingSnapshot, value_or

_GONE = frozenset({ResourceState.TERMINATED, ResourceState.OTHER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One resource as the cluster should have it. ``order`` is the open order that asks for it, if any."""

    resource: Resource
    place: Place
    step: Step
    account: Account
    limits: Limits
    members: Members
    order: Order | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredOffering:
    """What one offering wants. ``problem`` is a configuration error that keeps its orders where they are."""

    policy: OfferingPolicy
    wanted: tuple[Wanted, ...] = ()
    partitions: Mapping[str, Mapping[str, PartitionValue]] = field(default_factory=dict)
    unhandled: tuple[Order, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    problem: str = ""
    notices: tuple[str, ...] = ()


def build_desired(
    policy: OfferingPolicy,
    snapshot: OfferingSnapshot,
    accounts: Mapping[str, Account],
    known: Known,
    make_name: NameMaker,
    now: float,
    used_by: dict[str, str],
) -> DesiredOffering:
    """What the offering wants, from whatever is known of it; the diff decides what may be done about it.

    ``used_by``: the account names in use → their resources, over all offerings; the names chosen here are added.
    """
    offering = None if isinstance(snapshot.offering, Missing) else snapshot.offering.value
    components = offering.components if offering else ()
    orders = value_or(snapshot.orders, ())
    places = Places(policy.uuid, accounts, known, make_name, used_by)
    crew = Crew(policy, value_or(snapshot.teams, ()), value_or(snapshot.users, ()), known, now)
    wanted = tuple(
        _wanted(policy, resource, order, places.of(resource), crew.of(resource), components, accounts)
        for resource, order in _with_orders(value_or(snapshot.resources, ()), orders)
    )
    return DesiredOffering(
        policy=policy,
        wanted=wanted,
        partitions={p.name: p.fields for p in offering.partitions if p.fields} if offering else {},
        unhandled=tuple(order for order in orders if step(None, order) is Step.UNHANDLED),
        waiting=tuple(_waiting(policy.uuid, wanted)),
        problem=_problem(policy, without_factor(policy, components)) if offering else "",
        notices=tuple(_notices(policy, wanted)),
    )


def _with_orders(resources: Iterable[Resource], orders: Iterable[Order]) -> Iterable[tuple[Resource, Order | None]]:
    """The resources there is anything to do about, each with its open order: the oldest that is ours to move."""
    oldest_last = sorted(orders, key=lambda order: (order.state in TAKEN_UP, -order.created, order.uuid))
    by_resource = {order.resource_uuid: order for order in oldest_last if order.resource_uuid}
    for resource in sorted(resources, key=lambda resource: resource.uuid):
        order = by_resource.get(resource.uuid)
        if resource.state not in _GONE and step(resource, order) is not Step.NONE:
            yield resource, order


def _wanted(
    policy: OfferingPolicy,
    resource: Resource,
    order: Order | None,
    place: Place,
    crew: Members,
    components: Iterable[Component],
    accounts: Mapping[str, Account],
) -> Wanted:
    now = step(resource, order)
    found = limits(policy, components, order.limits if order and now is Step.CREATE else resource.limits)
    account = _account(policy, resource, place, found, accounts)
    return Wanted(resource=resource, place=place, step=now, account=account, limits=found, members=crew, order=order)


def _account(
    policy: OfferingPolicy, resource: Resource, place: Place, found: Limits, accounts: Mapping[str, Account]
) -> Account:
    """The account as it should be; what is not ours to decide is copied from what is there."""
    there = accounts.get(place.name) if place.ours else None
    human = f"{resource.project_name or resource.project_slug} {resource.name}"
    return Account(
        name=place.name,
        parent=there.parent if there else policy.parent_account,
        organization=organization(policy.uuid),
        description=there.description if there else description(resource.uuid, human),
        grp_tres_mins={**(there.grp_tres_mins if there else {}), **found.grp_tres_mins},
        grp_submit_jobs=there.grp_submit_jobs if there else None,
    )


def _waiting(offering: str, wanted: Iterable[Wanted]) -> Iterable[Waiting]:
    for item in wanted:
        for person, why in item.members.waiting if item.step is not Step.TERMINATE else ():
            yield Waiting(offering=offering, account=item.place.name, user_uuid=person, reason=why)


def _problem(policy: OfferingPolicy, missing: Iterable[str]) -> str:
    names = ", ".join(missing)
    if not names:
        return ""
    return (
        f"offering {policy.name}: component {names} has no factor: set one in offerings.components "
        "(TRES-minutes in one unit: cpu-hours 60, GB-hours 61440); its orders stay pending until then"
    )


def _notices(policy: OfferingPolicy, wanted: Iterable[Wanted]) -> Iterable[str]:
    unmapped = sorted({name for item in wanted for name in item.limits.unmapped})
    if unmapped:
        yield f"offering {policy.name}: component {', '.join(unmapped)} is not in the settings and is not set in Slurm"
    for item in wanted:
        if item.place.refused and item.step is not Step.CREATE:
            yield f"resource {item.resource.name} ({item.resource.uuid[:8]}): {item.place.refused}"
