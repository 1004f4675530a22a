"""sreport: ``cluster AccountUtilizationByUser``, up to the last full hour, as the real one."""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from agent.sandbox.cluster import jobs, options, times
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.associations import Tree, for_showing
from agent.sandbox.cluster.sacct import span
from agent.sandbox.cluster.sacctmgr.words import names, word
from agent.sandbox.cluster.scontrol.show import VERSION
from agent.sandbox.cluster.tables import Field, Style, chosen, rendered
from agent.sandbox.cluster.tres import IDS

OPTIONS = (
    options.Option("n", "noheader"), options.Option("P", "parsable2"), options.Option("p", "parsable"),
    options.Option("t", "time", valued=True), options.Option("T", "tres", valued=True), options.Option("V", "version"),
    options.Option("a", "all_clusters"),
)  # fmt: skip
FIELDS = (
    Field("cluster", 2, "Cluster", 9), Field("account", 1, "Account", 15), Field("login", 1, "Login", 9),
    Field("proper", 1, "Proper Name", 15), Field("tresname", 5, "TRES Name", 14), Field("used", 1, "Used", 8),
    Field("energy", 1, "Energy", 8),
)  # fmt: skip
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600}
RULE = "-" * 80 + "\n"
REPORT = "accountutilizationbyuser"
REPORTS = (
    '"AccountUtilizationByUser", "UserUtilizationByAccount", "UserUtilizationByWckey", "Utilization", and'
    ' "WCKeyUtilizationByUser"'
)
HOUR = 3600
CONDITIONS = ("start", "end", "accounts", "format")


class Request(NamedTuple):
    """The period (UTC seconds), the accounts wanted (None is all), the columns asked for, and complaints."""

    start: int
    end: int
    accounts: list[str] | None
    columns: str
    complaints: str


def main(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Run sreport. A bad time is a complaint, exit code 0, and figures of another period, as in Slurm."""
    given, rest = options.parse("sreport", words, OPTIONS)
    if "version" in given:
        return Answer(f"slurm-wlm {VERSION}\n")
    if rest[:1] != ("cluster",):
        raise Refused(f"invalid keyword: {' '.join(rest[:1])}\n")
    if [word.lower() for word in rest[1:2]] != [REPORT]:
        raise Refused(f"Not valid report {' '.join(rest[1:2])}\nValid cluster reports are, {REPORTS}\n")
    request = _request(rest[2:], time.time())
    return Answer(_report(db, cluster, request, given), request.complaints)


def _report(db: sqlite3.Connection, cluster: str, request: Request, given: Mapping[str, str]) -> str:
    unit = next((seconds for name, seconds in UNITS.items() if name.startswith(given.get("time", "m").lower())), 60)
    wanted, by_name = _tres(given.get("tres", "cpu")), "tres" in given
    form = request.columns or f"cluster,account,login,proper,{'tresname,used' if by_name else 'used,energy'}"
    columns = chosen(form, FIELDS, "Unknown field '{}'\n")
    parsable = {"parsable", "parsable2"} & given.keys()
    style = Style("noheader" not in given, "|" if parsable else None, "parsable" in given)
    rows = [
        {**row, "used": f"{seconds.get(name, 0) / unit:.0f}", "tresname": name, "energy": "0"}
        for row, seconds in _used(db, cluster, request)
        for name in wanted
    ]
    title = _title(request, unit, "TRES" if by_name else "CPU") if style.headings else ""
    return title + rendered(columns, rows, style)


def _request(words: Sequence[str], now: float) -> Request:
    given: dict[str, str] = {}
    for each in map(word, words):
        name = next((name for name in CONDITIONS if each.sign and name.startswith(each.key.lower())), None)
        if name is None:
            raise Refused(f" Unknown condition: {each.text}\nUse keyword set to modify value\n")
        given[name] = each.value
    start, complaint = _time(given.get("start"), times.midnight(now, -1), now)
    end, another = _time(given.get("end"), times.midnight(now), now)
    accounts = names(given["accounts"]) if "accounts" in given else None
    return Request(start, min(end, int(now) // HOUR * HOUR), accounts, given.get("format", ""), complaint + another)


def _time(text: str | None, default: int, now: float) -> tuple[int, str]:
    """A time, or the default with Slurm's complaint."""
    try:
        return (default if text is None else times.read(text, now)), ""
    except Refused as refused:
        return default, refused.answer.err


def _tres(text: str) -> list[str]:
    wanted = [name for name in IDS if text.lower() == "all" or name in text.lower().split(",")]
    if not wanted:
        raise Refused("sreport: fatal: No valid TRES given\n")
    return wanted


def _title(request: Request, unit: int, counted: str) -> str:
    named = next(name for name, seconds in UNITS.items() if seconds == unit).capitalize()
    period = f"{times.shown(request.start)} - {times.shown(request.end - 1)} ({request.end - request.start} secs)"
    return f"{RULE}Cluster/Account/User Utilization {period}\nUsage reported in {counted} {named}\n{RULE}"


def _used(
    db: sqlite3.Connection, cluster: str, request: Request
) -> Iterator[tuple[Mapping[str, str], Mapping[str, int]]]:
    """Rows in the order of the tree with their TRES-seconds; an account's has everything below it."""
    tree = Tree(db)
    sums = _sums(db, request)
    for each in for_showing(list(tree), cluster):
        below = [each] if each.user else [one for one in tree.under(each.account) if one.user]
        total: dict[str, int] = {}
        for one in below:
            for name, seconds in sums.get((one.account, one.user), {}).items():
                total[name] = total.get(name, 0) + seconds
        if total and (request.accounts is None or each.account in request.accounts):
            yield {"cluster": cluster, "account": each.account, "login": each.user}, total


def _sums(db: sqlite3.Connection, request: Request) -> Mapping[tuple[str, str], dict[str, int]]:
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for job in jobs.every(db):
        seconds = span(job, request.start, request.end, request.end)
        if seconds:
            total = sums.setdefault((job.account, job.user), {})
            for name, amount in job.tres.items():
                total[name] = total.get(name, 0) + amount * seconds
    return sums
