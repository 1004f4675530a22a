"""Submitting a job, and what Slurm says when it may not be."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agent.sandbox.cluster import jobs, partitions, qos, scheduling, tres
from agent.sandbox.cluster.answer import Refused
from agent.sandbox.cluster.associations import Association, Tree
from agent.sandbox.cluster.hardware import MEMORY_PER_CPU
from agent.sandbox.cluster.jobs import Job
from agent.sandbox.cluster.qos import Qos

FAILED = "sbatch: error: Batch job submission failed: "
POLICY = f"{FAILED}Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n"
NORMAL = "normal"


class Wanted(NamedTuple):
    """What somebody submits; ``qos`` "" is the one he gets without asking."""

    account: str
    user: str
    cpus: int
    minutes: int
    partition: str
    qos: str
    hold: bool


def submit(db: sqlite3.Connection, wanted: Wanted, now: float) -> int:
    """Put a job into the queue; unless it is held, or has to wait, it runs at once. Its id.

    Raises ``Refused`` with sbatch's words without an association or the right to the QOS, or at a limit of submitted
    jobs.
    """
    there = partitions.every(db)
    if wanted.partition not in there:
        raise Refused(
            f"sbatch: error: invalid partition specified: {wanted.partition}\n"
            f"{FAILED}Invalid partition name specified\n"
        )
    tree, queue = Tree(db), jobs.active(db)
    member = tree.member(wanted.account, wanted.user, wanted.partition)
    if member is None:
        raise Refused(f"{FAILED}Invalid account or account/partition combination specified\n")
    chosen = qos_for(tree, member, wanted.qos)
    if chosen is None:
        raise Refused(f"{FAILED}Invalid qos specification\n")
    _check_limits(tree, member, qos.every(db)[chosen], queue)
    number = jobs.add(db, _job(wanted, chosen, there[wanted.partition].fields["TRESBillingWeights"], now))
    scheduling.start_waiting(db, now)
    return number


def qos_for(tree: Tree, member: Association, asked: str) -> str | None:
    """The QOS a job gets: the one asked for, else the default, the only one, or ``normal``; None: none is allowed."""
    held = tree.qos_of(member)
    default = tree.effective(member, "DefaultQOS")
    only = held[0] if len(held) == 1 else NORMAL
    wanted = asked or str(default or only)
    return wanted if wanted in held else None


def _job(wanted: Wanted, chosen: str, weights: str, now: float) -> Job:
    size = {"cpu": wanted.cpus, "mem": wanted.cpus * MEMORY_PER_CPU, "node": 1}
    return Job(
        db_index=0, id=1, account=wanted.account, user=wanted.user, partition=wanted.partition, name="wrap",
        state=jobs.PENDING, reason=jobs.HELD if wanted.hold else scheduling.ROOM, submitted=int(now), started=None,
        ended=None, minutes=wanted.minutes, tres=_with_billing(size, weights), nodes="", qos=chosen,
    )  # fmt: skip


def _with_billing(size: Mapping[str, int], weights: str) -> Mapping[str, int]:
    return {**size, "billing": tres.billing(size, weights)}


def _check_limits(tree: Tree, member: Association, chosen: Qos, queue: Sequence[Job]) -> None:
    most = chosen.limits.get("GrpSubmitJobs")
    if isinstance(most, int) and sum(job.qos == chosen.name for job in queue) >= most:
        raise Refused(f"sbatch: error: QOSGrpSubmitJobsLimit\n{POLICY}")
    most = tree.effective(member, "MaxSubmitJobs")
    own = sum((job.account, job.user) == (member.account, member.user) for job in queue)
    if isinstance(most, int) and own >= most:
        raise Refused(f"sbatch: error: AssocMaxSubmitJobLimit\n{POLICY}")
    for each in tree.lineage(member):
        most = each.limits.get("GrpSubmitJobs")
        if isinstance(most, int) and len(scheduling.below(tree, each, queue)) >= most:
            raise Refused(f"sbatch: error: AssocGrpSubmitJobsLimit\n{POLICY}")
