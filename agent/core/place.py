"""Which Slurm account is a resource's, and whether it may be touched."""

from collections.abc import Mapping
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


class Places:
    """Finds the accounts of one offering's resources, never giving one name to two of them."""

    def __init__(self, offering: str, accounts: Mapping[str, Account], known: Known, make_name: NameMaker) -> None:
        self._accounts = accounts
        self._known = known
        self._make_name = make_name
        self._marks = {
            uuid: account.name
            for account in sorted(accounts.values(), key=lambda account: account.name, reverse=True)
            if is_ours(account, offering) and (uuid := marked(account.description))
        }
        self._used_by = {**known.used_by, **{name: uuid for uuid, name in self._marks.items()}}

    def of(self, resource: Resource) -> Place:
        """The account the marker names; else the one remembered; else ``backend_id``; else the name policy's."""
        if resource.uuid in self._marks:
            return Place(name=self._marks[resource.uuid], ours=True)
        name = self._known.accounts.get(resource.uuid) or resource.backend_id.lower()
        name = name or account_name(resource, self._make_name, self._used_by)
        if not is_account_name(name):
            return Place(name=name, refused=f"{name[:60]!r} cannot be the name of a Slurm account")
        self._used_by.setdefault(name, resource.uuid)
        if name in self._accounts:
            return Place(name=name, refused=f"account {name} exists already and belongs to somebody else")
        return Place(name=name)
