"""Usage of a period from one ``sacct``, summed by account and user.

Every record counts (``-D``): a requeued job keeps its id, and ids are used again after a reconfiguration dropped jobs.
``--truncate`` cuts jobs at the period; the time is ElapsedRaw, which leaves out suspended time, never End - Start.
"""

import shlex
from collections.abc import Iterable
from datetime import UTC, datetime

from agent.core.model.cluster import UsageRow
from agent.errors import Incomplete, Unavailable
from backends.slurm.parse import columns, parse_tres
from backends.slurm.session import Session, cleaned

FORMAT = "Cluster,DBIndex,ElapsedRaw,AllocTRES,User,Account"
NOT_A_RESOURCE = frozenset({"energy"})
"""A reading, not an allocation: multiplying it by time means nothing."""


def usage(session: Session, start: float, end: float) -> tuple[UsageRow, ...]:
    """TRES-seconds (memory MiB-seconds) of every account and user in [start, end); running jobs up to ``end`` or now.

    Raises ``Unavailable`` without an answer, ``Incomplete`` when a row is not understood.
    """
    finished = session.processes.read((session.tools.path("sacct"), *options(start, end)), "", session.read_timeout)
    if finished.returncode != 0 or "error" in finished.stderr.lower():
        said = cleaned(finished.stderr) or "it gave no reason"
        raise Unavailable(f"sacct ended with exit code {finished.returncode}: {said}; see whether slurmdbd runs")
    try:
        return summed(finished.stdout.split("\n"), session.cluster)
    except Incomplete as error:
        raise Incomplete(f"{error}; to see them: TZ=UTC {shlex.join(finished.argv)}", error.rows) from None


def options(start: float, end: float) -> tuple[str, ...]:
    """What ``sacct`` is told; it reads times in the zone of its environment, which is UTC."""
    return (
        "-a", "-D", "-X", "-n", "-P", "--truncate", "--noconvert",
        "-S", _time(start), "-E", _time(end), f"--format={FORMAT}",
    )  # fmt: skip


def summed(lines: Iterable[str], cluster: str) -> tuple[UsageRow, ...]:
    """Rows of ``sacct`` as sums, each (cluster, DBIndex) once, sorted by account and user.

    Raises ``Incomplete`` with the sums of what was understood.
    """
    sums: dict[tuple[str, str], dict[str, int]] = {}
    seen: set[str] = set()
    odd: list[str] = []
    for line in filter(None, lines):
        try:
            _add(line, cluster, seen, sums)
        except ValueError as error:
            odd.append(str(error))
    rows = tuple(
        UsageRow(account=account, user=user, tres_seconds=tres) for (account, user), tres in sorted(sums.items())
    )
    if odd:
        raise Incomplete(f"{len(odd)} row(s) of sacct are not understood, the first: {odd[0]}", rows)
    return rows


def _add(line: str, cluster: str, seen: set[str], sums: dict[tuple[str, str], dict[str, int]]) -> None:
    of_cluster, index, elapsed, tres, user, account = columns(line, 6)
    if of_cluster != cluster or not index.isdecimal() or not elapsed.isdecimal():
        raise ValueError(f"not a job of cluster {cluster}: {line!r}")
    amounts = parse_tres(tres)
    seconds = int(elapsed)
    if index in seen or not seconds:
        return
    seen.add(index)
    total = sums.setdefault((account, user), {})
    for name, amount in amounts.items():
        if name not in NOT_A_RESOURCE:
            total[name] = total.get(name, 0) + amount * seconds


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S")
