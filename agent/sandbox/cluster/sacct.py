"""sacct: the history of jobs. Only whole jobs are kept, no steps, so ``-X`` changes nothing."""

import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from agent.sandbox.cluster import jobs, options, times, tres
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.jobs import HELD, PENDING, Job
from agent.sandbox.cluster.scontrol.show import VERSION
from agent.sandbox.cluster.squeue import STATES
from agent.sandbox.cluster.tables import Field, Style, chosen, rendered

OPTIONS = (
    options.Option("a", "allusers"), options.Option("D", "duplicates"), options.Option("X", "allocations"),
    options.Option("n", "noheader"), options.Option("P", "parsable2"), options.Option("p", "parsable"),
    options.Option("T", "truncate"), options.Option("", "noconvert"), options.Option("", "delimiter", valued=True),
    options.Option("S", "starttime", valued=True), options.Option("E", "endtime", valued=True),
    options.Option("o", "format", valued=True), options.Option("A", "accounts", valued=True),
    options.Option("u", "user", valued=True), options.Option("j", "jobs", valued=True),
    options.Option("s", "state", valued=True), options.Option("M", "clusters", valued=True),
    options.Option("L", "allclusters"), options.Option("V", "version"),
)  # fmt: skip
NAMES = (
    ("Account", 10), ("AllocCPUS", 10), ("AllocTRES", 10), ("Cluster", 10), ("CPUTimeRAW", 10), ("DBIndex", 10),
    ("Elapsed", 10), ("ElapsedRaw", 10), ("Eligible", 19), ("End", 19), ("ExitCode", 8), ("JobID", 12),
    ("JobIDRaw", 12), ("JobName", 10), ("NCPUS", 10), ("NNodes", 8), ("NodeList", 15), ("Partition", 10), ("QOS", 10),
    ("ReqTRES", 10), ("Start", 19), ("State", 10), ("Submit", 19), ("Suspended", 10), ("Timelimit", 10), ("User", 9),
)  # fmt: skip
FIELDS = tuple(Field(name.lower(), len(name), name, width) for name, width in NAMES)
DEFAULT = "JobID,JobName,Partition,Account,AllocCPUS,State,ExitCode"


class Window(NamedTuple):
    """The period asked for, UTC seconds, whether jobs are cut at it, and what time it is."""

    start: int
    end: int
    cut: bool
    now: int


def main(db: sqlite3.Connection, cluster: str, words: Sequence[str], form: str) -> Answer:
    """Run sacct; ``form`` is what SLURM_TIME_FORMAT says."""
    given, _ = options.parse("sacct", words, OPTIONS)
    if "version" in given:
        return Answer(f"slurm-wlm {VERSION}\n")
    columns = chosen(given.get("format", DEFAULT), FIELDS, 'sacct: error: Invalid field requested: "{}"\n')
    window = _window(given, int(time.time()))
    rows = [_row(job, window, cluster, given, form) for job in _latest(_matching(jobs.every(db), window, given), given)]
    if cluster not in given.get("clusters", cluster).split(","):
        rows = []
    parsable = {"parsable", "parsable2"} & given.keys()
    style = Style("noheader" not in given, given.get("delimiter", "|") if parsable else None, "parsable" in given)
    return Answer(rendered(columns, rows, style))


def _window(given: Mapping[str, str], now: int) -> Window:
    earliest = 0 if "jobs" in given else times.midnight(now)
    start = times.read(given["starttime"], now) if "starttime" in given else earliest
    end = times.read(given["endtime"], now) if "endtime" in given else now + 1
    if start > end:
        raise Refused(
            f"sacct: error: Start time ({times.shown(start)}) requested is after end time ({times.shown(end)}).\n"
        )
    return Window(start, end, "truncate" in given, now)


def _matching(every: Iterable[Job], window: Window, given: Mapping[str, str]) -> list[Job]:
    """Jobs that were eligible before the end of the window and had not ended before its start."""
    states = {STATES.get(name, name) for name in given.get("state", "").upper().split(",") if name}
    asked = {key: given[key].lower().split(",") for key in ("accounts", "user", "jobs") if key in given}
    return [
        job
        for job in every
        if job.submitted < window.end
        and (job.ended is None or job.ended >= window.start)
        and not (job.reason == HELD and job.started is None)
        and (not states or job.state.split()[0] in states)
        and all(
            value in asked.get(key, (value,))
            for key, value in (("accounts", job.account), ("user", job.user), ("jobs", str(job.id)))
        )
    ]


def _latest(matching: Sequence[Job], given: Mapping[str, str]) -> Iterable[Job]:
    """Without ``-D`` only the last record of each id."""
    return matching if "duplicates" in given else {job.id: job for job in matching}.values()


def span(job: Job, start: int, end: int, now: int) -> int:
    """The seconds a job ran within [start, end), at most up to now."""
    if job.started is None:
        return 0
    return max(0, min(job.ended or now, end, now) - max(job.started, start))


def _row(job: Job, window: Window, cluster: str, given: Mapping[str, str], form: str) -> Mapping[str, str]:
    start, end = _shown_span(job, window, form)
    return {
        **_amounts(job, window, convert="noconvert" not in given),
        "account": job.account,
        "cluster": cluster,
        "dbindex": str(job.db_index),
        "eligible": times.shown(job.submitted, form),
        "end": end,
        "exitcode": "0:0",
        "jobid": str(job.id),
        "jobidraw": str(job.id),
        "jobname": job.name,
        "nodelist": job.nodes or "None assigned",
        "partition": job.partition,
        "qos": job.qos,
        "start": start,
        "state": job.state,
        "submit": times.shown(job.submitted, form),
        "user": job.user,
    }


def _amounts(job: Job, window: Window, *, convert: bool) -> Mapping[str, str]:
    elapsed = span(job, *((window.start, window.end) if window.cut else (0, window.now)), window.now)
    asked = tres.shown(job.tres, convert=convert)
    return {
        "alloccpus": str(job.tres.get("cpu", 0)),
        "alloctres": asked if job.started else "",
        "cputimeraw": str(elapsed * job.tres.get("cpu", 0)),
        "elapsed": times.elapsed(elapsed),
        "elapsedraw": str(elapsed),
        "ncpus": str(job.tres.get("cpu", 0)),
        "nnodes": str(job.tres.get("node", 1)),
        "reqtres": asked,
        "suspended": "00:00:00",
        "timelimit": times.elapsed(job.minutes * 60),
    }


def _shown_span(job: Job, window: Window, form: str) -> tuple[str, str]:
    """Start and end as shown; cut at the window, they may stand in the wrong order."""
    if window.cut:
        end = min(job.ended or window.now, window.end, window.now)
        return times.shown(max(job.started or end, window.start), form), times.shown(end, form)
    end_said = times.shown(job.ended, form) if job.ended else "Unknown"
    if job.started is None:
        return ("Unknown" if job.state == PENDING else "None"), end_said
    return times.shown(job.started, form), end_said
