"""Jobs, waiting, running and past. Times are UTC seconds; a job that has not started or ended has None there."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

PENDING, RUNNING, COMPLETED = "PENDING", "RUNNING", "COMPLETED"
CANCELLED = "CANCELLED by 0"
ACTIVE = (PENDING, RUNNING)
HELD = "JobHeldUser"
RECORDED_FROM = 10_000_000
"""Ids of recorded jobs begin here, far above those of submitted ones."""
COLUMNS = (
    "db_index, id, account, user, partition, name, state, reason, submitted, started, ended, minutes, tres, nodes, qos"
)


class Job(NamedTuple):
    """One record of a job. ``tres`` is what it has or asks for, mem in MiB; ``minutes`` its time limit."""

    db_index: int
    id: int
    account: str
    user: str
    partition: str
    name: str
    state: str
    reason: str
    submitted: int
    started: int | None
    ended: int | None
    minutes: int
    tres: Mapping[str, int]
    nodes: str
    qos: str


def every(db: sqlite3.Connection) -> list[Job]:
    """All records, in the order of submission."""
    return _read(db, "ORDER BY submitted, db_index")


def active(db: sqlite3.Connection) -> list[Job]:
    """What is in the queue, by id."""
    return _read(db, f"WHERE state IN {ACTIVE} ORDER BY id")


def _read(db: sqlite3.Connection, rest: str) -> list[Job]:
    rows = db.execute(f"SELECT {COLUMNS} FROM job {rest}")
    return [Job._make((*row[:12], json.loads(row[12]), *row[13:])) for row in rows]


def add(db: sqlite3.Connection, job: Job, requeued: int | None = None) -> int:
    """Insert a job; its id: that of the requeued one, else the next free one from ``job.id`` on."""
    number: int = (
        requeued
        or db.execute(
            "SELECT coalesce(max(id) + 1, ?1) FROM job WHERE (id >= ?2) = (?1 >= ?2)", (job.id, RECORDED_FROM)
        ).fetchone()[0]
    )
    values = (None, number, *job[2:12], json.dumps(job.tres), job.nodes, job.qos)
    db.execute(f"INSERT INTO job ({COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)
    return number


def start(db: sqlite3.Connection, job: Job, node: str, now: float) -> None:
    """Let a waiting job run on a node."""
    db.execute(
        "UPDATE job SET state = ?, reason = 'None', started = ?, nodes = ? WHERE db_index = ?",
        (RUNNING, int(now), node, job.db_index),
    )


def wait_for(db: sqlite3.Connection, job: Job, reason: str) -> None:
    """Say what a waiting job waits for."""
    db.execute("UPDATE job SET reason = ? WHERE db_index = ?", (reason, job.db_index))


def end(db: sqlite3.Connection, jobs: Iterable[Job], state: str, now: float) -> None:
    """End jobs in a state."""
    db.executemany(
        "UPDATE job SET state = ?, ended = ? WHERE db_index = ?", [(state, int(now), job.db_index) for job in jobs]
    )


def free_node(queue: Sequence[Job], sizes: Mapping[str, int], cpus: int) -> str:
    """The first node with room for ``cpus``, or ""; ``sizes`` are the nodes' cpus."""
    return next((name for name, size in sizes.items() if used(queue, name) + cpus <= size), "")


def used(queue: Sequence[Job], node: str) -> int:
    """The cpus that running jobs hold on a node."""
    return sum(job.tres.get("cpu", 0) for job in queue if job.state == RUNNING and job.nodes == node)
