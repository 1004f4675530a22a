"""``sacctmgr show tres`` and ``show cluster``: what hardly changes."""

import sqlite3
from collections.abc import Sequence

from agent.sandbox.cluster.answer import Answer
from agent.sandbox.cluster.sacctmgr.words import Keyword, conditions, names
from agent.sandbox.cluster.tables import Field, Style, chosen, rendered
from agent.sandbox.cluster.tres import IDS

FORMAT, CLUSTERS, NAMES = Keyword("format", 1), Keyword("clusters", 1), Keyword("names", 1)


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
