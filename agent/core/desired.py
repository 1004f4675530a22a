"""What the marketplace wants of the cluster: accounts, members, partitions, and what each order asks for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agent.core.known import Known
from agent.core.limits import OrderedLimits, without_factor
from agent.core.members import Crew, Members, Waiting
from agent.core.model.cluster import Account, PartitionValue
from agent.core.model.marketplace import Offering, OfferingUser, Order, Resource, ResourceState
from agent.core.names import NameMaker
from agent.core.naming import Namer, Naming
from agent.core.orders import Step, by_resource, ours_to_move, step
from agent.core.place import Place, Places
from agent.core.policy import OfferingPolicy
from agent.core.services import Services
from agent.core.shape import Shape, Shaper
from agent.core.snapshot import ClusterSnapshot, Missing, OfferingSnapshot, value_or
from agent.core.tree import Above, Tree

GONE = frozenset({ResourceState.TERMINATED, ResourceState.OTHER})
"""The states of a resource that nobody works in any more."""
SHOWN = 5
"""Notices of one kind that are shown one by one."""
COUNTED_NAMES = "project_slug"
"""The offering's account naming that gives each account its project's slug and a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One resource as the cluster should have it. ``order`` is the open order that asks for it, if any.

    ``shape`` is what its account, its QOS and its members' associations should be; ``above`` the accounts above it,
    from the top.
    """

    resource: Resource
    place: Place
    step: Step
    shape: Shape
    members: Members
    above: tuple[Above, ...] = ()
    order: Order | None = None

    @property
    def account(self) -> Account:
        """The account as it should be."""
        return self.shape.account

    @property
    def limits(self) -> OrderedLimits:
        """What was ordered, in Slurm's units."""
        return self.shape.limits


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredOffering:
    """What one offering wants. ``problem`` is a configuration error that keeps its orders where they are.

    ``offering`` is None when its description could not be read. ``people``: its users, and how each is called;
    ``services``: the usernames of its service accounts that may be used → their holders.
    """

    policy: OfferingPolicy
    offering: Offering | None = None
    wanted: tuple[Wanted, ...] = ()
    above: tuple[Above, ...] = ()
    partitions: Mapping[str, Mapping[str, PartitionValue]] = field(default_factory=dict)
    unhandled: tuple[Order, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    problem: str = ""
    notices: tuple[str, ...] = ()
    people: tuple[tuple[OfferingUser, Naming], ...] = ()
    services: Mapping[str, str] = field(default_factory=dict)


def build_desired(
    policy: OfferingPolicy,
    snapshot: OfferingSnapshot,
    cluster: ClusterSnapshot,
    known: Known,
    makers: Mapping[str, NameMaker],
    now: float,
    used_by: dict[str, str],
    namer: Namer,
) -> DesiredOffering:
    """What the offering wants, from whatever is known of it; the diff decides what may be done about it.

    ``makers``: see ``agent.engine.world.World``. ``used_by``: the account names in use → their holders, over all
    offerings; the names chosen here are added.
    """
    offering = None if isinstance(snapshot.offering, Missing) else snapshot.offering.value
    accounts = value_or(cluster.accounts, {})
    orders = value_or(snapshot.orders, ())
    places = _places(policy, offering, accounts, known, makers, used_by)
    tree = Tree(policy, accounts, places, {level: makers[f"{policy.uuid}/{level}"] for level in policy.tree})
    users = value_or(snapshot.users, ())
    namings = namer.of(policy, offering, users)
    services = Services(value_or(snapshot.services, ()), namer.claims, now)
    crew = Crew(policy, value_or(snapshot.teams, ()), services, namings, known, now, namer.unready)
    shaper = Shaper(policy, offering, cluster, known)
    wanted = tuple(
        _wanted(resource, order, places, tree, crew, shaper)
        for resource, order in _with_orders(policy, value_or(snapshot.resources, ()), orders)
    )
    return DesiredOffering(
        policy=policy,
        offering=offering,
        wanted=wanted,
        above=tuple(tree.all()),
        partitions={p.name: p.fields for p in offering.partitions if p.fields} if offering else {},
        unhandled=tuple(order for order in orders if step(None, order) is Step.UNHANDLED),
        waiting=tuple(_waiting(policy.uuid, wanted)),
        problem=_problem(policy, without_factor(policy, offering.components)) if offering else "",
        notices=(*_notices(policy, wanted, orders), *_renamed(namings.values())),
        people=tuple((user, namings[user.user_uuid]) for user in users),
        services=services.names,
    )


def _places(
    policy: OfferingPolicy,
    offering: Offering | None,
    accounts: Mapping[str, Account],
    known: Known,
    makers: Mapping[str, NameMaker],
    used_by: dict[str, str],
) -> Places:
    """By the offering's own naming where it has one and the settings have no template of their own."""
    counted = makers.get(f"{policy.uuid}/{COUNTED_NAMES}") if offering and offering.account_naming else None
    counting = counted is not None and offering is not None and offering.account_naming == COUNTED_NAMES
    make = counted if counting and counted else makers[policy.uuid]
    return Places(policy.uuid, accounts, known, make, used_by, counting)


def _with_orders(
    policy: OfferingPolicy, resources: Iterable[Resource], orders: Iterable[Order]
) -> Iterable[tuple[Resource, Order | None]]:
    """The resources there is anything to do about, each with its open order."""
    found = by_resource(policy, orders)
    for resource in sorted(resources, key=lambda resource: resource.uuid):
        order = found.get(resource.uuid)
        now = step(resource, order)
        if now is Step.RESTORE or (resource.state not in GONE and now is not Step.NONE):
            yield resource, order


def _wanted(resource: Resource, order: Order | None, places: Places, tree: Tree, crew: Crew, shaper: Shaper) -> Wanted:
    now = step(resource, order)
    above = tree.above(resource) if now is not Step.TERMINATE else ()  # they choose their names first
    place = places.of(resource)
    return Wanted(
        resource=resource,
        place=place,
        step=now,
        shape=shaper.of(resource, order, place, above[-1].place.name if above else ""),
        members=crew.of(resource),
        above=above,
        order=order,
    )


def _waiting(offering: str, wanted: Iterable[Wanted]) -> Iterable[Waiting]:
    for item in wanted:
        for one in item.members.waiting if item.step is not Step.TERMINATE else ():
            yield Waiting(
                offering=offering,
                account=item.place.name,
                user_uuid=one.uuid,
                reason=one.reason,
                username=one.username,
            )


def _renamed(namings: Iterable[Naming]) -> Iterable[str]:
    """People whose name here is not the marketplace's, each in a line; of many the first, and how many there are."""
    notes = [one.note for one in namings if one.note]
    yield from notes[:SHOWN]
    if len(notes) > SHOWN:
        yield f"{len(notes) - SHOWN} more users have another name in the marketplace than here: agent users list"


def _problem(policy: OfferingPolicy, missing: Iterable[str]) -> str:
    names = ", ".join(missing)
    if not names:
        return ""
    return (
        f"offering {policy.name}: component {names} has no factor: set one in offerings.components "
        "(TRES-minutes in one unit: cpu-hours 60, GB-hours 61440); its orders stay pending until then"
    )


def _notices(policy: OfferingPolicy, wanted: Iterable[Wanted], orders: Iterable[Order]) -> Iterable[str]:
    unmapped = sorted({name for item in wanted for name in item.limits.unmapped})
    if unmapped:
        yield f"offering {policy.name}: component {', '.join(unmapped)} is not in the settings and is not set in Slurm"
    for item in wanted:
        name = f"resource {item.resource.name} ({item.resource.uuid[:8]})"
        if item.place.refused and not item.step.makes:
            yield f"{name}: {item.place.refused}"
        if item.shape.problem:
            yield f"{name}: {item.shape.problem}"
    for order in orders:
        if order.state.value == "pending-provider" and not ours_to_move(policy, order):
            yield (
                f"order {order.uuid[:8]} ({order.type} {order.resource_name}) waits for its approval in the marketplace"
            )
