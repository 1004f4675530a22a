"""Who may use an account: the active roles of its project, with the names these people have on the cluster."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agent.core.known import Known
from agent.core.model.marketplace import OfferingUser, ProjectRole, Resource
from agent.core.names import is_username
from agent.core.policy import OfferingPolicy

USABLE_STATES = frozenset({"", "OK"})
"""The offering-user states in which a name may be used; "" is a server without states."""


RESTRICTED = "access of members is restricted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A person who should have access and cannot have it yet."""

    offering: str
    account: str
    user_uuid: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """``names``: usernames to associate; ``waiting``: (marketplace user, reason); ``ended``: username → why it goes.

    ``spared``: usernames of members who have no usable name now; they are not removed, and added only when a
    restriction that had taken them away ends.
    ``everyone``: why nobody may be associated, whoever they are ("" when members may).
    """

    names: frozenset[str]
    spared: frozenset[str] = frozenset()
    waiting: tuple[tuple[str, str], ...] = ()
    ended: Mapping[str, str] = field(default_factory=dict)
    everyone: str = ""


class Crew:
    """Finds the members of one offering's resources; roles and names are sorted out once for all of them."""

    def __init__(
        self,
        policy: OfferingPolicy,
        roles: Iterable[ProjectRole],
        users: Iterable[OfferingUser],
        known: Known,
        now: float,
    ) -> None:
        self._offering = policy.uuid
        self._users = {user.user_uuid: user for user in users}
        self._known = known
        self._now = now
        self._roles: dict[str, list[ProjectRole]] = {}
        for role in roles:
            if counts(role, policy):
                self._roles.setdefault(role.project_uuid, []).append(role)

    def of(self, resource: Resource) -> Members:
        """The members of one resource."""
        roles = self._roles.get(resource.project_uuid, [])
        active = {role.user_uuid for role in roles if role.expires is None or role.expires > self._now}
        named = {person: self._name(person) for person in sorted(active)}
        names = frozenset(name for name, _ in named.values() if name)
        waiting = tuple((person, reason) for person, (_, reason) in named.items() if reason)
        ended = self._ended(roles, active)
        if resource.restrict_member_access:
            return Members(names=frozenset(), ended={**ended, **dict.fromkeys(names, RESTRICTED)}, everyone=RESTRICTED)
        spared = frozenset(filter(None, (self._spared(person) for person, _ in waiting))) - names
        return Members(names=names, spared=spared, waiting=waiting, ended=ended)

    def _name(self, person: str) -> tuple[str, str]:
        return usable_name(self._offering, person, self._users.get(person), self._known)

    def _spared(self, person: str) -> str:
        """The name a member had before it became unusable; "" when there is none or the member is restricted."""
        user = self._users.get(person)
        if user is not None and user.restricted:
            return ""
        return self._known.usernames.get((self._offering, person), "")

    def _ended(self, roles: Iterable[ProjectRole], active: set[str]) -> dict[str, str]:
        """Usernames that lose access on the word of a record, not of a silence."""
        ended: dict[str, str] = {}
        for role in roles:
            user = self._users.get(role.user_uuid)
            remembered = self._known.usernames.get((self._offering, role.user_uuid), "")
            name = (user.username if user else "") or remembered
            if name and role.user_uuid not in active:
                ended[name] = f"the role {role.role} has expired"
            elif name and user is not None and user.restricted:
                ended[name] = "the user is restricted at this offering"
        return ended


def counts(role: ProjectRole, policy: OfferingPolicy) -> bool:
    """Whether a role gives access under the offering's role filter."""
    return not policy.roles or role.role in policy.roles


def given_names(users: Iterable[OfferingUser]) -> dict[str, str]:
    """Marketplace user → the username that may be used now, and is to be remembered should the server blank it."""
    return {
        user.user_uuid: user.username
        for user in users
        if is_username(user.username) and user.state in USABLE_STATES and not user.restricted
    }


def usable_name(offering: str, person: str, user: OfferingUser | None, known: Known) -> tuple[str, str]:
    """(name, "") or ("", why not). A name once given stays while the server blanks it; it is never made up."""
    remembered = known.usernames.get((offering, person), "")
    if user is None:
        return "", "has no offering user yet"
    if user.restricted:
        return "", "is restricted at this offering"
    name = user.username or remembered
    if not name:
        return "", "has no username yet"
    if not is_username(name):
        return "", f"has a username that cannot be used on the cluster: {name[:40]!r}"
    if user.state not in USABLE_STATES and name != remembered:
        return "", f"is in state {user.state}"
    return name, ""
