"""``scontrol show assoc_mgr``: what the controller counts against the limits, on one line for each record."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from agent.sandbox.cluster import counting, jobs, qos, tres
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.associations import Association, Tree, for_showing
from agent.sandbox.cluster.counting import Counted
from agent.sandbox.cluster.jobs import RUNNING, Job
from agent.sandbox.cluster.limits import Limits
from agent.sandbox.cluster.qos import Qos
from agent.sandbox.cluster.sacctmgr.words import word
from agent.sandbox.cluster.scheduling import below

HEAD = "Current Association Manager state\n"
NO_UID = 4_294_967_294


class State(NamedTuple):
    """Everything that is counted with, at ``now``."""

    tree: Tree
    queue: Sequence[Job]
    counted: Sequence[Counted]
    now: float
    cluster: str


def show(db: sqlite3.Connection, cluster: str, words: Sequence[str], now: float) -> Answer:
    """The records of ``flags=assoc,qos``, of ``accounts=`` and ``qos=`` when these are given."""
    asked = {each.key.lower(): each.value.lower().split(",") for each in map(word, words)}
    flags = asked.get("flags", [])
    bad = [flag for flag in flags if flag not in ("assoc", "qos")]
    if bad or not flags or asked.keys() - {"flags", "accounts", "qos"}:
        raise Refused(f"invalid flag '{''.join(bad)}', valid options are 'Assoc, QOS, and/or Users'\n", code=0)
    state = State(Tree(db), jobs.active(db), counting.every(db), now, cluster)
    text = HEAD
    if "assoc" in flags:
        text += _section("Association Records", "associations", _associations(state, asked.get("accounts")))
    if "qos" in flags:
        text += _section("QOS Records", "QOS", _qos(state, qos.every(db), asked.get("qos")))
    return Answer(text)


def _section(title: str, what: str, lines: Iterator[str]) -> str:
    body = "".join(f"{line}\n" for line in lines)
    return f"{title}\n{body}" if body else f"No {what} currently cached in Slurm.\n"


def _associations(state: State, accounts: Sequence[str] | None) -> Iterator[str]:
    for each in for_showing(list(state.tree), state.cluster):
        if accounts is None or each.account in accounts:
            yield _association(state, each)


def _association(state: State, each: Association) -> str:
    queue = below(state.tree, each, state.queue)
    pairs = {(one.account, one.user) for one in state.tree.under(each.account)}
    pairs = {(each.account, each.user)} if each.user else pairs
    mine = [one for one in state.counted if (one.job.account, one.job.user) in pairs]
    parent = f"{each.parent}({state.tree.accounts[each.parent].id})" if not each.user and each.parent else ""
    user = f"{each.user}({NO_UID})" if each.user else ""
    used = counting.of_association(mine, state.now)
    return (
        f"ClusterName={state.cluster} Account={each.account} UserName={user} Partition={each.partition} Priority=0"
        f" ID={each.id} UsageRaw/Norm/Efctv={used.get('billing', 0):.2f}/0.00/0.00 ParentAccount={parent}"
        f" {_group(each.limits, queue, used, state.now)} MaxJobs={each.limits.get('MaxJobs', '')}"
        f" MaxSubmitJobs={each.limits.get('MaxSubmitJobs', '')}"
    )


def _qos(state: State, there: Mapping[str, Qos], asked: Sequence[str] | None) -> Iterator[str]:
    for name in asked if asked is not None else there:
        if name in there:
            used = counting.of_qos(state.counted, there[name], state.now)
            queue = [job for job in state.queue if job.qos == name]
            yield (
                f"QOS={name}({there[name].id}) UsageRaw={used.get('billing', 0):.6f}"
                f" {_group(there[name].limits, queue, used, state.now)}"
            )


def _group(limits: Limits, queue: Sequence[Job], used: Mapping[str, int], now: float) -> str:
    running = [job for job in queue if job.state == RUNNING]
    left = {job.db_index: max(0, job.minutes - int(now - (job.started or now)) // 60) for job in running}
    holds = _sum((job.tres, 1) for job in running)
    to_come = _sum((job.tres, left[job.db_index]) for job in running)
    minutes = {name: seconds // 60 for name, seconds in used.items()}
    return (
        f"GrpJobs={_one(limits, 'GrpJobs', len(running))} GrpJobsAccrue=N(0)"
        f" GrpSubmitJobs={_one(limits, 'GrpSubmitJobs', len(queue))} GrpWall={_one(limits, 'GrpWall', '0.00')}"
        f" GrpTRES={_each(limits, 'GrpTRES', holds)} GrpTRESMins={_each(limits, 'GrpTRESMins', minutes)}"
        f" GrpTRESRunMins={_each(limits, 'GrpTRESRunMins', to_come)}"
    )


def _sum(amounts: Iterator[tuple[Mapping[str, int], int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for each, times in amounts:
        for name, amount in each.items():
            total[name] = total.get(name, 0) + amount * times
    return total


def _one(limits: Limits, name: str, used: float | str) -> str:
    return f"{limits.get(name, 'N')}({used})"


def _each(limits: Limits, name: str, used: Mapping[str, int]) -> str:
    """Every TRES of the cluster with its limit and what is used of it."""
    value = limits.get(name)
    most = value if isinstance(value, dict) else {}
    return ",".join(f"{each}={most.get(each, 'N')}({used.get(each, 0)})" for each in tres.IDS)
