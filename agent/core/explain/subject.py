"""Whom or what a name on the command line means, and which names come near it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from agent.core.explain.sight import Sight

SHORTEST = 8
"""As many digits of a UUID as the agent itself shows."""
NEAR = 5


class Kind(StrEnum):
    """What can be asked about; a username is one that no person and no service account has."""

    PERSON = "person"
    SERVICE = "service account"
    NAME = "username"
    RESOURCE = "resource"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """``uuid``: the marketplace user, service account or resource; ``name``: the username, or the account in Slurm."""

    kind: Kind
    offering: str = ""
    uuid: str = ""
    name: str = ""


def find(sight: Sight, text: str) -> tuple[Subject, ...]:
    """Everything that ``text`` names: a UUID or its first digits, a username, an attribute, an account, a resource."""
    asked = text.strip()
    found = (
        *_people(sight, asked),
        *_services(sight, asked),
        *_strangers(sight, asked),
        *_resources(sight, asked),
        *_accounts(sight, asked),
    )
    return tuple(dict.fromkeys(found))


def near(sight: Sight, text: str) -> list[str]:
    """The names that look most like one that nothing is known of."""
    names = {*sight.people, *sight.of_user, *sight.resource_of, *(one.name for _, one in sight.resources.values())}
    names |= {value for user in sight.users.values() for value in user.attributes.values()}
    return get_close_matches(text.strip().lower(), sorted(filter(None, names)), NEAR)


def person(sight: Sight, offering: str, user_uuid: str) -> Subject:
    """A person at an offering, with the name that is theirs there."""
    names = sight.names.get((offering, user_uuid), ())
    return Subject(kind=Kind.PERSON, offering=offering, uuid=user_uuid, name=names[0] if names else "")


def resource(sight: Sight, uuid: str) -> Subject:
    """A resource with its account."""
    offering, _ = sight.resources.get(uuid, ("", None))
    return Subject(kind=Kind.RESOURCE, offering=offering, uuid=uuid, name=sight.accounts.get(uuid, ""))


def _people(sight: Sight, asked: str) -> Iterator[Subject]:
    same = {asked, asked.lower()}
    found = [who for name in sorted(same) for who in sight.people.get(name, ())]
    digits = _digits(asked)
    if digits:
        found += [who for who in sight.known_people if who[1].startswith(digits)]
        found += [who for who, user in sight.users.items() if user.uuid.startswith(digits)]
    folded = asked.casefold()
    found += [
        who
        for who, user in sight.users.items()
        if folded and any(value.casefold() == folded for value in user.attributes.values())
    ]
    yield from (person(sight, *who) for who in dict.fromkeys(found) if who[0] in sight.policy)


def _services(sight: Sight, asked: str) -> Iterator[Subject]:
    digits = _digits(asked)
    for offering, one in sight.services:
        if (asked and one.username == asked) or (digits and one.uuid.startswith(digits)):
            yield Subject(kind=Kind.SERVICE, offering=offering, uuid=one.uuid, name=one.username)


def _strangers(sight: Sight, asked: str) -> Iterator[Subject]:
    """A name that Slurm, the directory or the journal knows, and that no person or service account has."""
    taken = any(one.username == asked for _, one in sight.services) or asked in sight.people
    if asked and not taken and asked in sight.other_names:
        yield Subject(kind=Kind.NAME, name=asked)


def _resources(sight: Sight, asked: str) -> Iterator[Subject]:
    digits, folded = _digits(asked), asked.casefold()
    for uuid, (_, one) in sight.resources.items():
        if (digits and uuid.startswith(digits)) or folded in {one.name.casefold(), one.slug.casefold()} - {""}:
            yield resource(sight, uuid)
    if digits:
        yield from (resource(sight, uuid) for uuid in sight.accounts if uuid.startswith(digits))


def _accounts(sight: Sight, asked: str) -> Iterator[Subject]:
    name = asked.lower()
    if name in sight.resource_of:
        yield resource(sight, sight.resource_of[name])
    elif name in sight.slurm_accounts:
        yield Subject(kind=Kind.ACCOUNT, name=name)


def _digits(asked: str) -> str:
    """The digits of a UUID or of its beginning; "" when it is none."""
    digits = asked.replace("-", "").lower()
    return digits if SHORTEST <= len(digits) <= 32 and not set(digits) - set("0123456789abcdef") else ""


def traces(sight: Sight, subjects: Iterable[Subject]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """(usernames, accounts, UUIDs) under which the journal may remember these."""
    users: set[str] = set()
    accounts: set[str] = set()
    uuids: set[str] = set()
    for one in subjects:
        if one.kind in {Kind.RESOURCE, Kind.ACCOUNT}:
            accounts.add(one.name)
            uuids.add(one.uuid)
            continue
        users |= {one.name, *sight.names.get((one.offering, one.uuid), ())}
        user = sight.users.get((one.offering, one.uuid))
        uuids |= {one.uuid, user.uuid if user else ""}
    return frozenset(users - {""}), frozenset(accounts - {""}), frozenset(uuids - {""})
