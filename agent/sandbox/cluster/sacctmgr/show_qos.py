"""``sacctmgr show qos``."""

import sqlite3
from collections.abc import Mapping, Sequence

from agent.sandbox.cluster import limits, qos
from agent.sandbox.cluster.answer import Answer
from agent.sandbox.cluster.qos import Qos
from agent.sandbox.cluster.sacctmgr.words import Keyword, conditions, names
from agent.sandbox.cluster.tables import Field, Style, chosen, rendered

FIELDS = (
    Field("name", 1, "Name", 10),
    Field("priority", 3, "Priority", 10),
    Field("gracetime", 3, "GraceTime", 10),
    Field("preempt", 7, "Preempt", 10),
    Field("preemptexempttime", 8, "PreemptExemptTime", 19),
    Field("preemptmode", 8, "PreemptMode", 11),
    Field("flags", 2, "Flags", 20),
    Field("usagethres", 6, "UsageThres", 10),
    Field("usagefactor", 6, "UsageFactor", 11),
    Field("grptres", 7, "GrpTRES", 13),
    Field("grptresmins", 8, "GrpTRESMins", 13),
    Field("grptresrunmins", 8, "GrpTRESRunMins", 13),
    Field("grpjobs", 4, "GrpJobs", 7),
    Field("grpsubmitjobs", 4, "GrpSubmit", 9),
    Field("grpwall", 4, "GrpWall", 11),
    Field("maxtres", 7, "MaxTRES", 13),
    Field("maxtresperjob", 11, "MaxTRES", 13),
    Field("maxtrespernode", 11, "MaxTRESPerNode", 14),
    Field("maxtresmins", 8, "MaxTRESMins", 13),
    Field("maxwall", 4, "MaxWall", 11),
    Field("maxtrespu", 9, "MaxTRESPU", 13),
    Field("maxjobspu", 8, "MaxJobsPU", 9),
    Field("maxsubmitpu", 10, "MaxSubmitPU", 11),
    Field("maxtrespa", 9, "MaxTRESPA", 13),
    Field("maxjobspa", 9, "MaxJobsPA", 9),
    Field("maxsubmitpa", 11, "MaxSubmitPA", 11),
    Field("mintres", 4, "MinTRES", 13),
    Field("id", 2, "ID", 6),
    Field("description", 1, "Descr", 20),
)
DEFAULT = ",".join(field.name for field in FIELDS if field.name not in ("maxtresperjob", "id", "description"))
HEADED = {"maxjobsperuser": "maxjobspu", "maxsubmitjobsperuser": "maxsubmitpu", "maxtresperuser": "maxtrespu"}
"""Limits whose column has another name."""


def qos_table(db: sqlite3.Connection, _cluster: str, words: Sequence[str], style: Style) -> Answer:
    """QOS with their limits, by id."""
    where = conditions(words, (Keyword("names", 1), Keyword("format", 1)), "names")
    columns = chosen(where.get("format", DEFAULT).lower(), FIELDS, "Unknown field '{}'\n")
    there = qos.every(db)
    asked = names(where["names"]) if "names" in where else there
    return Answer(rendered(columns, [_row(there[name]) for name in there if name in asked], style))


def _row(each: Qos) -> Mapping[str, str]:
    values = {name.lower(): limits.shown(name, value) for name, value in each.limits.items()}
    return {
        "gracetime": "00:00:00",
        "preemptmode": "cluster",
        "usagefactor": "1.000000",
        "priority": "0",
        **{HEADED.get(name, name): value for name, value in values.items()},
        "maxtresperjob": values.get("maxtres", ""),
        "name": each.name,
        "id": str(each.id),
        "description": each.description,
        "flags": ",".join(each.flags),
    }
