"""Taking an account that exists already under management: whether it may be, and everything it would change.

Adopting itself changes the marker (Organization and Description), the resource's backend_id and the journal. All else
is the next sync's work; it is found out beforehand by planning for a world in which the marker is there already.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.core.about import held_back, noted, planned
from agent.core.actions import Action, AddAssociation, CreateAccount, MoveAccount, RemoveAssociation
from agent.core.cycle import make_plan
from agent.core.desired import COUNTED_NAMES
from agent.core.guard import HeldAction
from agent.core.known import Known
from agent.core.model.cluster import Account
from agent.core.model.marketplace import OrderType, Resource, ResourceState
from agent.core.names import NameMaker, description, is_account_name, marked, organization, shorten
from agent.core.place import is_ours, level, marks
from agent.core.plan import Plan
from agent.core.policy import GuardPolicy, OfferingPolicy
from agent.core.snapshot import Missing, Observed, SectionName, value_or

_ENDING = frozenset({ResourceState.TERMINATING, ResourceState.TERMINATED})
_MARKED = "waldur-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Everything that is looked at; the fields are those of ``agent.core.cycle.make_plan``."""

    observed: Observed
    policies: Sequence[OfferingPolicy]
    guard: GuardPolicy
    known: Known
    makers: Mapping[str, NameMaker]

    @property
    def accounts(self) -> Mapping[str, Account]:
        """Every account of the cluster."""
        return value_or(self.observed.cluster.accounts, {})

    def resources(self) -> Iterator[tuple[OfferingPolicy, Resource]]:
        """Every resource of every offering, in the settings' order."""
        for policy in self.policies:
            for resource in value_or(self.observed.offerings[policy.uuid].resources, ()):
                yield policy, resource

    def users(self, account: str) -> frozenset[str]:
        """The users in an account."""
        return frozenset(one.user for one in value_or(self.observed.cluster.associations, ()) if one.account == account)

    def orders(self, offering: str, resource: str) -> list[tuple[str, OrderType]]:
        """(UUID, type) of the open orders of a resource."""
        orders = value_or(self.observed.offerings[offering].orders, ())
        return [(order.uuid, order.type) for order in orders if order.resource_uuid == resource]

    def plan(self) -> Plan:
        """The plan for what is seen; the directory is left out of it."""
        return make_plan(self.observed, self.policies, self.guard, self.known, self.makers)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptAccount(Action):
    """Give an account that exists the marker of a resource: ``before`` and ``after`` differ in nothing else."""

    kind = "adopt account"
    rank = 30
    needs = frozenset({SectionName.ACCOUNTS, SectionName.ASSOCIATIONS, SectionName.RESOURCES})

    before: Account
    after: Account
    resource: Resource

    @property
    def subject(self) -> str:
        """The account."""
        return self.after.name

    def describe(self) -> str:
        """One line for a person."""
        return f"adopt account {self.after.name} for resource {self.resource.name} ({self.resource.uuid[:8]})"

    @property
    def renames(self) -> bool:
        """Whether the marketplace has to be told the account's name."""
        return self.resource.backend_id != self.after.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What follows from adopting. ``own``: users of the account that are the agent's own from then on.

    ``strangers``: users that stay and are left alone. ``actions`` and ``held``: what the next sync does about the
    account, or would but for the guard. ``waiting``: who cannot be added yet, and why.
    """

    own: tuple[str, ...]
    strangers: tuple[str, ...]
    actions: tuple[Action, ...]
    held: tuple[HeldAction, ...]
    waiting: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def added(self) -> tuple[str, ...]:
        """The users that are added."""
        return tuple(action.user for action in self.actions if isinstance(action, AddAssociation))

    @property
    def removed(self) -> tuple[str, ...]:
        """The users that are removed, at once or as soon as the guard allows it."""
        return _removed((*self.actions, *(item.action for item in self.held)))


def adoption(sight: Sight, name: str, resource: str) -> AdoptAccount | str:
    """What adopting would write, or why it may not be done; ``resource`` is one of ``sight.resources()``, by UUID."""
    policy, wanted = next((policy, one) for policy, one in sight.resources() if one.uuid == resource)
    refused = next(filter(None, _reasons(sight, policy, wanted, name)), "")
    return refused or _marked(policy, wanted, sight.accounts[name])


def imagined(sight: Sight, adoptions: Iterable[AdoptAccount]) -> Sight:
    """The same world with the markers there already, and the journal knowing of it."""
    accounts, mine, used_by = dict(sight.accounts), dict(sight.known.accounts), dict(sight.known.used_by)
    for one in adoptions:
        accounts[one.after.name] = one.after
        mine[one.resource.uuid] = one.after.name
        used_by[one.after.name] = one.resource.uuid
    section = sight.observed.cluster.accounts
    seen = section if isinstance(section, Missing) else replace(section, value=accounts)
    observed = replace(sight.observed, cluster=replace(sight.observed.cluster, accounts=seen))
    return replace(sight, observed=observed, known=replace(sight.known, accounts=mine, used_by=used_by))


def consequences(sight: Sight, plan: Plan, adopted: AdoptAccount) -> Consequences:
    """What the plan of an imagined world says of one adopted account."""
    name, resource = adopted.after.name, adopted.resource.uuid
    own = frozenset(user for account, user in (*sight.known.associations, *plan.inherited) if account == name)
    there, actions = sight.users(name), planned(plan, resource, name)
    held = held_back(plan, resource, name)
    leaving = _removed((*actions, *(item.action for item in held)))
    orders = [order for order, _ in sight.orders(adopted.offering, resource)]
    return Consequences(
        own=tuple(sorted(own & there)),
        strangers=tuple(sorted(there - own - set(leaving))),
        actions=(*_made_above(plan, adopted, actions), *actions),
        held=held,
        waiting=tuple((item.user_uuid, item.reason) for item in plan.waiting if item.account == name),
        notices=noted(plan, resource, orders),
    )


def candidates(sight: Sight) -> Iterator[tuple[OfferingPolicy, Resource, str]]:
    """Resources without an account of ours, each with an account that could be theirs and is nobody's yet.

    That is one named like the backend_id, else like the journal or the offering's naming would have it.
    """
    placed = {policy.uuid: marks(sight.accounts, policy.uuid) for policy in sight.policies}
    for policy, resource in sight.resources():
        if resource.state in _ENDING or resource.uuid in placed[policy.uuid]:
            continue
        there = (sight.accounts.get(name) for name in _names(sight, policy, resource))
        found = next((one for one in there if one and not _somebody_elses(one, policy, resource)), None)
        if found is not None:
            yield policy, resource, found.name


def _reasons(sight: Sight, policy: OfferingPolicy, resource: Resource, name: str) -> Iterator[str]:
    """Every reason not to adopt, in the order in which a person would mend them; "" for what is fine."""
    account = sight.accounts.get(name)
    if account is None:
        yield f"there is no account {name[:60]} in Slurm"
        return
    yield _protected(sight, name)
    yield _ending(sight, policy, resource)
    yield _somebody_elses(account, policy, resource)
    yield _another_account(sight, policy, resource, name)
    yield _of_another_resource(sight, resource, name)
    children = sorted(one.name for one in sight.accounts.values() if one.parent == name)
    yield f"account {name} has accounts below it: {', '.join(children)}; move them" if children else ""


def _protected(sight: Sight, name: str) -> str:
    if name in sight.guard.protected | {"root"}:
        return f"account {name} is protected"
    if any(name == policy.parent_account for policy in sight.policies):
        return f"account {name} is the parent account of an offering in the settings"
    if not is_account_name(name):
        return f"{name[:60]!r} is no name that the agent manages: at most 42 of a-z, 0-9, _ and -"
    return ""


def _ending(sight: Sight, policy: OfferingPolicy, resource: Resource) -> str:
    ending = any(kind is OrderType.TERMINATE for _, kind in sight.orders(policy.uuid, resource.uuid))
    if ending or resource.state in _ENDING:
        return f"resource {resource.name} is being terminated, and would take the account along"
    return ""


def _somebody_elses(account: Account, policy: OfferingPolicy, resource: Resource) -> str:
    """Whether a marker says that the account is somebody's already."""
    if account.organization.startswith(_MARKED) and account.organization != organization(policy.uuid):
        return f"account {account.name} carries the marker of another offering: {account.organization}"
    if level(account):
        return f"account {account.name} is the one of a {level(account)}: {account.description}"
    whose = marked(account.description)
    if whose not in {None, resource.uuid}:
        return f"account {account.name} carries the marker of another resource: {account.description}"
    return ""


def _another_account(sight: Sight, policy: OfferingPolicy, resource: Resource, name: str) -> str:
    has = marks(sight.accounts, policy.uuid).get(resource.uuid, name)
    return "" if has == name else f"resource {resource.name} has account {has} already"


def _of_another_resource(sight: Sight, resource: Resource, name: str) -> str:
    """A name belongs to one resource for ever: Slurm's accounting charges a second one with what the first used."""
    said = next(
        (one for _, one in sight.resources() if one.backend_id.lower() == name and one.uuid != resource.uuid), None
    )
    if said is not None:
        return f"account {name} is the backend_id of another resource: {said.name} ({said.uuid[:8]})"
    had = sight.known.used_by.get(name, resource.uuid)
    return "" if had == resource.uuid else f"account {name} was the one of another resource ({had[:8]})"


def _marked(policy: OfferingPolicy, resource: Resource, there: Account) -> AdoptAccount:
    human = f"{resource.project_name or resource.project_slug} {resource.name}"
    ours = is_ours(there, policy.uuid)
    text = there.description if ours else description(resource.uuid, human)
    after = replace(there, organization=organization(policy.uuid), description=text)
    return AdoptAccount(offering=policy.uuid, before=there, after=after, resource=resource)


def _made_above(plan: Plan, adopted: AdoptAccount, actions: Iterable[Action]) -> tuple[CreateAccount, ...]:
    """The accounts above that are made for it, from the top."""
    made = {action.account.name: action for action in plan.actions if isinstance(action, CreateAccount)}
    moved = next((action.after.parent for action in actions if isinstance(action, MoveAccount)), "")
    parent, line = moved or adopted.after.parent, []
    while parent in made:
        line.append(made[parent])
        parent = made[parent].account.parent
    return tuple(reversed(line))


def _removed(actions: Iterable[Action]) -> tuple[str, ...]:
    return tuple(action.user for action in actions if isinstance(action, RemoveAssociation))


def _names(sight: Sight, policy: OfferingPolicy, resource: Resource) -> Iterable[str]:
    offering = value_or(sight.observed.offerings[policy.uuid].offering, None)
    counted = sight.makers.get(f"{policy.uuid}/{COUNTED_NAMES}")
    naming = offering.account_naming if offering else ""
    make = counted if counted and naming == COUNTED_NAMES else sight.makers[policy.uuid]
    said = resource.backend_id.lower(), sight.known.accounts.get(resource.uuid, ""), shorten(make(resource))
    return dict.fromkeys(filter(None, said))
