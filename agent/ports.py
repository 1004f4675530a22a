"""What the engine needs from the world, as Protocols.

Reads raise ``Unavailable`` (nothing is known) or ``Incomplete`` (``rows`` holds what arrived). All functions are plain
and may be called from several threads, except where a writer lock says otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from agent.core.actions import Action
from agent.core.known import Known
from agent.core.model.cluster import Account, Association, Job, PartitionValue, UsageRow
from agent.core.model.directory import Directory
from agent.core.model.marketplace import Offering, OfferingUser, Order, ProjectRole, Resource
from agent.core.snapshot import ClusterSnapshot


class Clock(Protocol):
    """Time, as the engine sees it."""

    def now(self) -> float:
        """UTC seconds since the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; a stop request may end it early."""
        ...


class Marketplace(Protocol):
    """The operations of the Waldur API that the agent uses."""

    def offering(self, offering: str) -> Offering:
        """The offering with its components and partitions."""
        ...

    def orders(self, offering: str) -> tuple[Order, ...]:
        """Every order of the offering that is neither done, erred, canceled nor rejected, oldest first."""
        ...

    def order(self, order: str) -> Order:
        """One order as it stands now."""
        ...

    def resources(self, offering: str) -> tuple[Resource, ...]:
        """Every resource of the offering that is not Terminated."""
        ...

    def project_roles(self, offering: Offering, resources: Sequence[Resource]) -> tuple[ProjectRole, ...]:
        """The project roles of every project that holds one of ``resources``."""
        ...

    def offering_users(self, offering: str) -> tuple[OfferingUser, ...]:
        """Every offering user, named or not."""
        ...

    def directory_feed(self, offering: str) -> Directory:
        """The offering's POSIX users and groups, as its ``glauth_users_config`` lists them, not yet admitted."""
        ...

    def approve_order(self, order: str) -> None:
        """pending-provider → executing; an order that is already executing is fine."""
        ...

    def set_order_done(self, order: str) -> None:
        """Executing → done; an order that is already done is fine."""
        ...

    def set_order_erred(self, order: str, message: str, detail: str) -> None:
        """Executing → erred; ``message`` is for the customer, ``detail`` for the administrator."""
        ...

    def set_backend_id(self, resource: str, backend_id: str) -> None:
        """Write the Slurm account's name to the resource."""
        ...

    def set_resource_metadata(self, resource: str, metadata: Mapping[str, object]) -> None:
        """Replace the resource's ``backend_metadata``."""
        ...

    def set_offering_metadata(self, offering: str, metadata: Mapping[str, object]) -> None:
        """Replace the offering's ``backend_metadata``."""
        ...

    def set_usage(self, resource: str, amounts: Mapping[str, Decimal], at: float) -> None:
        """Set the month-to-date total of every component of the resource, in the month of ``at``."""
        ...

    def set_user_usage(
        self,
        offering: str,
        resource: str,
        amounts: Mapping[tuple[str, str], Decimal],
        users: Mapping[str, str],
        at: float,
    ) -> None:
        """Set totals by (component, username) of the resource; ``users`` maps a username to its offering user."""
        ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """Slurm refused one object: ``key`` is ``account`` or ``account/user`` or a partition's name."""

    key: str
    reason: str


class Cluster(Protocol):
    """Slurm. Reads never remove trust silently; writes return what was refused, object by object.

    Writes raise ``Unavailable`` when Slurm or the writer lock cannot be had; nothing more is sent then.
    """

    def observe(self) -> ClusterSnapshot:
        """Everything, section by section; an outage is a Missing section, not an exception."""
        ...

    def observe_accounting(self) -> ClusterSnapshot:
        """Accounts and associations only (the other sections are Missing): the read-back after a change."""
        ...

    def add(self, accounts: Sequence[Account], associations: Sequence[Association]) -> tuple[Refusal, ...]:
        """Create accounts (with parent, marker and limits) and user associations, in pieces, each read back."""
        ...

    def set_limits(self, changes: Sequence[tuple[Account, Account]]) -> tuple[Refusal, ...]:
        """Change the limits of accounts from what was observed (first) to what is desired (second)."""
        ...

    def block(self, accounts: Sequence[str], associations: Sequence[tuple[str, str]]) -> tuple[Refusal, ...]:
        """Let no new job be submitted: GrpSubmitJobs=0 on accounts, MaxSubmitJobs=0 on (account, user)."""
        ...

    def unblock(self, accounts: Sequence[str], associations: Sequence[tuple[str, str]]) -> tuple[Refusal, ...]:
        """Take back what ``block`` set."""
        ...

    def jobs(self, accounts: Sequence[str]) -> tuple[Job, ...]:
        """The pending and running jobs of these accounts."""
        ...

    def cancel(self, jobs: Sequence[Job]) -> None:
        """Cancel jobs by id."""
        ...

    def remove_associations(self, associations: Sequence[tuple[str, str]]) -> tuple[Refusal, ...]:
        """Remove (account, user) associations, re-pointing default accounts first."""
        ...

    def remove_accounts(self, accounts: Sequence[str]) -> tuple[Refusal, ...]:
        """Remove accounts, one refused object never holding the others."""
        ...

    def set_partitions(self, changes: Mapping[str, Mapping[str, PartitionValue]]) -> tuple[Refusal, ...]:
        """Change fields of existing partitions: partition → marketplace field → value."""
        ...

    def usage(self, start: float, end: float) -> tuple[UsageRow, ...]:
        """What every account and user used in [start, end), UTC seconds."""
        ...


class DirectoryServer(Protocol):
    """The published GLAuth file and the server that reads it."""

    def current(self) -> Directory:
        """What the published file holds (without sentinel and base); an absent file is empty."""
        ...

    def publish(self, directory: Directory) -> bool:
        """Swap the file whole and prove it by LDAP; False when nothing had to be written.

        Raises ``Unavailable`` (the file could not be written; the old one stands) or ``NotConverged`` (written, but the
        server does not serve it).
        """
        ...


class Journal(Protocol):
    """What cannot be read back from any system. Every call is one transaction; safe from several threads."""

    def known(self, now: float) -> Known:
        """All that the core needs to know, as it stands."""
        ...

    def begin(self, lane: str, at: float) -> int:
        """A new run; the number the other calls refer to."""
        ...

    def end(self, run: int, at: float, outcome: str) -> None:
        """The run is over; ``outcome`` is one word and perhaps a reason."""
        ...

    def intend(self, run: int, actions: Sequence[Action], at: float) -> None:
        """What is about to be done, written before it is."""
        ...

    def conclude(self, run: int, key: str, result: str, detail: str, at: float) -> None:
        """What became of one intended action."""
        ...

    def remember_account(self, resource: str, account: str, at: float) -> None:
        """The account chosen for a resource, before it is made; its name is never given to another resource."""
        ...

    def remember_associations(self, made: Sequence[tuple[str, str]], at: float) -> None:
        """The (account, user) associations the agent is about to make."""
        ...

    def forget_associations(self, removed: Sequence[tuple[str, str]], at: float) -> None:
        """Associations that are gone from Slurm."""
        ...

    def remember_usernames(self, offering: str, names: Mapping[str, str]) -> None:
        """Marketplace user → username, as the offering has them now."""
        ...

    def remember_uids(self, uids: Mapping[str, int]) -> None:
        """Name → uid of every record served; an entry is never changed."""
        ...

    def block(self, keys: Sequence[str], at: float) -> None:
        """``account`` or ``account/user`` is about to be blocked by the agent."""
        ...

    def unblock(self, keys: Sequence[str]) -> None:
        """The agent's block is taken back, or what was blocked is gone."""
        ...

    def missing(self, keys: Sequence[str], at: float) -> None:
        """The keys of all absences in this cycle's complete sections: new ones are dated, the others forgotten."""
        ...

    def removed(self, offering: str, keys: Sequence[str], by_order: bool, at: float) -> None:
        """Objects that were removed, for the guard's budgets."""
        ...

    def release(self, checksum: str, at: float) -> None:
        """A person let these held actions go."""
        ...

    def used_release(self, checksum: str) -> None:
        """The release was used; it counts once."""
        ...

    def told_usage(self, month: str) -> Mapping[str, Mapping[tuple[str, str], Decimal]]:
        """Resource → (component, username or "") → the amount the marketplace was told for that month."""
        ...

    def tell_usage(self, month: str, resource: str, amounts: Mapping[tuple[str, str], Decimal], at: float) -> None:
        """The marketplace has taken these amounts."""
        ...

    def told_metadata(self, subject: str) -> tuple[float, str]:
        """When the metadata of an offering or resource was last written, and its checksum; (0.0, "") if never."""
        ...

    def tell_metadata(self, subject: str, checksum: str, at: float) -> None:
        """The marketplace has taken this metadata."""
        ...
