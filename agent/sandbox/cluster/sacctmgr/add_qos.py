"""``sacctmgr add qos``."""

import sqlite3
from collections.abc import Mapping, Sequence

from agent.sandbox.cluster import limits, qos
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.sacctmgr import qos_flags
from agent.sandbox.cluster.sacctmgr.adding import NOTHING, Known, Request, read_request
from agent.sandbox.cluster.sacctmgr.words import Keyword, Word, folded

OPTIONS = (Keyword("names", 1), Keyword("description", 1), Keyword("flags", 2))
HINT = " Use keyword 'where' to modify condition\n"
LONG_NAMES = {"MaxTRES": "MaxTRESPerJob"}
SHORT = frozenset({"Description", "MaxJobsPerUser"})
"""What is printed in a narrower column."""


def add(db: sqlite3.Connection, _cluster: str, words: Sequence[str]) -> Answer:
    """Add QOS by name; those that are there are left alone."""
    known = Known(OPTIONS, ("names",), limits.Vocabulary(limits.QOS_LIMITS), HINT)
    try:
        request = read_request(words, known)
    except Refused as refused:
        raise complained(refused) from None
    if not request.names:
        raise Refused(" Need name of qos to add.\n")
    flags = qos_flags.after([], _word(request.options["flags"])) if "flags" in request.options else []
    values = limits.applied({}, request.limits)
    there = qos.names(db)
    new = [name for name in request.names if name and name not in there]
    if not new:
        return Answer(NOTHING, request.complaints, 1)
    for name in new:
        qos.add(db, name, folded(request.options.get("description", name)), flags, values)
    return Answer(_said(new, request, flags, values), request.complaints)


def complained(refused: Refused) -> Refused:
    """Of a QOS, a bad value is complained of alone, and an unknown option on standard output."""
    complaint, unknown, rest = refused.answer.err.partition(" Unknown option: ")
    return Refused(complaint) if complaint else Refused(out=unknown + rest)


def _word(flags: str) -> Word:
    return Word("flags", "=", flags, f"flags={flags}")


def _said(new: Sequence[str], request: Request, flags: Sequence[str], values: Mapping[str, limits.Value]) -> str:
    description = folded(request.options.get("description", new[-1]))
    order = [limit.name for limit in limits.QOS_LIMITS if limit.name in values]
    shown = {LONG_NAMES.get(name, name): limits.shown(name, values[name]) for name in order}
    settings = {"Description": description, **({"Flags": ",".join(flags)} if flags else {}), **shown}
    lines = (f"  {name:<{14 if name in SHORT else 24}} = {value}\n" for name, value in settings.items())
    return " Adding QOS(s)\n" + "".join(f"  {name}\n" for name in new) + " Settings\n" + "".join(lines)
