"""One record for each name: which of the offerings' records counts, and who cannot be served at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from agent.core.admission.identity import user_problem
from agent.core.admission.records import RefusedRecord, refuse
from agent.core.model.directory import Directory, DirectoryUser
from agent.core.policy import AdmissionPolicy

Feeds: TypeAlias = Sequence[tuple[str, Directory]]
Listing: TypeAlias = tuple[str, DirectoryUser]


@dataclass(frozen=True, slots=True)
class Person:
    """``listings`` are every offering's record of one name; ``offering`` is where the one that counts is from."""

    offering: str
    record: DirectoryUser
    listings: tuple[Listing, ...]


def choose_people(
    feeds: Feeds, policy: AdmissionPolicy, ledger: Mapping[str, int]
) -> tuple[list[Person], list[RefusedRecord]]:
    """The people with the record that counts: the first one whose uid may be served and agrees with the ledger.

    The marketplace gives one person another uid in each offering, so the uids of the other records mean nothing.
    """
    people: list[Person] = []
    by_name, refused = _by_name(feeds)
    holders = {uid: name for name, uid in ledger.items()}
    for name, listings in by_name.items():
        problems = [_problem(user, policy, ledger.get(name), holders) for _, user in listings]
        if "" not in problems:
            refused.append(refuse(name, problems[0], "user", listings[0][0]))
            continue
        offering, record = listings[problems.index("")]
        holders[record.uidnumber] = name
        people.append(Person(offering, record, tuple(listings)))
    return people, refused


def _by_name(feeds: Feeds) -> tuple[dict[str, list[Listing]], list[RefusedRecord]]:
    """Every name's records in the order of the offerings, at most one an offering."""
    by_name: dict[str, list[Listing]] = {}
    refused = []
    for offering, directory in feeds:
        for user in directory.users:
            listings = by_name.setdefault(user.name, [])
            if any(seen == offering for seen, _ in listings):
                refused.append(
                    refuse(user.name, "the name is listed twice, and only the first counts", "user", offering)
                )
            else:
                listings.append((offering, user))
    return by_name, refused


def _problem(user: DirectoryUser, policy: AdmissionPolicy, bound: int | None, holders: Mapping[int, str]) -> str:
    problem = user_problem(user.name, user.uidnumber, policy)
    if problem:
        return problem
    if bound not in (None, user.uidnumber):
        return f"its uid is {user.uidnumber}, but it was {bound} before, and the files belong to {bound}"
    holder = holders.get(user.uidnumber, user.name)
    return "" if holder == user.name else f"its uid {user.uidnumber} belongs to {holder}"
