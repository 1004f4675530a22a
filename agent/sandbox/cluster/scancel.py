"""scancel: end jobs by id, or by account, user and partition. A job that is gone is no error."""

import sqlite3
import time
from collections.abc import Sequence

from agent.sandbox.cluster import jobs, options, scheduling, store
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.scontrol.show import VERSION
from agent.sandbox.cluster.squeue import selected

OPTIONS = (
    options.Option("A", "account", valued=True), options.Option("u", "user", valued=True),
    options.Option("p", "partition", valued=True), options.Option("t", "state", valued=True),
    options.Option("Q", "quiet"), options.Option("v", "verbose"), options.Option("V", "version"),
)  # fmt: skip


def main(db: sqlite3.Connection, words: Sequence[str]) -> Answer:
    """Run scancel."""
    given, ids = options.parse("scancel", words, OPTIONS)
    if "version" in given:
        return Answer(f"slurm-wlm {VERSION}\n")
    if not ids and not {"account", "user", "partition", "state"} & given.keys():
        raise Refused("scancel: error: No job identification provided\n")
    numbers = [number for word in ids for number in word.split(",")]
    for number in numbers:
        if not number.isdecimal():
            raise Refused(f"scancel: error: Invalid job id {number}\n")
    wanted = {**given, "jobs": ",".join(numbers)} if numbers else dict(given)
    state = given.get("state", "").upper()
    with store.transaction(db):
        doomed = [job for job in jobs.active(db) if selected(job, wanted) and (not state or job.state == _long(state))]
        jobs.end(db, doomed, jobs.CANCELLED, time.time())
        scheduling.start_waiting(db, time.time())
    return Answer()


def _long(state: str) -> str:
    return {"PD": jobs.PENDING, "R": jobs.RUNNING}.get(state, state)
