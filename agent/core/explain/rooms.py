"""The accounts that somebody should be in, is in, or was in."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from agent.core.explain.history import History
from agent.core.explain.sight import Sight
from agent.core.explain.subject import Kind, Subject
from agent.core.model.marketplace import Resource, ResourceState, ServiceAccount
from agent.core.place import is_ours

_GONE = frozenset({ResourceState.TERMINATED, ResourceState.OTHER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """An account ("" when it has no name yet) and its resource ("" for none that is known)."""

    account: str
    resource: str = ""


def rooms(sight: Sight, who: Subject, names: Collection[str], history: History) -> tuple[Room, ...]:
    """In the order: by a role, by an association, by what the journal remembers; each once."""
    found = (*_by_right(sight, who), *_by_association(sight, who, names), *_by_memory(sight, who, names, history))
    return tuple(dict.fromkeys(found))


def place(sight: Sight, resource: str) -> Room:
    """The room of a resource."""
    return Room(account=sight.accounts.get(resource, ""), resource=resource)


def _by_right(sight: Sight, who: Subject) -> Iterator[Room]:
    for uuid, (offering, one) in sorted(sight.resources.items(), key=lambda item: (item[1][1].name, item[0])):
        if offering == who.offering and one.state not in _GONE and _entitled(sight, who, one):
            yield place(sight, uuid)
    policy = sight.policy.get(who.offering)
    if policy and policy.default_account and who.kind is Kind.PERSON:
        roles = sight.roles.get((who.offering, who.uuid))
        if roles:
            yield Room(account=policy.default_account)


def _entitled(sight: Sight, who: Subject, one: Resource) -> bool:
    if who.kind is Kind.SERVICE:
        return any(
            works_in(account, one)
            for offering, account in sight.services
            if (offering, account.uuid) == (who.offering, who.uuid)
        )
    return any(role.project_uuid == one.project_uuid for role in sight.roles.get((who.offering, who.uuid), ()))


def works_in(account: ServiceAccount, one: Resource) -> bool:
    """Whether a service, course or robot account works in a resource."""
    if account.resource_uuid:
        return account.resource_uuid == one.uuid
    if account.project_uuid:
        return account.project_uuid == one.project_uuid
    return bool(account.customer_uuid) and account.customer_uuid == one.customer_uuid


def _by_association(sight: Sight, who: Subject, names: Collection[str]) -> Iterator[Room]:
    for name in names:
        for one in sight.of_user.get(name, ()):
            if not _of_another(sight, who, one.account):
                yield Room(account=one.account, resource=sight.resource_of.get(one.account, ""))


def _by_memory(sight: Sight, who: Subject, names: Collection[str], history: History) -> Iterator[Room]:
    accounts = [stay.account for stay in history.stays if stay.user in names]
    accounts += [account for account, user in sorted(sight.known.associations) if user in names]
    for account in accounts:
        if not _of_another(sight, who, account):
            yield Room(account=account, resource=sight.resource_of.get(account, ""))


def _of_another(sight: Sight, who: Subject, account: str) -> bool:
    """Whether an account is another offering's: its own chain tells of it."""
    if not who.offering:
        return False
    offering, _ = sight.resources.get(sight.resource_of.get(account, ""), ("", None))
    there = sight.slurm_accounts.get(account)
    marked = [uuid for uuid in sight.policy if there and is_ours(there, uuid)]
    return bool(offering or marked) and who.offering not in {offering, *marked}
