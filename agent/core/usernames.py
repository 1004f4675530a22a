"""Usernames: made of what a source proposes, and whose each one is, over all offerings of a run.

A name once given to a person is theirs until somebody releases it; it is never given to another.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from agent.core.known import Known
from agent.core.model.directory import Directory
from agent.core.model.marketplace import OfferingUser, ServiceAccount
from agent.core.names import is_username
from agent.core.snapshot import Observed, reason, value_or
from agent.core.transliteration import plain

UsernameMaker = Callable[[OfferingUser, int], str]
"""Renders an offering's username template for a person and a number, from 1; given in from outside."""

LONGEST = 32
MOST_TRIES = 100_000
SOMEBODY = "somebody else"


def as_username(text: str, longest: int = LONGEST) -> str:
    """The text as a unix account name: ASCII, safe letters, a letter first; "" when nothing is left of it."""
    safe = re.sub(r"[^a-z0-9_.-]+", "", plain(text))
    return re.sub(r"^[^a-z_]+", "", safe)[: min(longest, LONGEST)].rstrip(".-")


def candidates(user: OfferingUser, make: UsernameMaker, longest: int, reached: dict[str, int]) -> Iterator[str]:
    """The names a template gives a person, best first: its own numbers where it counts, else digits behind.

    ``reached``: a first name → the number that was come to. Thousands of people whose names begin the same way do not
    count from 1 each; nobody else gets a name that was passed over.
    """
    first, second = (as_username(make(user, number), longest) for number in (1, 2))
    for number in range(reached.get(first, 1), MOST_TRIES):
        reached[first] = number
        tail = "" if number == 1 else str(number)
        room = max(longest - len(tail), 0)
        yield as_username(make(user, number), longest) if first != second else f"{first[:room]}{tail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Whose each name is. ``holders``: name → person; ``contested``: names that several people have and nobody holds.

    ``taken``: names that are in use on the cluster or in the directory, or once were, whoever has them;
    ``reserved``: those of the system and the site, which nobody gets; ``local``: other users of this host.
    ``unsure``: offering → why a name that seems to be free may be somebody's: nobody is given one there now.
    """

    holders: Mapping[str, str]
    contested: Collection[str] = frozenset()
    taken: Collection[str] = frozenset()
    reserved: Collection[str] = frozenset()
    local: Collection[str] = frozenset()
    unsure: Mapping[str, str] = field(default_factory=dict)

    def fault(self, name: str, person: str) -> str:
        """What is wrong with a name for a person; "" when nothing is."""
        if not is_username(name):
            return "cannot be used on the cluster"
        if name in self.reserved:
            return "is one of the system's"
        holder = self.holders.get(name, person)
        if holder != person:
            return f"is that of {whose(holder)}"
        return "is another person's too" if name in self.contested and name not in self.holders else ""

    def problem(self, name: str, person: str) -> str:
        """Why a person cannot have the name that the marketplace shows for them; "" when they can."""
        if not is_username(name):
            return f"has a username that cannot be used on the cluster: {name[:40]!r}"
        fault = self.fault(name, person)
        return f"has the username {name}, which {fault}" if fault else ""

    def free(self, name: str, person: str) -> bool:
        """Whether a name may be given to a person who has none."""
        if self.fault(name, person):
            return False
        return self.holders.get(name) == person or not (name in self.taken or name in self.local)


@dataclass(slots=True)
class Given:
    """The names chosen in this plan: two people never get the same one, and one person never two.

    ``reached``: see ``candidates``.
    """

    by_name: dict[str, str] = field(default_factory=dict)
    by_person: dict[str, str] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)

    def give(self, name: str, person: str) -> None:
        """The person has the name from now on."""
        self.by_name[name] = person
        self.by_person[person] = name


def claims(observed: Observed, known: Known, reserved: Collection[str], local: Collection[str]) -> Claims:
    """Whose each name is: the journal's word first; a name it has never heard of is its only claimant's."""
    found: dict[str, set[str]] = {}
    for snapshot in observed.offerings.values():
        for user in value_or(snapshot.users, ()):
            if user.username:
                found.setdefault(user.username, set()).add(user.user_uuid)
        for account in value_or(snapshot.services, ()):
            if account.username:
                found.setdefault(account.username, set()).add(service(account))
    alone = {name: next(iter(people)) for name, people in found.items() if len(people) == 1}
    return Claims(
        holders={**alone, **known.holders},
        contested=frozenset(name for name, people in found.items() if len(people) > 1),
        taken=_taken(observed, known),
        reserved=frozenset(name.lower() for name in reserved),
        local=frozenset(local),
        unsure=_unsure(observed),
    )


def service(account: ServiceAccount) -> str:
    """How an account that is no person's stands among the holders of names."""
    return f"{account.kind} {account.uuid}"


def first_free(names: Iterable[str], person: str, claims: Claims, given: Given) -> str:
    """The first name that may be given to the person; "" when none of them may."""
    for name in names:
        if not name:
            return ""
        if claims.free(name, person) and given.by_name.get(name, person) == person:
            return name
    return ""


def _taken(observed: Observed, known: Known) -> frozenset[str]:
    """A name that was released is free again once nobody is associated under it any more."""
    associated = {one.user for one in value_or(observed.cluster.associations, ())}
    served = {one.name for one in value_or(observed.directory, Directory()).users}
    return frozenset(associated | ({*served, *known.uids} - known.let_go.keys()))


def _unsure(observed: Observed) -> dict[str, str]:
    associations = reason(observed.cluster.associations)
    found = {uuid: reason(snapshot.users) or associations for uuid, snapshot in observed.offerings.items()}
    return {uuid: why for uuid, why in found.items() if why}


def whose(holder: str) -> str:
    """A holder of a name, for a person to read: a service account by its kind, a person by the start of the UUID."""
    return holder if " " in holder else f"{SOMEBODY} ({holder[:8]})"
