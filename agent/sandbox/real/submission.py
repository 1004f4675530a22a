"""Jobs that really run: submitted for any user, ended when we say so.

A job runs as long as a file of its own exists, which only root may remove. So a job ends at once and well when it is
told to, and none outlives the cluster's folder.
"""

import time
from collections.abc import Callable, Set
from pathlib import Path

from agent.sandbox.real.commands import Commands

SCRIPT = "#!/bin/sh\nwhile [ -e '{file}' ]; do sleep 0.2; done\n"
PATIENCE = 15.0
POLL = 0.05
LIVE = {"RUNNING", "PENDING"}


class Submission:
    """The jobs submitted to one cluster; ``folder`` holds the file of each."""

    def __init__(self, folder: Path, commands: Commands) -> None:
        self._folder, self._run, self._said = folder, commands.run, commands.said
        self._files: dict[str, Path] = {}
        self._ended: set[str] = set()

    def submit(self, account: str, user: str, *, cpus: int, minutes: int, partition: str, hold: bool) -> str:
        """Submit as ``user``; the job id. Returns when the job runs and accounting knows it, or has to wait.

        slurmctld tells accounting of new jobs every five seconds; before that, a running job is in nobody's way when
        its association is removed. RuntimeError with Slurm's words when it is refused.
        """
        file = self._folder / f"job-{len(self._files)}"
        file.touch()
        words = ["--parsable", f"--uid={user}", f"--account={account}", f"--partition={partition}"]
        words += [f"--cpus-per-task={cpus}", f"--time={minutes}", "--chdir=/", "--output=/dev/null"]
        answer = self._run("sbatch", *words, *(["--hold"] if hold else []), stdin=SCRIPT.format(file=file))
        if answer.returncode:
            raise RuntimeError(answer.stderr.strip())
        job = answer.stdout.strip().partition(";")[0]
        self._files[job] = file
        if not hold:
            self._wait_for(lambda: self._accounted(job) == "RUNNING" or self._has_to_wait(job))
        return job

    def finish(self, job: str) -> None:
        """Let the job end: COMPLETED when it runs, cancelled when it still waits. Returns when accounting knows."""
        self._files[job].unlink(missing_ok=True)
        if self._state(job) == "PENDING":
            self._run("scancel", job)
        self._wait_for(lambda: self._state(job) in {"", "COMPLETED", "CANCELLED"})
        self._wait_for(lambda: self._accounted(job) not in LIVE)

    def end_all(self) -> None:
        """Cancel every job in the queue and wait, within reason, until none is left and accounting knows their ends.

        First it must know that they are there: slurmctld tells of new jobs every five seconds, and of one that has
        ended by then once more, which would bring back what was forgotten. Jobs that somebody else cancelled count too.
        slurmctld remembers them for a while, so accounting is asked about each only once; a controller that comes back
        from what it saved earlier may have one in its queue again.
        """
        for file in self._files.values():
            file.unlink(missing_ok=True)
        new = self._queue("-t", "all") - self._ended
        if new:
            self._wait_for(lambda: self._states(new).keys() == new)
        if live := self._queue():
            self._run("scancel", *live)
            self._wait_for(lambda: not self._queue())
        if new:
            self._wait_for(lambda: not LIVE & set(self._states(new).values()))
        self._ended |= new

    def _queue(self, *which: str) -> set[str]:
        """The jobs that are not over yet, or those asked for."""
        return set(self._said("squeue", "-h", "-o", "%A", *which).split())

    def _states(self, jobs: Set[str]) -> dict[str, str]:
        """Job → its state, of those whose start accounting was told of.

        A job that ended before that is written down by its end, without a partition, and once more by its start.
        """
        lines = self._said("sacct", "-nPX", "-j", ",".join(jobs), "-o", "jobid,state,partition").splitlines()
        shown = (line.split("|") for line in lines)
        return {job: state for job, state, partition in shown if partition}

    def _state(self, job: str) -> str:
        return self._said("squeue", "-h", "-t", "all", "-j", job, "-o", "%T")

    def _has_to_wait(self, job: str) -> bool:
        """Whether Slurm has looked at the job and lets it wait, for a limit or for room."""
        state, _, why = self._said("squeue", "-h", "-t", "all", "-j", job, "-o", "%T %r").partition(" ")
        return state == "PENDING" and why not in {"None", "Priority"}

    def _accounted(self, job: str) -> str:
        return self._said("sacct", "-nPX", "-j", job, "-o", "state")

    def _wait_for(self, true: Callable[[], bool]) -> None:
        """Wait for a state, but not for ever: a job that Slurm lets wait longer is the caller's to see."""
        deadline = time.monotonic() + PATIENCE
        while not true() and time.monotonic() < deadline:
            time.sleep(POLL)
