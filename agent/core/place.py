"""Which Slurm account is a resource's, and whether it may be touched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.core.known import Known
from agent.core.model.cluster import Account
from agent.core.model.marketplace import Resource
from agent.core.names import (
    LEVELS,
    TERMINATED,
    NameMaker,
    account_name,
    is_account_name,
    marked,
    marked_kind,
    organization,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The account of a resource: ``ours`` when it exists with our marker; ``refused`` says why it cannot be had."""

    name: str
    ours: bool = False
    refused: str = ""


def is_ours(account: Account, offering: str) -> bool:
    """Whether an account carries this offering's marker and names a resource."""
    return account.organization == organization(offering) and marked(account.description) is not None


def level(account: Account) -> str:
    """What an account of ours stands for above those of resources: "customer" or "project"; "" for a resource's own."""
    kind, _ = marked_kind(account.description)
    return kind if kind in LEVELS else ""


def terminated_on(account: Account) -> str:
    """The day (``2026-11-24``) since which a disabled account is only kept; "" for every other."""
    kind, since = marked_kind(account.description)
    return since if kind == TERMINATED else ""


def holder(offering: str, uuid: str, of_level: str = "") -> str:
    """Who has a name: a resource by its UUID; a project or customer, which several offerings may share, by both."""
    return f"{uuid}@{offering}" if of_level else uuid


def marks(accounts: Mapping[str, Account], offering: str) -> dict[str, str]:
    """Holder → the account that carries its marker; of several, the first by name."""
    ours = (account for account in accounts.values() if is_ours(account, offering))
    by_name = sorted(ours, key=lambda account: account.name, reverse=True)
    return {
        holder(offering, uuid, level(account)): account.name
        for account in by_name
        if (uuid := marked(account.description))
    }


def names_in_use(
    offerings: Iterable[str], accounts: Mapping[str, Account], resources: Iterable[Resource], known: Known
) -> dict[str, str]:
    """Every name that is, was or is said to be a resource's account → that resource, over all offerings of a run."""
    said = sorted((resource.backend_id.lower(), resource.uuid) for resource in resources if resource.backend_id)
    marked_names = {name: uuid for offering in offerings for uuid, name in marks(accounts, offering).items()}
    return {**dict(reversed(said)), **known.used_by, **marked_names}


class Places:
    """Finds the accounts of one offering's resources, never giving one name to two resources.

    ``used_by`` maps the names in use to their holders; it is shared by the offerings of a run and grows with each name
    that is chosen. ``counting``: a name that somebody else's account has is passed over, not refused.
    """

    def __init__(
        self,
        offering: str,
        accounts: Mapping[str, Account],
        known: Known,
        make_name: NameMaker,
        used_by: dict[str, str],
        counting: bool = False,
    ) -> None:
        self._offering = offering
        self._counting = counting
        self._accounts = accounts
        self._known = known
        self._make_name = make_name
        self._marks = marks(accounts, offering)
        self._used_by = used_by

    def of(self, resource: Resource) -> Place:
        """The account the marker names; else the one remembered; else ``backend_id``; else the name policy's."""
        return self._place(resource, resource.uuid, resource.backend_id.lower(), self._make_name, self._counting)

    def above(self, resource: Resource, of_level: str, make: NameMaker) -> Place:
        """The account of the resource's project or customer; its name always counts past somebody else's."""
        uuid = resource.project_uuid if of_level == "project" else resource.customer_uuid
        return self._place(resource, holder(self._offering, uuid, of_level), "", make, counting=True)

    def _place(self, resource: Resource, mine: str, said: str, make: NameMaker, counting: bool) -> Place:
        if mine in self._marks:
            return Place(name=self._marks[mine], ours=True)
        name = self._known.accounts.get(mine) or said
        name = name or account_name(resource, make, self._taken() if counting else self._used_by, mine)
        if not is_account_name(name):
            return Place(name=name, refused=f"{name[:60]!r} cannot be the name of a Slurm account")
        if name in self._accounts:
            return Place(name=name, refused=f"account {name} exists already and belongs to somebody else")
        has_it = self._used_by.setdefault(name, mine)
        if has_it != mine:
            return Place(name=name, refused=f"account {name} is the one of another resource ({has_it[:8]})")
        return Place(name=name)

    def _taken(self) -> dict[str, str]:
        return {**dict.fromkeys(self._accounts, "somebody else"), **self._used_by}
