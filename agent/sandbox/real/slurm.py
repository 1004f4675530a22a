"""A small but real Slurm on loopback, for tests and the demo: MariaDB, munge, slurmdbd, slurmctld and slurmds.

It needs root and Debian's packages, and no systemd. It listens on a loopback address and free ports, keeps everything
in one folder, and leaves nothing behind: no process, no route, no unix user.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from agent.sandbox.real import address, jobs, leftovers, requirements
from agent.sandbox.real.clearing import remove_everything
from agent.sandbox.real.commands import Commands
from agent.sandbox.real.configuration import Layout, write_configuration
from agent.sandbox.real.keeper import Keeper
from agent.sandbox.real.launchers import write_launchers
from agent.sandbox.real.services import Services, lay_out
from agent.sandbox.real.submission import Submission
from agent.sandbox.real.unix_users import UnixUsers

LONGEST = 80  # a socket's path holds 107 characters, and MariaDB's needs 17 below the folder


class RealCluster:
    """A cluster of its own in ``folder``; a context manager, up after entering, gone after leaving.

    Every user must be able to enter ``folder`` (the daemons run as slurm, jobs as their user), and its path be at most
    80 characters long: ValueError otherwise. ``memory_mb`` is MiB a node; nodes claim their size, whatever there is.
    """

    missing = staticmethod(requirements.missing)

    def __init__(
        self,
        folder: Path,
        name: str = "lab",
        nodes: int = 2,
        cpus: int = 16,
        memory_mb: int = 64_000,
        gpus: int = 4,
    ) -> None:
        self.folder, self.name = _usable(folder.resolve()), name
        self.bin, self.conf = self.folder / "bin", self.folder / "etc" / "slurm.conf"
        self._commands = Commands(self.bin, self.conf)
        self._submission = Submission(self.folder / "jobs", self._commands)
        self._size = {"nodes": nodes, "cpus": cpus, "memory_mb": memory_mb, "gpus": gpus}
        self._address: address.Address | None = None
        self._keeper: Keeper | None = None
        self._services: Services | None = None

    def __enter__(self) -> Self:
        """Start the cluster."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the cluster."""
        self.stop()

    def start(self) -> None:
        """Bring everything up. RuntimeError names the daemon that failed, with its last words."""
        self._address = address.take_address()
        self._keeper = Keeper(self.folder, self._address)
        layout = self._layout(self._address)
        lay_out(layout)
        write_configuration(layout)
        self._users = UnixUsers(self.folder / "etc")
        write_launchers(self.bin, self._users.environment())
        self._services = Services(layout, self._commands, self._users.environment())
        self._services.start_all()
        self._partitions = self._shown_partitions()

    def stop(self) -> None:
        """End every process and remove the route; safe to call twice, and after a failed start."""
        if self._services:
            if self._services.running("slurmctld"):
                self._submission.end_all()
            self._services.end_all()
            self._services = None
        leftovers.end_all(self.folder)
        if self._address:
            address.give_back(self._address)
            self._address = None
        if self._keeper:
            self._keeper.dismiss()
            self._keeper = None

    def run(self, program: str, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run one of Slurm's commands as root, in UTC; with no ``stdin`` it reads the end of file."""
        return self._commands.run(program, *words, stdin=stdin)

    def sacctmgr(self, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run sacctmgr."""
        return self._commands.run("sacctmgr", *words, stdin=stdin)

    def submit(
        self,
        account: str,
        user: str,
        *,
        cpus: int = 1,
        minutes: int = 60,
        partition: str = "cpu",
        hold: bool = False,
    ) -> str:
        """Submit a job as ``user``, who is made known to the cluster's unix users if need be; the job id.

        Returns when the job runs and accounting knows it, or has to wait. RuntimeError with Slurm's words when refused.
        """
        if self._users.add(user):
            self._make_slurmctld_look_up(user)
        return self._submission.submit(account, user, cpus=cpus, minutes=minutes, partition=partition, hold=hold)

    def finish(self, job: str) -> None:
        """End a job well: COMPLETED when it ran, cancelled when it waited."""
        self._submission.finish(job)

    def record_job(
        self,
        account: str,
        user: str,
        *,
        start: float,
        end: float | None,
        tres: Mapping[str, int],
        state: str = "COMPLETED",
        job: str = "",
    ) -> str:
        """Write a job into the accounting history; its id. See ``jobs.record``."""
        where = (self._up().database, self.name)
        return jobs.record(*where, account, user, start=start, end=end, tres=tres, state=state, job=job)

    def kill_slurmdbd(self) -> None:
        """Take accounting away, as a crash would."""
        self._up().kill("slurmdbd")

    def start_slurmdbd(self) -> None:
        """Give accounting back; returns when it answers."""
        self._up().start_slurmdbd()

    def kill_slurmctld(self) -> None:
        """Take the controller away, as a crash would."""
        self._up().kill("slurmctld")

    def start_slurmctld(self) -> None:
        """Give the controller back; returns when it answers."""
        self._up().start_slurmctld()

    def clear(self) -> None:
        """Make it as it was at the start: daemons up, no job, no account but root's, the partitions of the file."""
        self.start_slurmdbd()
        self.start_slurmctld()
        self._submission.end_all()
        jobs.forget(self._up().database, self.name)
        remove_everything(self._commands)
        if self._shown_partitions() != self._partitions:
            self.run("scontrol", "reconfigure")

    def _layout(self, here: address.Address) -> Layout:
        database, slurmdbd, slurmctld, *nodes = address.free_ports(here.host, 3 + self._size["nodes"])
        return Layout(
            folder=self.folder,
            name=self.name,
            address=here,
            database_port=database,
            slurmdbd_port=slurmdbd,
            slurmctld_port=slurmctld,
            slurmd_ports=tuple(nodes),
            **self._size,
        )

    def _make_slurmctld_look_up(self, user: str) -> None:
        """Set the shares as they are: a uid is looked up when an association arrives, or changes later."""
        shown = self._commands.said("sacctmgr", "-nP", "show", "assoc", f"user={user}", "format=account,share")
        for account, share in (line.split("|") for line in shown.splitlines()):
            where = ("where", f"name={user}", f"account={account}")
            self.sacctmgr("-iQ", "modify", "user", *where, "set", f"fairshare={share}")

    def _up(self) -> Services:
        if self._services is None:
            raise RuntimeError(f"the cluster in {self.folder} is not running: start it first")
        return self._services

    def _shown_partitions(self) -> str:
        return self._commands.said("scontrol", "-o", "show", "partition")


def _usable(folder: Path) -> Path:
    if len(str(folder)) > LONGEST:
        raise ValueError(f"{folder} is longer than {LONGEST} characters, too long for a socket in it: choose another")
    closed = [parent for parent in folder.parents if not parent.stat().st_mode & 0o001]
    if closed:
        raise ValueError(f"the Slurm user cannot enter {closed[0]}: choose a folder that everyone can enter")
    return folder
