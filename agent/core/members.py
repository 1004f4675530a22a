"""Who may use an account: the active roles of its project and its service accounts, by their names on the cluster."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agent.core.known import Known
from agent.core.model.marketplace import ProjectRole, Resource
from agent.core.naming import Naming
from agent.core.policy import OfferingPolicy
from agent.core.services import Member, Services

RESTRICTED = "access of members is restricted"
MANAGERS = frozenset({"PROJECT.MANAGER", "manager"})
"""The project roles whose people coordinate its accounts, as the servers of 2025 and of 2024 call them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A person or service account that should have access and cannot have it yet; ``username`` is "" without one."""

    offering: str
    account: str
    user_uuid: str
    reason: str
    username: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """``names``: usernames to associate; ``waiting``: who cannot be yet; ``ended``: username → why it goes.

    ``spared``: usernames of members who have no usable name now; they are not removed, and added only when a
    restriction that had taken them away ends. ``going``: the same as ``ended`` of everybody whose account at the
    offering is over, whatever their roles. ``managers``: the names that coordinate the account, where they may.
    ``unready``: of the spared, those whose names do not resolve as they should; they are not added at all.
    ``everyone``: why nobody may be associated, whoever they are ("" when members may).
    """

    names: frozenset[str]
    spared: frozenset[str] = frozenset()
    waiting: tuple[Member, ...] = ()
    ended: Mapping[str, str] = field(default_factory=dict)
    going: Mapping[str, str] = field(default_factory=dict, repr=False)
    managers: frozenset[str] = frozenset()
    unready: frozenset[str] = frozenset()
    everyone: str = ""

    def why_ended(self, name: str) -> str:
        """The record that says that a name loses access; "" when nothing but a silence does."""
        return self.everyone or self.ended.get(name, "") or self.going.get(name, "")


class Crew:
    """Finds the members of one offering's resources; roles and names are sorted out once for all of them.

    ``unready``: names that do not resolve as they should yet → why; nobody is added under one.
    """

    def __init__(
        self,
        policy: OfferingPolicy,
        roles: Iterable[ProjectRole],
        services: Services,
        namings: Mapping[str, Naming],
        known: Known,
        now: float,
        unready: Mapping[str, str],
    ) -> None:
        self._policy = policy
        self._namings = namings
        self._services = services
        self._known = known
        self._now = now
        self._unready = unready
        self._going = {one.held: f"the user {one.reason}" for one in namings.values() if one.ends and one.held}
        self._roles: dict[str, list[ProjectRole]] = {}
        for role in roles:
            if counts(role, policy):
                self._roles.setdefault(role.project_uuid, []).append(role)

    def of(self, resource: Resource) -> Members:
        """The members of one resource."""
        roles = self._roles.get(resource.project_uuid, [])
        active = {role.user_uuid for role in roles if self._active(role)}
        people, accounts = [self._person(one) for one in sorted(active)], self._services.of(resource)
        found = [self._gated(one) for one in (*people, *accounts.members)]
        names = frozenset(one.username for one in found if not one.reason)
        ended = {**accounts.ended, **self._ended(roles, active)}
        if resource.restrict_member_access:
            return Members(names=frozenset(), ended=ended, going=self._going, everyone=RESTRICTED)
        waiting = tuple(one for one in found if one.reason)
        spared = frozenset(filter(None, map(self._spared, waiting))) - names
        return Members(
            names=names,
            spared=spared,
            waiting=waiting,
            ended={name: why for name, why in ended.items() if name not in names},
            going=self._going,
            managers=self._managers(roles) & names,
            unready=spared & self._unready.keys(),
        )

    def _active(self, role: ProjectRole) -> bool:
        return role.expires is None or role.expires > self._now

    def _person(self, person: str) -> Member:
        naming = self._namings.get(person)
        if naming is None:
            return Member(uuid=person, reason="has no offering user yet")
        return Member(uuid=person, username=naming.name or naming.held, reason=naming.reason)

    def _gated(self, one: Member) -> Member:
        why = self._unready.get(one.username, "")
        return Member(uuid=one.uuid, username=one.username, reason=why) if why and not one.reason else one

    def _spared(self, one: Member) -> str:
        """The name that somebody who waits keeps; "" when there is none, or a record says that it ends."""
        naming = self._namings.get(one.uuid)
        if naming is not None and naming.ends:
            return ""
        return one.username or self._known.usernames.get((self._policy.uuid, one.uuid), "")

    def _managers(self, roles: Iterable[ProjectRole]) -> frozenset[str]:
        if not self._policy.coordinators:
            return frozenset()
        people = {role.user_uuid for role in roles if role.role in MANAGERS and self._active(role)}
        return frozenset(naming.name for one in people if (naming := self._namings.get(one)) and naming.name)

    def _ended(self, roles: Iterable[ProjectRole], active: set[str]) -> dict[str, str]:
        """Usernames that lose access on the word of a record, not of a silence."""
        ended: dict[str, str] = {}
        for role in roles:
            naming = self._namings.get(role.user_uuid)
            name = (naming.held if naming else "") or self._known.usernames.get((self._policy.uuid, role.user_uuid), "")
            if name and role.user_uuid not in active:
                ended[name] = f"the role {role.role} has expired"
        return ended


def counts(role: ProjectRole, policy: OfferingPolicy) -> bool:
    """Whether a role gives access under the offering's role filter."""
    return not policy.roles or role.role in policy.roles
