"""What a cluster has left running, and ending it.

Daemons carry the cluster's folder in their environment, and so do the job steps they start; jobs carry the path of the
configuration and a job id. So a process is told by what it was started with, never by its name.
"""

import contextlib
import os
import signal
from pathlib import Path

MARK = "SLURM_SANDBOX"


def end_all(folder: Path) -> None:
    """Kill every daemon, step and job of the cluster in ``folder``."""
    for pid in of_cluster(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def of_cluster(folder: Path) -> list[int]:
    """The pids of the cluster's processes, but for the commands people run."""
    return [pid for pid in _pids() if _belongs(_environment(pid), folder)]


def _belongs(environment: list[bytes], folder: Path) -> bool:
    if f"{MARK}={folder}".encode() in environment:
        return True
    in_a_job = any(word.startswith(b"SLURM_JOB_ID=") for word in environment)
    return in_a_job and f"SLURM_CONF={folder}/etc/slurm.conf".encode() in environment


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _environment(pid: int) -> list[bytes]:
    """What the process was started with; nothing when it is gone or not ours to read."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
