"""One record for each person: under which name, with which numbers, and who cannot be served at all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.core.admission.groups import Shared
from agent.core.admission.ledger import NOBODY_IN_PARTICULAR, Ledger
from agent.core.admission.listings import Listing, Slice
from agent.core.admission.numbers import Numbers
from agent.core.admission.records import RefusedRecord, refuse
from agent.core.policy import AdmissionPolicy
from agent.core.usernames import whose


@dataclass(frozen=True, slots=True)
class Person:
    """Who is served. ``listings`` are all offerings' records of the person; ``base`` gives the attributes.

    ``own_group``: whether ``gid`` is the person's own group, to be served with the record. ``key`` is the person.
    """

    key: str
    name: str
    uid: int
    gid: int
    own_group: bool
    base: Listing
    listings: tuple[Listing, ...]


def choose_people(
    slices: Sequence[Slice], shared: Shared, policy: AdmissionPolicy, book: Ledger
) -> tuple[list[Person], list[RefusedRecord]]:
    """The people to serve, in the order of the offerings, and the records that are refused.

    The marketplace gives one person another uid in each offering: name and numbers are the ledger's, else the first
    offering's, and the other records add memberships. A name belongs to whoever has it in the ledger, else first.
    """
    by_person, left_out = _by_person(slices)
    claims = _Claims(by_person, book)
    chooser = _Chooser(shared, policy, book)
    people: list[Person] = []
    refused = [
        refuse(one.user.name, problem, "user", one.offering, stranger=claims.of_another(one))
        for one, problem in left_out
    ]
    for key, listings in by_person.items():
        name = claims.names[key]
        found = chooser.choose(key, name, listings)
        if isinstance(found, str):
            stranger = chooser.owner(key, name, listings) != key
            locked = not stranger and claims.all_locked(name)
            refused.append(refuse(name, found, "user", listings[0].offering, locked=locked, stranger=stranger))
            continue
        people.append(found)
        refused += _other_names(name, listings, claims)
    return people, refused


class _Claims:
    """Who is called how. A name that a person only has somewhere, beside the own one, may be somebody else's."""

    def __init__(self, by_person: Mapping[str, Sequence[Listing]], book: Ledger) -> None:
        self.names = {key: _name(key, listings, book) for key, listings in by_person.items()}
        self._by_person = by_person
        self._book = book
        self._called: dict[str, list[str]] = {}
        for key, name in self.names.items():
            self._called.setdefault(name, []).append(key)

    def all_locked(self, name: str) -> bool:
        """Whether everybody who would be served under the name is disabled everywhere: any of them may have it."""
        return all(_locked(self._by_person[key]) for key in self._called[name])

    def of_another(self, listing: Listing, name: str = "") -> bool:
        """Whether the name, else the record's own, is somebody else's: by the ledger, or one who is called so now.

        A record that several accounts claim is surely nobody's of them when the ledger has another holder.
        """
        name, key = name or listing.user.name, listing.person
        if not key:
            holder = self._book.holders.get(name, "")
            return listing.sure and holder != "" and self._book.served_to.get(name, holder) == holder
        called = self._called.get(name, ())
        return bool(self._book.stranger(name, key, _uids([listing]))) or any(one != key for one in called)


class _Chooser:
    """Serves one person after the other; what one has, nobody after them gets."""

    def __init__(self, shared: Shared, policy: AdmissionPolicy, book: Ledger) -> None:
        self._book = book
        self._numbers = Numbers(shared, policy, book)
        self._owners: dict[str, str] = {}

    def owner(self, key: str, name: str, listings: Sequence[Listing]) -> str:
        """Whose the name is: the person's, when nobody else has it."""
        return self._book.stranger(name, key, _uids(listings)) or self._owners.get(name, key)

    def choose(self, key: str, name: str, listings: Sequence[Listing]) -> Person | str:
        """The person as served under the name, or why not."""
        owner = self.owner(key, name, listings)
        if owner != key:
            return _taken(name, owner)
        known = [one for one in listings if one.sure]
        sure = [one for one in known if one.name == name] or known
        if not sure:
            return "whose record it is cannot be said while the offering's users are not known for sure"
        numbers = self._numbers.give(name, sure)
        if isinstance(numbers, str):
            return numbers
        self._owners[name] = key
        base = next((one for one in sure if not one.user.disabled), sure[0])
        return Person(key, name, *numbers, base, tuple(listings))


def _taken(name: str, owner: str) -> str:
    of = "an account of which only the name is known" if owner.startswith(NOBODY_IN_PARTICULAR) else whose(owner)
    return (
        f"the name is that of {of}; change one of the two in the marketplace, or once nobody needs the old one:"
        f" agent users release {name}"
    )


def _name(key: str, listings: Sequence[Listing], book: Ledger) -> str:
    """A name that was served to the person before, the first offering's if there are several; else the first one."""
    served = [name for name in book.names.get(key, ()) if not book.stranger(name, key, _uids(listings))]
    called = [one.name for one in listings]
    return next((name for name in called if name in served), served[0] if served else called[0])


def _by_person(slices: Iterable[Slice]) -> tuple[dict[str, list[Listing]], list[tuple[Listing, str]]]:
    """Every person's records in the order of the offerings, at most one each: first what is surely theirs.

    And the records that are left out, each with the reason.
    """
    found: dict[str, list[Listing]] = {}
    left_out = []
    for one in slices:
        for listing in sorted(one.listings, key=lambda listing: not listing.sure):
            name, records = listing.user.name, found.setdefault(listing.person, []) if listing.person else []
            problem = ""
            if not listing.person:
                problem = "several accounts of the offering have the name; give each another one in the marketplace"
            elif records and records[-1].offering == one.offering:
                problem = "the name is listed twice, and only the first counts"
                if records[-1].user.name != name:
                    problem = f"the person is listed as {records[-1].name} as well, and only the first counts"
            if problem:
                left_out.append((listing, problem))
            else:
                records.append(listing)
    return found, left_out


def _uids(listings: Iterable[Listing]) -> frozenset[int]:
    return frozenset(one.user.uidnumber for one in listings)


def _locked(listings: Iterable[Listing]) -> bool:
    return all(one.user.disabled and one.current and one.sure for one in listings)


def _other_names(name: str, listings: Sequence[Listing], claims: _Claims) -> Iterator[RefusedRecord]:
    """The names that other offerings have for the person: one person is one user, with one uid and one home."""
    for one in listings:
        if one.name != name:
            reason = (
                f"the same person is served as {name}; give the person that name there as well"
                f" (agent users release {one.name} if the agent gave it)"
            )
            stranger = claims.of_another(one, one.name)
            locked = _locked(listings) and not stranger
            yield refuse(one.name, reason, "user", one.offering, locked=locked, stranger=stranger)
