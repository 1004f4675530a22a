"""The cluster: what is read of it, and what is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.core.model.cluster import Account, Association, Counted, Job, PartitionValue, Qos, UsageRow
from agent.core.snapshot import ClusterSnapshot


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
