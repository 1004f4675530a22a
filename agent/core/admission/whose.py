"""Whose a record is: feeds list names, and a name says nothing of the person who has it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from agent.core.admission.ledger import NOBODY_IN_PARTICULAR, Ledger
from agent.core.admission.listings import Listing
from agent.core.model.directory import DirectoryUser
from agent.core.services import ENDED
from agent.core.snapshot import OfferingSnapshot, complete, value_or
from agent.core.usernames import service


class Whose:
    """Finds the person of each name that one offering lists.

    That is the offering user who has the name there, now or by the journal; else the service account that has it; else
    nobody but the name itself, which is how a robot account looks that nothing else is read of.
    """

    def __init__(self, offering: str, snapshot: OfferingSnapshot, known: Ledger, journaled: Mapping[str, str]) -> None:
        self._offering = offering
        self._ledger = known
        self._journaled = journaled
        self._complete = complete(snapshot.users) and complete(snapshot.services)
        self.users = {user.user_uuid: user for user in value_or(snapshot.users, ())}
        self.ended = {service(one) for one in value_or(snapshot.services, ()) if one.state in ENDED}
        self._shown = _by_name((user.username, user.user_uuid) for user in self.users.values())
        self._services = _by_name((one.username, service(one)) for one in value_or(snapshot.services, ()))

    @property
    def people(self) -> frozenset[str]:
        """Everybody who has, or by the journal had, a name at the offering."""
        return frozenset({*self._journaled.values(), *self.users})

    def listing(self, user: DirectoryUser) -> Listing:
        """The record with its person."""
        person, sure = self._person(user.name)
        name = self._ledger.usernames.get((self._offering, person), user.name)
        return Listing(self._offering, user, person, name, sure)

    def _person(self, name: str) -> tuple[str, bool]:
        holder = self._ledger.holders.get(name, "")
        for found in (self._shown.get(name, ()), self._journal(name), self._services.get(name, ())):
            if len(found) > 1 and holder not in found:
                return "", self._complete
            if found:
                return (found[0] if len(found) == 1 else holder), True
        nobody = f"{NOBODY_IN_PARTICULAR}{name}"
        if self._complete or " " in holder or self._ledger.served_to.get(name) == nobody:
            return nobody, True
        return holder or nobody, False

    def _journal(self, name: str) -> tuple[str, ...]:
        return (self._journaled[name],) if name in self._journaled else ()


def journaled_names(known: Ledger) -> dict[str, dict[str, str]]:
    """Offering → name → the person who is called so there."""
    found: dict[str, dict[str, str]] = {}
    for (offering, person), name in known.usernames.items():
        found.setdefault(offering, {})[name] = person
    return found


def with_disabled(listing: Listing, *, disabled: bool, current: bool) -> Listing:
    """The record with what is known of its being disabled."""
    if listing.user.disabled == disabled and listing.current == current:
        return listing
    return replace(listing, user=replace(listing.user, disabled=disabled), current=current)


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, person in pairs:
        if name:
            found[name] = (*found.get(name, ()), person)
    return found
