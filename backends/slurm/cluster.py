"""Slurm as the engine sees it: ``agent.ports.Cluster`` by Slurm's own commands."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from agent.core.model.cluster import Account, Association, Counted, Job, PartitionValue, Qos, UsageRow
from agent.core.snapshot import ClusterSnapshot
from agent.errors import ConfigError
from agent.ports import Refusal
from agent.process import Processes
from agent.writer_lock import WriterLock
from backends.slurm import (
    account_removal,
    blocking,
    changes,
    coordinators,
    partitions,
    provisioning,
    reading,
    removal,
    sacct,
)
from backends.slurm import jobs as queue
from backends.slurm import qos as quality
from backends.slurm.counted import counted
from backends.slurm.default_accounts import set_default_accounts
from backends.slurm.names import EXISTING_ACCOUNT
from backends.slurm.session import ENVIRONMENT, Session, SlurmTools
from backends.slurm.usage_reset import reset_usage


class SlurmCluster:
    """One cluster, spoken to in a few processes for each call, whatever the number of objects.

    ``read_timeout`` and ``write_deadline`` are seconds; a load file has at most ``load_lines`` lines and lies in
    ``scratch``. ``coordinators`` and ``default_accounts`` are read only when asked for, in a process each. Every
    changing method takes the writer lock, or goes on holding it when the calling thread has it.
    """

    def __init__(
        self,
        processes: Processes,
        tools: SlurmTools,
        lock: WriterLock,
        cluster: str,
        *,
        scratch: Path,
        read_timeout: float = 60.0,
        write_deadline: float = 120.0,
        load_lines: int = 150,
        coordinators: bool = False,
        default_accounts: bool = False,
    ) -> None:
        if not EXISTING_ACCOUNT.fullmatch(cluster):
            raise ConfigError(f"{cluster!r} is not the name of a cluster; `sacctmgr show cluster` lists it, lower case")
        self._session = Session(
            processes=processes.including(ENVIRONMENT),
            tools=tools,
            lock=lock,
            cluster=cluster,
            read_timeout=read_timeout,
            write_deadline=write_deadline,
            load_lines=load_lines,
            scratch=scratch,
            coordinators=coordinators,
            default_accounts=default_accounts,
        )

    def observe(self) -> ClusterSnapshot:
        """Everything, section by section, in two to four processes; an outage is a Missing section, no exception."""
        return reading.observe(self._session)

    def observe_accounting(self) -> ClusterSnapshot:
        """Accounts, associations, QOS, coordinators and default accounts only, in one to three processes."""
        return reading.observe_accounting(self._session)

    def add(self, accounts: Sequence[Account], associations: Sequence[Association]) -> tuple[Refusal, ...]:
        """Create accounts (with parent, marker and limits) and user associations, in pieces, each read back."""
        return provisioning.add(self._session, accounts, associations)

    def set_default_accounts(self, accounts: Mapping[str, str]) -> tuple[Refusal, ...]:
        """User → the account that becomes its default; the user is in it."""
        return set_default_accounts(self._session, accounts)

    def add_coordinators(self, pairs: Sequence[tuple[str, str]]) -> tuple[Refusal, ...]:
        """Make (account, user) coordinators."""
        return coordinators.add_coordinators(self._session, pairs)

    def remove_coordinators(self, pairs: Sequence[tuple[str, str]]) -> tuple[Refusal, ...]:
        """Take (account, user) the coordination away."""
        return coordinators.remove_coordinators(self._session, pairs)

    def change(
        self,
        accounts: Sequence[tuple[Account, Account]] = (),
        associations: Sequence[tuple[Association, Association]] = (),
    ) -> tuple[Refusal, ...]:
        """Change what differs from what was observed (first) to what is desired (second), and nothing else."""
        return changes.change_all(self._session, accounts, associations)

    def add_qos(self, qos: Sequence[Qos]) -> tuple[Refusal, ...]:
        """Create QOS with their limits and flags; one that exists under another description is refused."""
        return quality.add_qos(self._session, qos)

    def change_qos(self, changes: Sequence[tuple[Qos, Qos]]) -> tuple[Refusal, ...]:
        """Change limits and flags of QOS from what was observed (first) to what is desired (second)."""
        return quality.change_qos(self._session, changes)

    def remove_qos(self, names: Sequence[str]) -> tuple[Refusal, ...]:
        """Delete QOS."""
        return quality.remove_qos(self._session, names)

    def reset_usage(self, accounts: Sequence[str], qos: Sequence[str]) -> tuple[Refusal, ...]:
        """Let what GrpTRESMins counts begin anew on accounts' own associations and on QOS."""
        return reset_usage(self._session, accounts, qos)

    def counted(self, accounts: Sequence[str], qos: Sequence[str]) -> Mapping[str, Counted]:
        """Account or QOS → what slurmctld counts against its GrpTRESMins now, and the jobs that run in it."""
        return counted(self._session, accounts, qos)

    def block(self, accounts: Sequence[str], associations: Sequence[tuple[str, str]]) -> tuple[Refusal, ...]:
        """GrpSubmitJobs=0 on accounts, MaxSubmitJobs=0 on (account, user)."""
        return blocking.block(self._session, accounts, associations)

    def jobs(self, accounts: Sequence[str]) -> tuple[Job, ...]:
        """The pending and running jobs of these accounts."""
        return queue.queued(self._session, accounts)

    def cancel(self, jobs: Sequence[Job]) -> None:
        """Cancel jobs by id."""
        queue.cancel(self._session, jobs)

    def remove_associations(self, associations: Sequence[tuple[str, str]]) -> tuple[Refusal, ...]:
        """Remove (account, user) associations, of every partition, re-pointing default accounts first."""
        return removal.remove_associations(self._session, associations)

    def remove_accounts(self, accounts: Sequence[str]) -> tuple[Refusal, ...]:
        """Remove accounts without users and children."""
        return account_removal.remove_accounts(self._session, accounts)

    def set_partitions(self, changes: Mapping[str, Mapping[str, PartitionValue]]) -> tuple[Refusal, ...]:
        """Change fields of existing partitions: partition → marketplace field → value."""
        return partitions.set_partitions(self._session, changes)

    def usage(self, start: float, end: float) -> tuple[UsageRow, ...]:
        """What every account and user used in [start, end), UTC seconds."""
        return sacct.usage(self._session, start, end)
