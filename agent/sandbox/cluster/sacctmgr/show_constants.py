"""``sacctmgr show qos``, ``show tres`` and ``show cluster``: what hardly changes."""

import sqlite3
from collections.abc import Sequence

from agent.sandbox.cluster.answer import Answer
from agent.sandbox.cluster.sacctmgr.words import Keyword, conditions, names
from agent.sandbox.cluster.tables import Field, Style, chosen, rendered
from agent.sandbox.cluster.tres import IDS

FORMAT, CLUSTERS, NAMES = Keyword("format", 1), Keyword("clusters", 1), Keyword("names", 1)


QOS_EMPTY = (
    "grptres,grptresmins,grptresrunmins,grpjobs,grpsubmit,grpwall,maxtres,maxtrespernode,maxtresmins,maxwall,maxtrespu,"
    "maxjobspu,maxsubmitpu,maxtrespa,maxjobspa,maxsubmitpa,mintres"
)


QOS_HEADINGS = (
    "GrpTRES GrpTRESMins GrpTRESRunMins GrpJobs GrpSubmit GrpWall MaxTRES MaxTRESPerNode MaxTRESMins MaxWall MaxTRESPU"
    " MaxJobsPU MaxSubmitPU MaxTRESPA MaxJobsPA MaxSubmitPA MinTRES"
)


QOS_SET = {"priority": "0", "gracetime": "00:00:00", "preemptmode": "cluster", "usagefactor": "1.000000"}


QOS = (
    Field("name", 1, "Name", 10),
    Field("priority", 3, "Priority", 10),
    Field("gracetime", 3, "GraceTime", 10),
    Field("preempt", 3, "Preempt", 10),
    Field("preemptexempttime", 8, "PreemptExemptTime", 19),
    Field("preemptmode", 8, "PreemptMode", 11),
    Field("flags", 2, "Flags", 20),
    Field("usagethres", 6, "UsageThres", 10),
    Field("usagefactor", 6, "UsageFactor", 11),
    *(
        Field(name, len(name), heading, 13)
        for name, heading in zip(QOS_EMPTY.split(","), QOS_HEADINGS.split(), strict=True)
    ),
    Field("id", 2, "ID", 6),
    Field("description", 1, "Descr", 20),
)


QOS_DEFAULT = f"name,priority,gracetime,preempt,preemptexempttime,preemptmode,flags,usagethres,usagefactor,{QOS_EMPTY}"


TRES = (Field("type", 1, "Type", 8), Field("name", 1, "Name", 15), Field("id", 1, "ID", 6))


CLUSTER = (
    Field("cluster", 2, "Cluster", 10),
    Field("name", 2, "Cluster", 10),
    Field("controlhost", 8, "ControlHost", 15),
    Field("controlport", 8, "ControlPort", 12),
    Field("rpc", 1, "RPC", 5),
    Field("share", 1, "Share", 9),
    Field("grpjobs", 4, "GrpJobs", 7),
    Field("grptres", 7, "GrpTRES", 13),
    Field("grpsubmit", 4, "GrpSubmit", 9),
    Field("maxjobs", 4, "MaxJobs", 7),
    Field("maxtres", 7, "MaxTRES", 13),
    Field("maxsubmit", 4, "MaxSubmit", 9),
    Field("maxwall", 4, "MaxWall", 11),
    Field("qos", 3, "QOS", 20),
    Field("defaultqos", 8, "Def QOS", 9),
)


CLUSTER_DEFAULT = (
    "cluster,controlhost,controlport,rpc,share,grpjobs,grptres,grpsubmit,maxjobs,maxtres,maxsubmit,maxwall,qos,"
    "defaultqos"
)


COMPLAINT = "Unknown field '{}'\n"


def qos(db: sqlite3.Connection, _cluster: str, words: Sequence[str], style: Style) -> Answer:
    """The QOS; none has limits here."""
    where = conditions(words, (NAMES, FORMAT), "names")
    columns = chosen(where.get("format", QOS_DEFAULT).lower(), QOS, COMPLAINT)
    rows = db.execute("SELECT id, name, description FROM qos ORDER BY id").fetchall()
    asked = names(where["names"]) if "names" in where else [row[1] for row in rows]
    shown = [{**QOS_SET, "id": str(row[0]), "name": row[1], "description": row[2]} for row in rows if row[1] in asked]
    return Answer(rendered(columns, shown, style))


def tres(_db: sqlite3.Connection, _cluster: str, words: Sequence[str], style: Style) -> Answer:
    """The TRES that the cluster counts."""
    where = conditions(words, (FORMAT,), "format")
    columns = chosen(where.get("format", "type,name,id").lower(), TRES, COMPLAINT)
    parts = {name: name.partition("/") for name in IDS}
    rows = [{"type": parts[name][0], "name": parts[name][2], "id": str(number)} for name, number in IDS.items()]
    return Answer(rendered(columns, rows, style))


def cluster(_db: sqlite3.Connection, cluster: str, words: Sequence[str], style: Style) -> Answer:
    """The one cluster there is."""
    where = conditions(words, (NAMES, CLUSTERS, FORMAT), "names")
    columns = chosen(where.get("format", CLUSTER_DEFAULT).lower(), CLUSTER, COMPLAINT)
    row = {
        "cluster": cluster,
        "name": cluster,
        "controlhost": "127.0.0.1",
        "controlport": "6817",
        "rpc": "9728",
        "share": "1",
        "qos": "normal",
    }
    asked = names(where.get("names", where.get("clusters", cluster)))
    return Answer(rendered(columns, [row] if cluster in asked else [], style))
