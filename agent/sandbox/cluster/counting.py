"""What counts against limits of TRES-minutes: the jobs since the last reset, recorded ones too.

The usage of associations and QOS starts anew each month, as PriorityUsageResetPeriod says; that of a QOS with the flag
NoDecay does not.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from agent.sandbox.cluster import jobs, times
from agent.sandbox.cluster.jobs import Job
from agent.sandbox.cluster.qos import Qos


class Counted(NamedTuple):
    """A job, and since when it counts for its associations and for its QOS, UTC seconds."""

    job: Job
    since: int
    qos_since: int


def every(db: sqlite3.Connection) -> list[Counted]:
    """All jobs that ever started."""
    since = {
        row[0]: row[1:]
        for row in db.execute("SELECT db_index, counted_from, qos_counted_from FROM job WHERE started IS NOT NULL")
    }
    return [Counted(job, *since[job.db_index]) for job in jobs.every(db) if job.db_index in since]


def of_association(counted: Iterable[Counted], now: float) -> Mapping[str, int]:
    """TRES-seconds of these jobs, as their associations count them."""
    month = times.month(now)
    return _total((each.job, max(each.since, month), now) for each in counted)


def of_qos(counted: Iterable[Counted], qos: Qos, now: float) -> Mapping[str, int]:
    """TRES-seconds of the jobs in a QOS."""
    start = 0 if "NoDecay" in qos.flags else times.month(now)
    return _total((each.job, max(each.qos_since, start), now) for each in counted if each.job.qos == qos.name)


def _total(spans: Iterable[tuple[Job, int, float]]) -> Mapping[str, int]:
    total: dict[str, int] = {}
    for job, start, now in spans:
        seconds = max(0, min(job.ended or int(now), int(now)) - max(job.started or 0, start))
        for name, amount in job.tres.items():
            total[name] = total.get(name, 0) + amount * seconds
    return total


def forget(db: sqlite3.Connection, pairs: Iterable[tuple[str, str]], now: float) -> None:
    """Count nothing of the jobs of these (account, user) from before now."""
    db.executemany(
        "UPDATE job SET counted_from = ? WHERE account = ? AND user = ?",
        [(int(now), account, user) for account, user in pairs],
    )


def forget_qos(db: sqlite3.Connection, names: Iterable[str], now: float) -> None:
    """Count nothing of the jobs in these QOS from before now."""
    db.executemany("UPDATE job SET qos_counted_from = ? WHERE qos = ?", [(int(now), name) for name in names])
