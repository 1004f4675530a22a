"""The queue of some accounts by one ``squeue``, and cancelling by one ``scancel``."""

import re
from collections.abc import Iterable, Iterator, Sequence

from agent.core.model.cluster import Job
from agent.errors import Incomplete, Rejected, Unavailable
from backends.slurm.names import EXISTING_ACCOUNT
from backends.slurm.parse import columns
from backends.slurm.session import Session, cleaned, raise_if_outage

JOB_ID = re.compile(r"([0-9]+)(?:_([0-9]+))?(?:\+[0-9]+)?")
PENDING = frozenset({"PENDING", "REQUEUED", "REQUEUE_HOLD", "SPECIAL_EXIT"})
STATES = "PD,R,CF,CG,S"
GONE = re.compile(r"invalid job id|already (?:completing|completed)", re.IGNORECASE)


def queued(session: Session, accounts: Sequence[str]) -> tuple[Job, ...]:
    """The pending and running jobs of ``accounts``, each array task as a job of its own.

    Raises ``Unavailable`` without an answer, ``Incomplete`` when a row is not understood.
    """
    if not accounts:  # an empty list would mean everybody's jobs
        return ()
    for account in accounts:
        if not EXISTING_ACCOUNT.fullmatch(account):
            raise Rejected(f"{account!r} is not an account name that squeue can be asked about")
    options = ("-h", "-r", "-A", ",".join(accounts), "-t", STATES, "-o", "%i|%a|%u|%T")
    finished = session.processes.read((session.tools.path("squeue"), *options), "", session.read_timeout)
    if finished.returncode != 0:
        said = cleaned(finished.stderr) or "it gave no reason"
        raise Unavailable(f"squeue ended with exit code {finished.returncode}: {said}; see whether slurmctld runs")
    return jobs(finished.stdout)


def jobs(stdout: str) -> tuple[Job, ...]:
    """The rows of ``squeue -o '%i|%a|%u|%T'``. Raises ``Incomplete`` when a row has another shape."""
    found: list[Job] = []
    odd: list[str] = []
    for line in filter(None, stdout.split("\n")):
        try:
            found.append(_job(line))
        except ValueError as error:
            odd.append(str(error))
    if odd:
        raise Incomplete(f"squeue's answer is not understood: {odd[0]}", found)
    return tuple(found)


def cancel(session: Session, cancelled: Sequence[Job]) -> None:
    """Cancel jobs by id; those that are gone already are fine.

    Raises ``Rejected`` when Slurm refuses one, ``Unavailable`` when it cannot be asked.
    """
    if not cancelled:
        return
    argv = (session.tools.path("scancel"), *job_lists(job.id for job in cancelled))
    with session.lock.acquire(session.write_deadline):
        finished = session.processes.write(argv, lock=session.lock, changes=1, deadline=session.write_deadline)
    said = "\n".join(line for line in finished.stderr.split("\n") if not GONE.search(line))
    if finished.returncode != 0 and cleaned(said):
        raise_if_outage("scancel", said)
        raise Rejected(f"scancel was refused: {cleaned(said)}")


def job_lists(ids: Iterable[str]) -> tuple[str, ...]:
    """Job ids as ``scancel`` takes them, the tasks of one array together (``7_[1,3]``)."""
    tasks: dict[str, list[int]] = {}
    single: list[str] = []
    for job in dict.fromkeys(ids):
        match = JOB_ID.fullmatch(job)
        if match is None:
            raise Rejected(f"{job!r} is not a job id")
        if match[2] is None:
            single.append(job)
        else:
            tasks.setdefault(match[1], []).append(int(match[2]))
    return (*single, *(f"{array}_[{_ranges(numbers)}]" for array, numbers in tasks.items()))


def _job(line: str) -> Job:
    job, account, user, state = columns(line, 4)
    if not JOB_ID.fullmatch(job) or not state.isascii() or not state.isupper():
        raise ValueError(f"not a job: {line!r}")
    return Job(id=job, account=account, user=user, running=state not in PENDING)


def _ranges(numbers: Sequence[int]) -> str:
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in _runs(sorted(numbers)))


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = numbers[0]
    for number in numbers[1:]:
        if number > last + 1:
            yield first, last
            first = number
        last = number
    yield first, last
