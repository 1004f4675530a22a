"""``scontrol update``, ``create`` and ``delete`` of a partition, and ``reconfigure``."""

import sqlite3
from collections.abc import Sequence

from agent.sandbox.cluster import jobs, partitions
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.partitions import DEFAULTS, Partition
from agent.sandbox.cluster.scontrol.fields import applied

NAMED = ("partition", "partitionname")
UNKNOWN = "Invalid partition name specified"
FAILED_UPDATE, FAILED_CREATION = "slurm_update error", "Error creating the partition"


def update(db: sqlite3.Connection, words: Sequence[str]) -> Answer:
    """Change fields of a partition, all or none."""
    name, rest = _named(words)
    if name is None:
        raise Refused("No valid entity in update command\n")
    there = partitions.every(db).get(name)
    # What scontrol does not understand it refuses before it asks the controller.
    fields, complaints = applied(db, there.fields if there else DEFAULTS, rest, FAILED_UPDATE)
    if there is None:
        raise Refused(f"{FAILED_UPDATE}: {UNKNOWN}\n")
    partitions.store(db, Partition(name, fields))
    return Answer("", complaints)


def create(db: sqlite3.Connection, words: Sequence[str]) -> Answer:
    """Make a partition. One that the controller refuses is there afterwards all the same, without its settings."""
    name, rest = _named(words)
    if name is None:
        raise Refused("No valid entity in create command\n")
    if name in partitions.every(db):
        raise Refused(f"{FAILED_CREATION}: {UNKNOWN}\n")
    try:
        fields, complaints = applied(db, DEFAULTS, rest, FAILED_CREATION)
    except Refused as refused:
        if refused.answer.err.startswith(FAILED_CREATION):
            partitions.add(db, Partition(name, DEFAULTS))
        return refused.answer
    partitions.add(db, Partition(name, fields))
    return Answer("", complaints)


def delete(db: sqlite3.Connection, words: Sequence[str]) -> Answer:
    """Remove a partition that no job is in."""
    name, _ = _named(words)
    if name is None:
        raise Refused(f"Invalid deletion entity: {words[0]}\n")
    if name not in partitions.every(db):
        raise Refused(f"delete_partition {words[0]}: {UNKNOWN}\n")
    if any(job.partition == name for job in jobs.active(db)):
        raise Refused(f"delete_partition {words[0]}: Partition is in use\n")
    partitions.delete(db, name)
    return Answer()


def reconfigure(db: sqlite3.Connection, now: float) -> None:
    """Back to the configuration file: created partitions vanish, and their jobs with them."""
    partitions.configure(db)
    left = partitions.every(db)
    jobs.end(db, [job for job in jobs.active(db) if job.partition not in left], "NODE_FAIL", now)


def _named(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """The partition meant, and the other words."""
    name, rest = None, []
    for word in words:
        key, _, value = word.partition("=")
        if key.lower() in NAMED:
            name = value
        else:
            rest.append(word)
    return name, rest
