"""The people and service accounts of all offerings, found by name, by project and by themselves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from agent.core.known import Known
from agent.core.model.marketplace import OfferingUser, ProjectRole, ServiceAccount
from agent.core.naming import Namer, Naming, Sources
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import Observed, OfferingSnapshot, value_or
from agent.core.usernames import claims


@dataclass(frozen=True, kw_only=True)
class People:
    """``reserved``: names that nobody gets, because the system or the site has them; ``local``: others of this host."""

    observed: Observed
    known: Known
    policies: Sequence[OfferingPolicy]
    reserved: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()

    @cached_property
    def policy(self) -> Mapping[str, OfferingPolicy]:
        """Offering → its rules."""
        return {policy.uuid: policy for policy in self.policies}

    def offering(self, uuid: str) -> OfferingSnapshot:
        """What was read of one offering of the settings."""
        return self.observed.offerings[uuid]

    @cached_property
    def users(self) -> Mapping[tuple[str, str], OfferingUser]:
        """(offering, marketplace user) → the offering user."""
        return {
            (uuid, user.user_uuid): user
            for uuid, snapshot in self.observed.offerings.items()
            for user in value_or(snapshot.users, ())
        }

    @cached_property
    def services(self) -> Sequence[tuple[str, ServiceAccount]]:
        """(offering, account) of every account that is no person's."""
        return [
            (uuid, one) for uuid, snapshot in self.observed.offerings.items() for one in value_or(snapshot.services, ())
        ]

    @cached_property
    def roles(self) -> Mapping[tuple[str, str], Sequence[ProjectRole]]:
        """(offering, marketplace user) → the roles in projects that have a resource of the offering."""
        found: dict[tuple[str, str], list[ProjectRole]] = defaultdict(list)
        for uuid, snapshot in self.observed.offerings.items():
            for role in value_or(snapshot.teams, ()):
                found[uuid, role.user_uuid].append(role)
        return dict(found)

    @cached_property
    def in_project(self) -> Mapping[tuple[str, str], frozenset[tuple[str, str]]]:
        """(offering, project) → the (offering, marketplace user) with any role in it."""
        found: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        for person, roles in self.roles.items():
            for role in roles:
                found[person[0], role.project_uuid].add(person)
        return {where: frozenset(people) for where, people in found.items()}

    @cached_property
    def known_people(self) -> Sequence[tuple[str, str]]:
        """Every (offering, marketplace user) of whom anything is known."""
        everyone = dict.fromkeys((*self.users, *self.known.usernames, *self.roles))
        return [person for person in everyone if person[0] in self.policy]

    @cached_property
    def offerings_of(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Marketplace user → the (offering, marketplace user) where anything is known of this person."""
        found: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        for person in self.known_people:
            found[person[1]][person] = None
        return {user: tuple(persons) for user, persons in found.items()}

    @cached_property
    def people(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Username → the (offering, marketplace user) who have it or had it, whoever says so."""
        found: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        for person, user in self.users.items():
            found[user.username][person] = None
        for person, name in self.known.usernames.items():
            found[name][person] = None
        for name, user_uuid in self.known.holders.items():
            found[name].update(dict.fromkeys(self.offerings_of.get(user_uuid, ())))
        found.pop("", None)
        return {name: tuple(persons) for name, persons in found.items() if persons}

    @cached_property
    def names(self) -> Mapping[tuple[str, str], Sequence[str]]:
        """(offering, marketplace user) → every username this person has or had, the one of today first."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for name, persons in self.people.items():
            for person in persons:
                found[person].append(name)
        return {person: sorted(names, key=self._now(person).__ne__) for person, names in found.items()}

    def _now(self, person: tuple[str, str]) -> str:
        """A person's name of today: the one the journal keeps, else the one the marketplace shows."""
        user, kept = self.users.get(person), self.known.usernames.get(person, "")
        mine = self.known.holders.get(kept, person[1]) == person[1]
        return (kept if mine else "") or (user.username if user else "")

    @cached_property
    def namings(self) -> Mapping[tuple[str, str], Naming]:
        """(offering, marketplace user) → how this person is called; what only a source can say is left open."""
        namer = Namer(self.known, claims(self.observed, self.known, self.reserved, self.local), Sources(), {})
        found: dict[tuple[str, str], Naming] = {}
        for policy in self.policies:
            snapshot = self.offering(policy.uuid)
            named = namer.of(policy, value_or(snapshot.offering, None), value_or(snapshot.users, ()))
            found |= {(policy.uuid, person): naming for person, naming in named.items()}
        return found
