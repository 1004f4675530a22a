"""What every launcher runs: find the cluster by SLURM_CONF, suffer an ordered fault, do the command."""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from agent.sandbox.cluster import faults, store
from agent.sandbox.cluster.answer import Answer, Refused

DATABASE = "cluster.db"
Say: TypeAlias = Callable[[str, str], None]
"""Writes to standard output and standard error."""


class Surroundings(NamedTuple):
    """What a command gets beside its words."""

    environment: Mapping[str, str]
    stdin: Iterable[str]
    say: Say


def main(program: str) -> None:
    """Run one of Slurm's commands with the process's arguments, input and environment, and exit."""
    try:
        code = run(program, sys.argv[1:], Surroundings(os.environ, sys.stdin, _say))
    except BrokenPipeError:
        code = 1
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def run(program: str, words: Sequence[str], around: Surroundings) -> int:
    """Run one of Slurm's commands; its exit code."""
    try:
        return _run(program, words, around)
    except Refused as refused:
        around.say(refused.answer.out, refused.answer.err)
        return refused.answer.code


def _run(program: str, words: Sequence[str], around: Surroundings) -> int:
    db = _connected(program, around.environment.get("SLURM_CONF", ""))
    try:
        faults.strike(db, program)
        return _dispatch(program, db, words, around)
    finally:
        db.close()


def _connected(program: str, conf: str) -> sqlite3.Connection:
    folder, slash, _ = conf.rpartition("/")
    try:
        return store.connect(f"{folder}{slash}{DATABASE}")
    except sqlite3.OperationalError:
        where = conf or "SLURM_CONF, which is not set"
        raise Refused(
            f"{program}: error: no embedded cluster beside {where}\n"
            f"{program}: fatal: Could not establish a configuration source\n"
        ) from None


def _dispatch(program: str, db: sqlite3.Connection, words: Sequence[str], around: Surroundings) -> int:
    """Import only what this program needs: a launcher has to start fast."""
    # ruff: noqa: PLC0415
    cluster: str = db.execute("SELECT name FROM cluster").fetchone()[0]
    if program == "sacctmgr":
        from agent.sandbox.cluster.sacctmgr import session as sacctmgr

        return sacctmgr.main(db, cluster, words, around.stdin, around.say)
    if program == "scontrol":
        from agent.sandbox.cluster.scontrol import session as scontrol

        conf = around.environment.get("SLURM_CONF", "")
        return scontrol.main(db, cluster, conf, words, around.stdin, around.say)
    answer = _answer(program, db, cluster, words, around.environment)
    around.say(answer.out, answer.err)
    return answer.code


def _answer(
    program: str, db: sqlite3.Connection, cluster: str, words: Sequence[str], environment: Mapping[str, str]
) -> Answer:
    if program == "squeue":
        from agent.sandbox.cluster import squeue

        return squeue.main(db, words)
    if program == "scancel":
        from agent.sandbox.cluster import scancel

        return scancel.main(db, words)
    if program == "sinfo":
        from agent.sandbox.cluster import sinfo

        return sinfo.main(db, words)
    if program == "sacct":
        from agent.sandbox.cluster import sacct

        return sacct.main(db, cluster, words, environment.get("SLURM_TIME_FORMAT", ""))
    from agent.sandbox.cluster import sreport

    return sreport.main(db, cluster, words)


def _say(out: str, err: str) -> None:
    """Write at once, so that a reader sees what was done when the process is killed."""
    sys.stdout.write(out)
    sys.stdout.flush()
    sys.stderr.write(err)
    sys.stderr.flush()
