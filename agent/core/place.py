"""Which Slurm account is a resource's, and whether it may be touched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.core.known import Known
from agent.core.model.cluster import Account
from agent.core.model.marketplace import Resource
from agent.core.names import NameMaker, account_name, is_account_name, marked, organization


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The account of a resource: ``ours`` when it exists with our marker; ``refused`` says why it cannot be had."""

    name: str
    ours: bool = False
    refused: str = ""


def is_ours(account: Account, offering: str) -> bool:
    """Whether an account carries this offering's marker and names a resource."""
    return account.organization == organization(offering) and marked(account.description) is not None


def marks(accounts: Mapping[str, Account], offering: str) -> dict[str, str]:
    """Resource → the account that carries its marker; of several, the first by name."""
    ours = (account for account in accounts.values() if is_ours(account, offering))
    by_name = sorted(ours, key=lambda account: account.name, reverse=True)
    return {uuid: account.name for account in by_name if (uuid := marked(account.description))}


def names_in_use(
    offerings: Iterable[str], accounts: Mapping[str, Account], resources: Iterable[Resource], known: Known
) -> dict[str, str]:
    """Every name that is, was or is said to be a resource's account → that resource, over all offerings of a run."""
    said = sorted((resource.backend_id.lower(), resource.uuid) for resource in resources if resource.backend_id)
    marked_names = {name: uuid for offering in offerings for uuid, name in marks(accounts, offering).items()}
    return {**dict(reversed(said)), **known.used_by, **marked_names}


class Places:
    """Finds the accounts of one offering's resources, never giving one name to two resources.

    ``used_by`` maps the names in use to their resources; it is shared by the offerings of a run and grows with each
    name that is chosen.
    """

    def __init__(
        self,
        offering: str,
        accounts: Mapping[str, Account],
        known: Known,
        make_name: NameMaker,
        used_by: dict[str, str],
    ) -> None:
        self._accounts = accounts
        self._known = known
        self._make_name = make_name
        self._marks = marks(accounts, offering)
        self._used_by = used_by

    def of(self, resource: Resource) -> Place:
        """The account the marker names; else the one remembered; else ``backend_id``; else the name policy's."""
        if resource.uuid in self._marks:
            return Place(name=self._marks[resource.uuid], ours=True)
        name = self._known.accounts.get(resource.uuid) or resource.backend_id.lower()
        name = name or account_name(resource, self._make_name, self._used_by)
        if not is_account_name(name):
            return Place(name=name, refused=f"{name[:60]!r} cannot be the name of a Slurm account")
        if name in self._accounts:
            return Place(name=name, refused=f"account {name} exists already and belongs to somebody else")
        holder = self._used_by.setdefault(name, resource.uuid)
        if holder != resource.uuid:
            return Place(name=name, refused=f"account {name} is the one of another resource ({holder[:8]})")
        return Place(name=name)
