"""What slurmctld counts against the totals of accounts and QOS, from one ``scontrol show assoc_mgr`` session."""

import re
from collections.abc import Iterator, Mapping, Sequence

from agent.core.model.cluster import Counted
from agent.errors import Unavailable
from backends.slurm.controller import shown
from backends.slurm.dialogue import name_lists
from backends.slurm.names import EXISTING_ACCOUNT
from backends.slurm.session import Session, ask_surely

USED = re.compile(r"([^,=()]+)=[^,=()]+\(([0-9]+)\)")
"""``cpu=1000(41)``: a limit, and in brackets what is used of it, in whole minutes."""
RUNNING = re.compile(r"[^()]+\(([0-9]+)\)")
"""``GrpJobs=N(2)``: a limit, and the jobs that run."""


def counted(session: Session, accounts: Sequence[str], qos: Sequence[str]) -> Mapping[str, Counted]:
    """Account or QOS → TRES-minutes counted (rounded up) and running jobs; what slurmctld does not show is left out.

    Raises ``Unavailable`` when it cannot be asked or its answer is not understood.
    """
    for name in (*accounts, *qos):
        if not EXISTING_ACCOUNT.fullmatch(name):
            raise Unavailable(f"{name!r} is not a name that scontrol can be asked about")
    asked = [
        *(f"show assoc_mgr flags=assoc accounts={names}" for names in name_lists(accounts)),
        *(f"show assoc_mgr flags=qos qos={names}" for names in name_lists(qos)),
    ]
    if not asked:
        return {}
    reply = ask_surely(session, "scontrol", (*asked, "show hostnames end"))
    wanted = {*accounts, *qos}
    found = dict(_records([line for answer in reply.answers for line in answer.lines], session.cluster))
    return {name: found[name] for name in sorted(wanted & found.keys())}


def _records(lines: Sequence[str], cluster: str) -> Iterator[tuple[str, Counted]]:
    for line in lines:
        words = shown(line)
        if "Account" in words and words.get("UserName") == "" and words.get("ClusterName") == cluster:
            yield words["Account"], _counted(line, words)
        elif "QOS" in words and "UsageRaw" in words:
            yield words["QOS"].partition("(")[0], _counted(line, words)


def _counted(line: str, words: Mapping[str, str]) -> Counted:
    jobs = RUNNING.fullmatch(words.get("GrpJobs", ""))
    if jobs is None or "GrpTRESMins" not in words:
        raise Unavailable(f"scontrol's answer is not understood: {line[:200]!r}")
    used = {tres: int(minutes) + 1 for tres, minutes in USED.findall(words["GrpTRESMins"]) if minutes != "0"}
    return Counted(used=used, running=int(jobs[1]))
