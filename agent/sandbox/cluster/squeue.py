"""squeue: what waits and what runs."""

import re
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence

from agent.sandbox.cluster import options, times
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.jobs import PENDING, RUNNING, Job, active
from agent.sandbox.cluster.scontrol.show import VERSION

OPTIONS = (
    options.Option("h", "noheader"), options.Option("r", "array"), options.Option("A", "account", valued=True),
    options.Option("u", "user", valued=True), options.Option("p", "partition", valued=True),
    options.Option("j", "jobs", valued=True), options.Option("t", "states", valued=True),
    options.Option("o", "format", valued=True), options.Option("O", "Format", valued=True),
    options.Option("a", "all"), options.Option("V", "version"),
)  # fmt: skip
STATES = {
    "PD": "PENDING", "R": "RUNNING", "S": "SUSPENDED", "CD": "COMPLETED", "CA": "CANCELLED", "F": "FAILED",
    "TO": "TIMEOUT", "NF": "NODE_FAIL", "PR": "PREEMPTED", "BF": "BOOT_FAIL", "DL": "DEADLINE", "OOM": "OUT_OF_MEMORY",
    "CG": "COMPLETING", "CF": "CONFIGURING", "RS": "RESIZING", "RD": "RESV_DEL_HOLD", "RQ": "REQUEUED",
    "RF": "REQUEUE_FED", "RH": "REQUEUE_HOLD", "RV": "REVOKED", "SI": "SIGNALING", "SE": "SPECIAL_EXIT",
    "SO": "STAGE_OUT", "ST": "STOPPED",
}  # fmt: skip
ITEM = re.compile(r"%(\.?)(\d*)([A-Za-z])")
FULL = ("jobid", "account", "username", "state", "partition", "name", "reason", "timelimit")
DEFAULT = "%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R"
Cell = tuple[str, Callable[[Job, float], str]]
"""A heading and what stands under it."""


def _place(job: Job, _now: float) -> str:
    return job.nodes if job.state == RUNNING else f"({job.reason})"


CELLS: Mapping[str, Cell] = {
    "i": ("JOBID", lambda job, _: str(job.id)),
    "A": ("JOBID", lambda job, _: str(job.id)),
    "F": ("ARRAY_JOB_ID", lambda job, _: str(job.id)),
    "a": ("ACCOUNT", lambda job, _: job.account),
    "u": ("USER", lambda job, _: job.user),
    "T": ("STATE", lambda job, _: job.state),
    "t": ("ST", lambda job, _: "PD" if job.state == PENDING else "R"),
    "r": ("REASON", lambda job, _: job.reason),
    "q": ("QOS", lambda job, _: job.qos),
    "P": ("PARTITION", lambda job, _: job.partition),
    "C": ("CPUS", lambda job, _: str(job.tres["cpu"])),
    "D": ("NODES", lambda job, _: str(job.tres["node"])),
    "M": ("TIME", lambda job, now: times.brief(int(now) - job.started if job.started else 0)),
    "l": ("TIME_LIMIT", lambda job, _: times.brief(job.minutes * 60)),
    "j": ("NAME", lambda job, _: job.name),
    "N": ("NODELIST", lambda job, _: job.nodes),
    "R": ("NODELIST(REASON)", _place),
    "S": ("START_TIME", lambda job, _: times.shown(job.started) if job.started else "N/A"),
    "V": ("SUBMIT_TIME", lambda job, _: times.shown(job.submitted)),
}
FULL_CELLS: Mapping[str, str] = dict(zip(FULL, "iauTPjrl", strict=True))


def main(db: sqlite3.Connection, words: Sequence[str]) -> Answer:
    """Run squeue."""
    given, _ = options.parse("squeue", words, OPTIONS)
    if "version" in given:
        return Answer(f"slurm-wlm {VERSION}\n")
    now = time.time()
    wanted = sorted(_matching(active(db), given), key=lambda job: (job.partition, job.state, job.id))
    line = _full_line(given["Format"]) if "Format" in given else _line(given.get("format", DEFAULT))
    heading = "" if "noheader" in given else line(None, now)
    return Answer(heading + "".join(line(job, now) for job in wanted))


def _matching(queue: Sequence[Job], given: Mapping[str, str]) -> list[Job]:
    states = _states(given.get("states", ""))
    if "jobs" in given and not {str(job.id) for job in queue} & set(given["jobs"].split(",")):
        raise Refused("slurm_load_jobs error: Invalid job id specified\n")
    return [job for job in queue if (not states or job.state in states) and selected(job, given)]


def selected(job: Job, given: Mapping[str, str]) -> bool:
    """Whether a job meets the comma lists of ``account``, ``user``, ``partition`` and ``jobs``."""
    asked = {"account": job.account, "user": job.user, "partition": job.partition, "jobs": str(job.id)}
    return all(value in given[key].lower().split(",") for key, value in asked.items() if key in given)


def _states(text: str) -> set[str]:
    wanted = set()
    for name in text.upper().split(",") if text else ():
        if name == "ALL":
            return set()
        if name not in STATES and name not in STATES.values():
            valid = ",".join(STATES.values())
            raise Refused(
                f"squeue: error: Invalid job state specified: {name}\n"
                f"squeue: error: Valid job states include: {valid}\n\n"
            )
        wanted.add(STATES.get(name, name))
    return wanted


def _line(form: str) -> Callable[[Job | None, float], str]:
    for found in ITEM.finditer(form):
        if found.group(3) not in CELLS:
            raise Refused(f"squeue: error: Invalid job format specification: {found.group(3)}\n")

    def line(job: Job | None, now: float) -> str:
        return ITEM.sub(lambda found: _fitted(found, _cell(found.group(3), job, now)), form) + "\n"

    return line


def _cell(letter: str, job: Job | None, now: float) -> str:
    heading, value = CELLS[letter]
    return heading if job is None else value(job, now)


def _fitted(found: re.Match[str], text: str) -> str:
    right, width, _ = found.groups()
    if not width:
        return text
    cut = text[: int(width)]
    return cut.rjust(int(width)) if right else cut.ljust(int(width))


def _full_line(form: str) -> Callable[[Job | None, float], str]:
    """``-O``: names with ``:`` and a width (20 by default) or a text that stands behind the field."""
    items = [item.partition(":") for item in form.split(",")]
    for name, _, _ in items:
        if name.lower() not in FULL_CELLS:
            raise Refused(f"squeue: error: Invalid job format specification: {name}\n")

    def line(job: Job | None, now: float) -> str:
        return "".join(_full_cell(name, after, job, now) for name, _, after in items) + "\n"

    return line


def _full_cell(name: str, after: str, job: Job | None, now: float) -> str:
    text = _cell(FULL_CELLS[name.lower()], job, now)
    width = after.removeprefix(".") if after else "20"
    if not width.isdecimal():
        return text + after
    return text[: int(width)].rjust(int(width)) if after.startswith(".") else text[: int(width)].ljust(int(width))
