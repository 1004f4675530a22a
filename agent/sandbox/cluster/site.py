"""An embedded cluster in a folder: start it, run its commands, submit jobs, write history, order faults."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from agent.sandbox.cluster import faults, hardware, jobs, launchers, partitions, scheduling, store, submission
from agent.sandbox.cluster.answer import Refused
from agent.sandbox.cluster.associations import Association, Tree
from agent.sandbox.cluster.jobs import Job
from agent.sandbox.cluster.program import DATABASE

ALWAYS = 1_000_000
"""Times enough for a fault that lasts until ``heal``."""
STATES = frozenset({"COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "REQUEUED", "SUSPENDED"})
TIMEOUT = 120.0


class EmbeddedCluster:
    """A cluster of its own in ``folder``, usable at once; also a context manager.

    ``bin`` holds the commands, ``conf`` the slurm.conf that tells them which cluster is meant (SLURM_CONF). It has two
    nodes, the partitions cpu and gpu, the account and user root, and the QOS normal. A folder that holds a cluster
    already is opened as it is.
    """

    def __init__(self, folder: Path, name: str = "lab") -> None:
        self.folder, self.name = folder.resolve(), name.lower()
        self.bin, self.conf, self.database = (self.folder / part for part in ("bin", "slurm.conf", DATABASE))
        launchers.write(self.bin)
        if not self.database.exists():
            self._create()

    def __enter__(self) -> Self:
        """The cluster; it needs no start."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the cluster."""
        self.stop()

    def stop(self) -> None:
        """Take the commands away; the folder and what is in it stay. There is no process to end."""
        for program in launchers.PROGRAMS:
            (self.bin / program).unlink(missing_ok=True)

    def run(self, program: str, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run one of the commands, in UTC; with no ``stdin`` it reads the end of file."""
        return subprocess.run(
            [self.bin / program, *words],
            input=stdin or "",
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": "/usr/bin:/bin", "SLURM_CONF": str(self.conf), "TZ": "UTC", "LC_ALL": "C.UTF-8"},
            timeout=TIMEOUT,
        )

    def sacctmgr(self, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run sacctmgr."""
        return self.run("sacctmgr", *words, stdin=stdin)

    def submit(
        self,
        account: str,
        user: str,
        *,
        cpus: int = 1,
        minutes: int = 60,
        partition: str = "cpu",
        qos: str = "",
        hold: bool = False,
    ) -> str:
        """Submit a job, which runs at once unless it has to wait; its id.

        RuntimeError with Slurm's words when it is refused.
        """
        wanted = submission.Wanted(account, user, cpus, minutes, partition, qos, hold)
        with self._writing() as db:
            try:
                number = submission.submit(db, wanted, time.time())
            except Refused as refused:
                raise RuntimeError(refused.answer.err.strip()) from None
        return str(number)

    def finish(self, job: str) -> None:
        """End a job of the queue: COMPLETED when it ran, cancelled when it waited."""
        with self._writing() as db:
            found = [each for each in jobs.active(db) if str(each.id) == job]
            for each in found:
                jobs.end(db, [each], jobs.COMPLETED if each.started else jobs.CANCELLED, time.time())
            scheduling.start_waiting(db, time.time())

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
        """Write one job into the accounting history; its id.

        ``start`` and ``end`` are UTC seconds, ``end`` None for a job that still runs. ``tres`` is what it was given, by
        TRES name (mem in MiB). ``job`` is the id of an earlier record, for a job that was requeued. LookupError when
        the user has no association in the account, ValueError for a state that is none of ``STATES``.
        """
        if state not in STATES:
            raise ValueError(f"a recorded job cannot be {state}: choose one of {', '.join(sorted(STATES))}")
        with self._writing() as db:
            tree = Tree(db)
            member = next((each for each in tree.members(account) if each.user == user), None)
            if member is None:
                raise LookupError(f"user {user} has no association in account {account}: add it before recording a job")
            qos = submission.qos_for(tree, member, "") or submission.NORMAL
            record = _recorded(member, qos, int(start), None if end is None else int(end), tres, state)
            return str(jobs.add(db, record, int(job) if job else None))

    def refuse(self, program: str, text: str, times: int = 1) -> None:
        """Let the next ``times`` runs of a command do nothing but print ``text`` as an error, exit code 1."""
        with self._writing() as db:
            faults.add(db, program, text, 0.0, times)

    def hang(self, program: str, seconds: float, times: int = ALWAYS) -> None:
        """Let runs of a command wait before they do what they are told."""
        with self._writing() as db:
            faults.add(db, program, "", seconds, times)

    def gone(self, program: str) -> None:
        """Take a command's file away."""
        (self.bin / program).unlink(missing_ok=True)

    def heal(self) -> None:
        """End every fault."""
        with self._writing() as db:
            faults.clear(db)
        launchers.write(self.bin)

    def _create(self) -> None:
        self.conf.write_text(f"# An embedded cluster; its state is in {DATABASE}.\nClusterName={self.name}\n", "utf-8")
        store.create(str(self.database), self.name)
        with self._writing() as db:
            partitions.configure(db)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        db = store.connect(str(self.database))
        try:
            with store.transaction(db):
                yield db
        finally:
            db.close()


def _recorded(member: Association, qos: str, start: int, end: int | None, tres: Mapping[str, int], state: str) -> Job:
    nodes = hardware.NODES[: tres.get("node", 1)]
    return Job(
        db_index=0, id=jobs.RECORDED_FROM, account=member.account, user=member.user, partition="cpu", name="recorded",
        state=jobs.RUNNING if end is None else state, reason="None", submitted=start, started=start, ended=end,
        minutes=1440, tres=dict(tres), nodes=hardware.hosts(nodes), qos=qos,
    )  # fmt: skip
