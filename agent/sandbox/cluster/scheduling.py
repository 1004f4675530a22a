"""Which waiting jobs may run now: there has to be room, and no limit of running jobs in the way."""

import sqlite3
from collections.abc import Sequence

from agent.sandbox.cluster import hardware, jobs, qos
from agent.sandbox.cluster.associations import Association, Tree
from agent.sandbox.cluster.jobs import HELD, PENDING, RUNNING, Job
from agent.sandbox.cluster.qos import Qos

ROOM = "Resources"


def start_waiting(db: sqlite3.Connection, now: float) -> None:
    """Start what may run, in the order of the queue; the others say why they wait."""
    waiting = [job for job in jobs.active(db) if job.state == PENDING and job.reason != HELD]
    if not waiting:
        return
    tree, there = Tree(db), qos.every(db)
    for job in waiting:
        queue = jobs.active(db)
        reason = obstacle(tree, there, job, queue)
        node = "" if reason else jobs.free_node(queue, hardware.sizes(), job.tres["cpu"])
        if node:
            jobs.start(db, job, node, now)
        else:
            jobs.wait_for(db, job, reason or ROOM)


def obstacle(tree: Tree, there: dict[str, Qos], job: Job, queue: Sequence[Job]) -> str:
    """The limit of running jobs that holds a job back, in Slurm's words; "" when none does.

    Only numbers of jobs hold anything back here; TRES and TRES-minutes do not.
    """
    running = [each for each in queue if each.state == RUNNING]
    most = there[job.qos].limits.get("GrpJobs") if job.qos in there else None
    if isinstance(most, int) and sum(each.qos == job.qos for each in running) >= most:
        return "QOSGrpJobsLimit"
    member = tree.member(job.account, job.user, job.partition)
    for each in tree.lineage(member) if member else ():
        most = each.limits.get("GrpJobs")
        if isinstance(most, int) and len(below(tree, each, running)) >= most:
            return "AssocGrpJobsLimit"
    return ""


def below(tree: Tree, each: Association, queue: Sequence[Job]) -> list[Job]:
    """The jobs that count for an association's group limits."""
    members = [each] if each.user else tree.under(each.account)
    pairs = {(one.account, one.user) for one in members}
    return [job for job in queue if (job.account, job.user) in pairs]
