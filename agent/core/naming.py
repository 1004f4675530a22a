"""How an offering's people are called: the name each may use now, and what has to be told to the marketplace."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agent.core.known import Known
from agent.core.model.marketplace import Offering, OfferingUser
from agent.core.model.people import Proposal
from agent.core.names import is_username
from agent.core.policy import OfferingPolicy
from agent.core.usernames import Claims, Given, UsernameMaker, candidates, first_free

USABLE_STATES = frozenset({"", "OK"})
"""The offering-user states in which a name may be used; "" is a server without states."""
CREATED = frozenset({"Requested", "Creating", "Error creating"})
"""The states of an account that is to be made."""
LINKING = "Pending account linking"
VALIDATION = "Pending additional validation"
GOING = frozenset({"Requested deletion", "Deleting", "Error deleting", "Deleted"})
"""The states of an account that the marketplace wants gone: as good as an expired role."""
NAMEABLE = USABLE_STATES | CREATED | {LINKING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """One offering user's name: ``name`` may be used, or ``reason`` says why there is none.

    ``write``: the name to be told to the marketplace, ``back`` when it was told before. ``refused``: no name can be
    given until a person changes something; ``linked`` is False when the source does not know the person yet.
    ``held``: the name they have had, whatever the marketplace shows. ``ends``: a record says that they lose access.
    """

    name: str = ""
    reason: str = ""
    write: str = ""
    back: bool = False
    refused: bool = False
    linked: bool = True
    held: str = ""
    ends: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What was found out for naming people.

    ``proposals``: (offering, person) → the name proposed; ``makers``: offering → its template; ``away``: offering → why
    its source has no answer. ``reserved``: names that nobody gets; ``local``: other users of this host.
    """

    proposals: Mapping[tuple[str, str], Proposal] = field(default_factory=dict)
    makers: Mapping[str, UsernameMaker] = field(default_factory=dict)
    away: Mapping[str, str] = field(default_factory=dict)
    reserved: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()


class Namer:
    """Names the people of all offerings of a run, one offering after the other.

    ``claims``: whose each name is; ``unready``: names that do not resolve as they should yet → why.
    """

    def __init__(self, known: Known, claims: Claims, sources: Sources, unready: Mapping[str, str]) -> None:
        self.claims = claims
        self.unready = unready
        self._known = known
        self._sources = sources
        self._given = Given()
        self._had: dict[str, str] = {}
        for (_, person), name in sorted(known.usernames.items()):
            if known.holders.get(name, person) == person:
                self._had.setdefault(person, name)
        for name, person in sorted(claims.holders.items()):
            if is_username(name):
                self._had.setdefault(person, name)

    def of(self, policy: OfferingPolicy, offering: Offering | None, users: Iterable[OfferingUser]) -> dict[str, Naming]:
        """Person → naming. In the order of the UUIDs, so that a collision is always resolved the same way."""
        ours = offering is not None and offering.leaves_usernames
        return {
            user.user_uuid: self._naming(policy, user, ours=ours)
            for user in sorted(users, key=lambda user: (user.user_uuid, user.uuid))
        }

    def _naming(self, policy: OfferingPolicy, user: OfferingUser, *, ours: bool) -> Naming:
        had = self._remembered(policy.uuid, user)
        if user.restricted:
            return Naming(reason="is restricted at this offering", held=had or self._own(user), ends=True)
        if user.state in GOING:
            return Naming(reason=f"is in state {user.state}", held=had or self._own(user), ends=True)
        if had:
            back = ours and not user.username and user.state in NAMEABLE
            return Naming(name=had, write=had if back else "", back=back, held=had, note=self._renamed(user, had))
        if user.username:
            return self._shown(user)
        return self._new(policy, user, ours=ours)

    def _remembered(self, offering: str, user: OfferingUser) -> str:
        name = self._known.usernames.get((offering, user.user_uuid), "")
        mine = self._known.holders.get(name, user.user_uuid) == user.user_uuid
        return name if mine and is_username(name) else ""

    def _own(self, user: OfferingUser) -> str:
        """The name that the marketplace shows, unless somebody else has it."""
        holder = self.claims.holders.get(user.username, user.user_uuid)
        return user.username if holder == user.user_uuid else ""

    def _renamed(self, user: OfferingUser, had: str) -> str:
        if user.username in {"", had}:
            return ""
        return (
            f"user {user.user_uuid[:8]} is {user.username[:40]!r} in the marketplace and stays {had} here; to change"
            f" the name: agent users release {had}"
        )

    def _shown(self, user: OfferingUser) -> Naming:
        """The name that the marketplace shows, of a person of whom the journal knows none."""
        problem = self.claims.problem(user.username, user.user_uuid)
        if problem:
            return Naming(reason=problem, refused=True, held=self._own(user))
        if user.state not in USABLE_STATES:
            return Naming(reason=f"is in state {user.state}", held=user.username)
        return Naming(name=user.username, held=user.username)

    def _new(self, policy: OfferingPolicy, user: OfferingUser, *, ours: bool) -> Naming:
        if not ours:
            return Naming(reason="has no username yet; the marketplace names its users")
        elsewhere = self._given.by_person.get(user.user_uuid) or self._had.get(user.user_uuid, "")
        if user.state not in NAMEABLE:
            return Naming(reason=f"is in state {user.state}")
        if not policy.username.source and not elsewhere:
            return Naming(reason="has no username yet; no table offerings.username says who names people")
        if elsewhere and self.claims.free(elsewhere, user.user_uuid):
            return self._chosen(user, elsewhere)
        if unsure := self.claims.unsure.get(policy.uuid, ""):
            return Naming(reason=f"has no username yet: which names are in use is not known for sure: {unsure}")
        return self._proposed(policy, user)

    def _proposed(self, policy: OfferingPolicy, user: OfferingUser) -> Naming:
        proposal = self._sources.proposals.get((policy.uuid, user.user_uuid))
        if proposal is None:
            away = self._sources.away.get(policy.uuid, "")
            return Naming(reason=f"has no username yet{away and f': {away}'}")
        if not proposal.name:
            return Naming(reason=f"has no username: {proposal.reason}", refused=proposal.linked, linked=proposal.linked)
        make, longest = self._sources.makers.get(policy.uuid), policy.username.longest
        names = candidates(user, make, longest, self._given.reached) if make else iter([proposal.name])
        name = first_free(names, user.user_uuid, self.claims, self._given)
        if name:
            return self._chosen(user, name)
        return Naming(
            reason=f"cannot be named {proposal.name[:40]!r}: {self._why_not(proposal.name, user)}", refused=True
        )

    def _chosen(self, user: OfferingUser, name: str) -> Naming:
        self._given.give(name, user.user_uuid)
        return Naming(name=name, write=name, held=name)

    def _why_not(self, name: str, user: OfferingUser) -> str:
        fault = self.claims.fault(name, user.user_uuid)
        return f"it {fault}" if fault else "the name is in use on this cluster or host"


def asks_source(policy: OfferingPolicy, offering: Offering | None, user: OfferingUser, known: Known) -> bool:
    """Whether a person has no name and the offering's source is to be asked for one."""
    if offering is None or not offering.leaves_usernames or not policy.username.source:
        return False
    unnamed = not user.username and (policy.uuid, user.user_uuid) not in known.usernames
    return unnamed and not user.restricted and user.state in NAMEABLE
