"""Everybody the agent knows: people, service accounts, and the users that an administrator added."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.core.explain import Sight
from agent.core.model.cluster import Association
from agent.core.place import is_ours

MARKETPLACE, TEAM, JOURNAL, SLURM = "marketplace", "team", "journal", "Slurm"
"""Where somebody is known from: an offering user, a role alone, the journal alone, an account of ours alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person or account at one offering ("" for users that an administrator added).

    ``kind``: "person", a kind of service account, or "user" for somebody nobody of the marketplace is.
    ``accounts``: those in Slurm that the user is in; ``waiting``: why not in all that it should ("" when it is).
    """

    kind: str
    offering: str = ""
    uuid: str = ""
    username: str = ""
    state: str = ""
    source: str
    accounts: tuple[str, ...] = ()
    waiting: str = ""


def roster(sight: Sight) -> tuple[Entry, ...]:
    """By offering in the order of the settings, then by username; those without a name and strangers come last."""
    order = {policy.uuid: number for number, policy in enumerate(sight.policies)}
    found = [*_people(sight), *_services(sight), *_strangers(sight)]
    return tuple(
        sorted(found, key=lambda one: (order.get(one.offering, len(order)), not one.username, one.username, one.uuid))
    )


def _people(sight: Sight) -> Iterator[Entry]:
    for offering, user_uuid in sight.known_people:
        person = (offering, user_uuid)
        user = sight.users.get(person)
        names = sight.names.get(person, ())
        source = MARKETPLACE if user else TEAM if person in sight.roles else JOURNAL
        yield Entry(
            kind="person",
            offering=offering,
            uuid=user_uuid,
            username=names[0] if names else "",
            state="restricted" if user and user.restricted else user.state if user else "",
            source=source,
            accounts=_accounts(sight, offering, names),
            waiting=_waiting(sight, person),
        )


def _services(sight: Sight) -> Iterator[Entry]:
    for offering, one in sight.services:
        yield Entry(
            kind=one.kind.value,
            offering=offering,
            uuid=one.uuid,
            username=one.username,
            state=one.state,
            source=MARKETPLACE,
            accounts=_accounts(sight, offering, [one.username]),
            waiting=_waiting(sight, (offering, one.uuid)),
        )


def _strangers(sight: Sight) -> Iterator[Entry]:
    """The users in accounts of ours that nobody of the marketplace is."""
    named = {*sight.people, *(one.username for _, one in sight.services)}
    for name, associations in sorted(sight.of_user.items()):
        ours = tuple(sorted({one.account for one in associations if _offering_of(sight, one)}))
        if ours and name not in named:
            yield Entry(kind="user", username=name, source=SLURM, accounts=ours)


def _accounts(sight: Sight, offering: str, names: Sequence[str]) -> tuple[str, ...]:
    mine = (one for name in names for one in sight.of_user.get(name, ()))
    return tuple(sorted({one.account for one in mine if _offering_of(sight, one) == offering}))


def _offering_of(sight: Sight, association: Association) -> str:
    account = sight.slurm_accounts.get(association.account)
    return next((uuid for uuid in sight.policy if account and is_ours(account, uuid)), "")


def _waiting(sight: Sight, person: tuple[str, str]) -> str:
    reasons: Mapping[str, str] = sight.waiting.get(person, {})
    return "; ".join(dict.fromkeys(reasons.values()))
