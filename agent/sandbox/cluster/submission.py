"""Submitting a job, and what Slurm says when it may not be."""

import sqlite3
from collections.abc import Iterator

from agent.sandbox.cluster import hardware, jobs, partitions, tres
from agent.sandbox.cluster.answer import Refused
from agent.sandbox.cluster.associations import Association, Tree
from agent.sandbox.cluster.jobs import Job

FAILED = "sbatch: error: Batch job submission failed: "
POLICY = f"{FAILED}Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n"


def submit(
    db: sqlite3.Connection, account: str, user: str, *, cpus: int, minutes: int, partition: str, hold: bool, now: float
) -> int:
    """Put a job into the queue and, unless it is held or no node has room, let it run at once; its id.

    Raises ``Refused`` with sbatch's words without an association, or at a limit of submitted jobs. Limits of running
    jobs and of TRES-minutes are not enforced.
    """
    there = partitions.every(db)
    if partition not in there:
        raise Refused(
            f"sbatch: error: invalid partition specified: {partition}\n{FAILED}Invalid partition name specified\n"
        )
    tree, queue = Tree(db), jobs.active(db)
    member = next((each for each in tree if each.user == user and each.account == account), None)
    if member is None:
        raise Refused(f"{FAILED}Invalid account or account/partition combination specified\n")
    _check_limits(tree, member, queue)
    node = "" if hold else jobs.free_node(queue, hardware.sizes(), cpus)
    wanted = {"cpu": cpus, "mem": cpus * hardware.MEMORY_PER_CPU, "node": 1}
    wanted["billing"] = tres.billing(wanted, there[partition].fields["TRESBillingWeights"])
    waits_for = jobs.HELD if hold else "Resources"
    job = Job(
        db_index=0, id=1, account=account, user=user, partition=partition, name="wrap",
        state=jobs.RUNNING if node else jobs.PENDING, reason="None" if node else waits_for, submitted=int(now),
        started=int(now) if node else None, ended=None, minutes=minutes, tres=wanted, nodes=node,
    )  # fmt: skip
    return jobs.add(db, job)


def _check_limits(tree: Tree, member: Association, queue: list[Job]) -> None:
    most = tree.effective(member, "MaxSubmitJobs")
    own = sum((job.account, job.user) == (member.account, member.user) for job in queue)
    if isinstance(most, int) and own >= most:
        raise Refused(f"sbatch: error: AssocMaxSubmitJobLimit\n{POLICY}")
    for each in tree.lineage(member):
        most = each.limits.get("GrpSubmitJobs")
        if isinstance(most, int) and sum(1 for _ in _below(tree, each, queue)) >= most:
            raise Refused(f"sbatch: error: AssocGrpSubmitJobsLimit\n{POLICY}")


def _below(tree: Tree, each: Association, queue: list[Job]) -> Iterator[Job]:
    """The jobs that count for an association's group limits."""
    members = [each] if each.user else tree.under(each.account)
    pairs = {(one.account, one.user) for one in members}
    return (job for job in queue if (job.account, job.user) in pairs)
