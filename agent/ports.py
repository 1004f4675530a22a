"""What the engine needs from the world, as Protocols.

Reads raise ``Unavailable`` (nothing is known) or ``Incomplete`` (``rows`` holds what arrived). All functions are plain
and may be called from several threads, except where a writer lock says otherwise.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from agent.core.actions import Action
from agent.core.admission import RefusedRecord
from agent.core.known import Known, SetAside
from agent.core.model.cluster import Account, Association, Counted, Job, PartitionValue, Qos, UsageRow
from agent.core.model.directory import Directory, DirectoryStatus, Feed, Quarantined
from agent.core.model.marketplace import (
    AccountKind,
    Offering,
    OfferingUser,
    Order,
    ProjectRole,
    Resource,
    ServiceAccount,
)
from agent.core.model.people import Event, Identity, Proposal
from agent.core.snapshot import ClusterSnapshot
from agent.core.usernames import UsernameMaker


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

    def offering_users(self, offering: str, attributes: Collection[str] = ()) -> tuple[OfferingUser, ...]:
        """Every offering user, named or not, with these attributes of the person where the server shows them."""
        ...

    def service_accounts(
        self, offering: str, kinds: Collection[AccountKind], resources: Sequence[Resource]
    ) -> tuple[ServiceAccount, ...]:
        """The accounts of these kinds; none of a kind that the server does not know. ``resources``: the offering's."""
        ...

    def set_username(self, offering_user: str, name: str) -> None:
        """Write the username; a server with states then shows the offering user as OK."""
        ...

    def move_offering_user(self, offering_user: str, state: str, to: str, comment: str = "") -> None:
        """Bring an offering user from a state to another, by whatever lies between; one that is there is fine.

        ``comment`` is for the person. Raises ``Rejected`` when no way leads there.
        """
        ...

    def directory_feed(self, offering: str) -> Feed:
        """The offering's POSIX users and groups, as its ``glauth_tree`` or ``glauth_users_config`` lists them."""
        ...

    def approve_order(self, order: str, resource: str = "") -> None:
        """pending-provider → executing; an order that is already executing is fine.

        ``resource`` is given for an Update: an old server has to be told first that the resource is fine.
        """
        ...

    def set_order_done(self, order: str) -> None:
        """Executing → done; an order that is already done is fine."""
        ...

    def set_order_erred(self, order: str, message: str, detail: str) -> None:
        """Executing → erred; ``message`` is for the customer, ``detail`` for the administrator."""
        ...

    def set_order_executing(self, order: str) -> None:
        """Erred → executing: the order is tried again; one that is executing already is fine."""
        ...

    def reject_order(self, order: str, reason: str) -> None:
        """pending-provider → rejected; ``reason`` reaches the customer where the server has a field for it."""
        ...

    def erred_orders(self, offering: str) -> tuple[Order, ...]:
        """The erred orders of the offering, oldest first."""
        ...

    def resource(self, resource: str) -> Resource:
        """One resource as it stands now, in whatever state."""
        ...

    def used_backend_ids(self, offering: str, names: Collection[str]) -> frozenset[str]:
        """Those of ``names`` that are the backend_id of any resource the server knows, terminated ones included."""
        ...

    def submit_report(self, resource: str, header: str, body: str) -> None:
        """Replace the report on the resource's page by one section of plain text."""
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What the approval command said: True (exit 0), False (exit 1), or None (any other end: ask again later).

    ``reason`` is the first line of its stdout for a no, else what went wrong.
    """

    approved: bool | None
    reason: str = ""


class Cluster(Protocol):
    """Slurm. Reads never remove trust silently; writes return what was refused, object by object.

    Writes raise ``Unavailable`` when Slurm or the writer lock cannot be had; nothing more is sent then.
    """

    def observe(self) -> ClusterSnapshot:
        """Everything, section by section; an outage is a Missing section, not an exception."""
        ...

    def observe_accounting(self) -> ClusterSnapshot:
        """Accounts, associations and QOS only (the other sections are Missing): the read-back after a change."""
        ...

    def add(self, accounts: Sequence[Account], associations: Sequence[Association]) -> tuple[Refusal, ...]:
        """Create accounts (with parent, marker and limits) and user associations, in pieces, each read back.

        An association with a partition is good for that one only; the refusal of any names ``account/user``.
        """
        ...

    def set_default_accounts(self, accounts: Mapping[str, str]) -> tuple[Refusal, ...]:
        """User → the account that becomes its default; the user is in it. The refusal names the user."""
        ...

    def add_coordinators(self, pairs: Sequence[tuple[str, str]]) -> tuple[Refusal, ...]:
        """Make (account, user) coordinators; the users exist. Read back."""
        ...

    def remove_coordinators(self, pairs: Sequence[tuple[str, str]]) -> tuple[Refusal, ...]:
        """Take (account, user) the coordination away. Read back."""
        ...

    def change(
        self,
        accounts: Sequence[tuple[Account, Account]] = (),
        associations: Sequence[tuple[Association, Association]] = (),
    ) -> tuple[Refusal, ...]:
        """Change what differs from what was observed (first) to what is desired (second), and nothing else.

        Of accounts: limits, fairshare, QOS with default QOS, parent, organization and description; of associations:
        limits, fairshare, QOS with default QOS. Read back. The caller answers for the accounts being ours.
        The refusal of an association with a partition names ``account/user@partition``.
        """
        ...

    def add_qos(self, qos: Sequence[Qos]) -> tuple[Refusal, ...]:
        """Create QOS with their limits and flags; one that exists under another description is refused."""
        ...

    def change_qos(self, changes: Sequence[tuple[Qos, Qos]]) -> tuple[Refusal, ...]:
        """Change limits and flags of QOS from what was observed (first) to what is desired (second)."""
        ...

    def remove_qos(self, names: Sequence[str]) -> tuple[Refusal, ...]:
        """Delete QOS."""
        ...

    def reset_usage(self, accounts: Sequence[str], qos: Sequence[str]) -> tuple[Refusal, ...]:
        """Set RawUsage=0 on the accounts' own associations and on QOS: what GrpTRESMins counts begins anew."""
        ...

    def counted(self, accounts: Sequence[str], qos: Sequence[str]) -> Mapping[str, Counted]:
        """Account or QOS → what slurmctld counts against its own GrpTRESMins now, and the jobs that run in it."""
        ...

    def block(self, accounts: Sequence[str], associations: Sequence[tuple[str, str]]) -> tuple[Refusal, ...]:
        """Let no new job be submitted: GrpSubmitJobs=0 on accounts, MaxSubmitJobs=0 on (account, user)."""
        ...

    def jobs(self, accounts: Sequence[str]) -> tuple[Job, ...]:
        """The pending and running jobs of these accounts."""
        ...

    def cancel(self, jobs: Sequence[Job]) -> None:
        """Cancel jobs by id."""
        ...

    def remove_associations(self, associations: Sequence[tuple[str, str]]) -> tuple[Refusal, ...]:
        """Remove (account, user) associations, of every partition, re-pointing default accounts first."""
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

    def render(self, directory: Directory) -> str:
        """The whole file as it would be written, every password digest shown as "..."."""
        ...

    def status(self) -> DirectoryStatus:
        """How file and server stand, by what is known; nobody is asked."""
        ...

    def verify(self) -> DirectoryStatus:
        """How they stand once the server was asked whether it serves the file."""
        ...

    def differences(self) -> tuple[str, ...]:
        """Every entry that is served otherwise than the file means it, in words; none when all are the same."""
        ...

    def roll_back(self) -> str:
        """Put the last good file back and publish nothing else until ``resume``; gives what was done, in words."""
        ...

    def resume(self) -> None:
        """Publish again after a roll-back."""
        ...


class Approver(Protocol):
    """The command that decides about orders (``approval = "ask"``)."""

    def ask(self, command: Sequence[str], order: Mapping[str, object]) -> Answer:
        """Runs the command with the order as JSON on stdin. It is ended after its deadline, which is no answer."""
        ...


class NameSource(Protocol):
    """Who makes the usernames of an offering that leaves them to the provider.

    ``make`` is the template of a source that counts: it gives a person's name for a number, from 1.
    """

    make: UsernameMaker | None

    def names(self, people: Sequence[OfferingUser]) -> Mapping[str, Proposal]:
        """Marketplace user → the name proposed, for each of ``people``. Raises Unavailable when nobody can say now."""
        ...


class Identities(Protocol):
    """The host's or the directory's view of names: what slurmctld will see."""

    def resolve(self, names: Collection[str]) -> Mapping[str, Identity]:
        """The names that resolve now. Raises Unavailable when that cannot be asked."""
        ...


class HookRunner(Protocol):
    """Runs the site's own commands about users and resources."""

    def run(self, command: Sequence[str], event: Mapping[str, object]) -> str:
        """Runs the command with the event as JSON on stdin. Gives "" for exit code 0, else what went wrong."""
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

    def conclude_all(self, run: int, results: Sequence[tuple[str, str, str]], at: float) -> None:
        """What became of many intended actions: key, result, detail."""
        ...

    def remember_accounts(self, accounts: Mapping[str, str], at: float) -> None:
        """Resource → the account chosen for it, before it is made; a name is never given to another resource."""
        ...

    def replace(self, values: Mapping[str, Mapping[str, str]], at: float) -> None:
        """``account`` or ``account/user`` → field → the value that is about to be replaced for a time.

        The first value stays until it is put back.
        """
        ...

    def put_back(self, fields: Iterable[tuple[str, str]]) -> None:
        """These (key, field) have their own value again."""
        ...

    def set_aside(self, associations: Sequence[SetAside], at: float) -> None:
        """Associations that a restriction is about to take away. The first entry of a pair stays."""
        ...

    def taken_up(self, pairs: Sequence[tuple[str, str]]) -> None:
        """These set-aside associations are back, or will never be."""
        ...

    def remember_resets(self, periods: Mapping[str, str], at: float) -> None:
        """Account → the period whose usage it counts from now on."""
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

    def hold_usernames(self, names: Mapping[str, str], at: float) -> None:
        """Name → the marketplace user it is for, before it is given; what is there already stays."""
        ...

    def release_username(self, name: str, at: float, *, strange: bool = False) -> None:
        """A person says that nobody has this name any more: whoever is given it next has it.

        ``strange``: where only the name is known of whom its uid was for, that is surely not the holder.
        """
        ...

    def remember_coordinators(self, pairs: Sequence[tuple[str, str]], at: float) -> None:
        """The (account, user) pairs the agent is about to make coordinators."""
        ...

    def forget_coordinators(self, pairs: Sequence[tuple[str, str]]) -> None:
        """These coordinate no longer."""
        ...

    def events(self) -> tuple[Event, ...]:
        """The events that were noted and that no command has taken yet, oldest first."""
        ...

    def noted(self) -> frozenset[str]:
        """The keys of all events ever noted."""
        ...

    def note_events(self, events: Sequence[Event], at: float) -> None:
        """Things that happened; one that was noted before stays as it is."""
        ...

    def forget_events(self, keys: Sequence[str]) -> None:
        """These may be noted anew."""
        ...

    def told_event(self, key: str, trouble: str, at: float) -> None:
        """The command took the event (``trouble`` is ""), or did not and is tried again."""
        ...

    def remember_uids(
        self, uids: Mapping[str, int], gids: Mapping[str, int] = ..., persons: Mapping[str, str] = ...
    ) -> None:
        """Name → uid, gid of the own group, and whose it is, of every record served; an entry is never changed."""
        ...

    def remember_feed(self, offering: str, feed: Feed, at: float) -> None:
        """The offering's feed, read whole: the last good one from now on."""
        ...

    def is_last_feed(self, offering: str, feed: Feed) -> bool:
        """Whether this is the offering's last good feed already."""
        ...

    def last_feed(self, offering: str) -> Feed | None:
        """The offering's last feed that was read whole; None when there was none."""
        ...

    def remember_quarantine(self, refused: Collection[RefusedRecord], at: float) -> None:
        """All records that are not served now; one that was refused before keeps its date."""
        ...

    def quarantined(self) -> tuple[Quarantined, ...]:
        """The records that are not served, the longest refused first."""
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

    def asked(self, order: str) -> tuple[float, int]:
        """When the approval command was last asked about an order, and how often; (0.0, 0) if never."""
        ...

    def ask(self, order: str, at: float) -> None:
        """The approval command is about to be asked about an order."""
        ...

    def told_metadata(self, subject: str) -> tuple[float, str]:
        """When the metadata of an offering or resource was last written, and its checksum; (0.0, "") if never."""
        ...

    def tell_metadata(self, subject: str, checksum: str, at: float) -> None:
        """The marketplace has taken this metadata."""
        ...
