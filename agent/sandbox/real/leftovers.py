"""Processes of a cluster that are no children of ours: job steps that lost their slurmd."""

import contextlib
import os
import signal
from pathlib import Path


def end_all(conf: Path) -> None:
    """Kill what still runs for the cluster of this slurm.conf; processes are told by their environment."""
    for pid in of_cluster(conf):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def of_cluster(conf: Path) -> list[int]:
    """The pids of job steps and of jobs' own processes, started below this cluster's daemons."""
    mark = f"SLURM_CONF={conf}".encode()
    return [pid for pid in _pids() if mark in (words := _environment(pid)) and _of_a_job(pid, words)]


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _environment(pid: int) -> list[bytes]:
    """What the process was started with; nothing when it is gone or not ours to read."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _of_a_job(pid: int, environment: list[bytes]) -> bool:
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return False
    return name == "slurmstepd" or any(word.startswith(b"SLURM_JOB_ID=") for word in environment)
