"""``sacctmgr show``: associations, accounts, users, QOS, TRES and the cluster."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from agent.sandbox.cluster import limits, people
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.associations import Association, Tree, for_showing
from agent.sandbox.cluster.sacctmgr.words import Keyword, conditions, names
from agent.sandbox.cluster.tables import Field, Style, chosen, rendered
from agent.sandbox.cluster.tres import IDS

ASSOCIATION = (
    Field("account", 3, "Account", 10),
    Field("acct", 4, "Account", 10),
    Field("cluster", 2, "Cluster", 10),
    Field("defaultqos", 8, "Def QOS", 9),
    Field("fairshare", 1, "Share", 9),
    Field("grpjobs", 4, "GrpJobs", 7),
    Field("grpsubmitjobs", 4, "GrpSubmit", 9),
    Field("grptres", 7, "GrpTRES", 13),
    Field("grptresmins", 8, "GrpTRESMins", 13),
    Field("grptresrunmins", 8, "GrpTRESRunMins", 13),
    Field("grpwall", 4, "GrpWall", 11),
    Field("id", 2, "ID", 6),
    Field("maxjobs", 4, "MaxJobs", 7),
    Field("maxsubmitjobs", 4, "MaxSubmit", 9),
    Field("maxtres", 7, "MaxTRES", 13),
    Field("maxtresperjob", 8, "MaxTRES", 13),
    Field("maxtrespernode", 11, "MaxTRESPerNode", 14),
    Field("maxtresmins", 8, "MaxTRESMins", 13),
    Field("maxwall", 4, "MaxWall", 11),
    Field("parentname", 7, "ParentName", 10),
    Field("partition", 4, "Partition", 10),
    Field("priority", 3, "Priority", 10),
    Field("qos", 3, "QOS", 20),
    Field("share", 1, "Share", 9),
    Field("user", 1, "User", 10),
)
ASSOCIATION_DEFAULT = (
    "cluster,account,user,partition,share,priority,grpjobs,grptres,grpsubmit,grpwall,grptresmins,maxjobs,maxtres,"
    "maxtrespernode,maxsubmit,maxwall,maxtresmins,qos,defaultqos,grptresrunmins"
)
ACCOUNT = (
    Field("account", 1, "Account", 10),
    Field("description", 1, "Descr", 20),
    Field("organization", 1, "Org", 20),
)
USER = (
    Field("user", 1, "User", 10),
    Field("defaultaccount", 8, "Def Acct", 10),
    Field("adminlevel", 2, "Admin", 9),
    Field("coordinators", 2, "Coord Accounts", 20),
)
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
FORMAT, CLUSTERS, NAMES = Keyword("format", 1), Keyword("clusters", 1), Keyword("names", 1)
ASSOCIATION_WHERE = (
    Keyword("accounts", 2), CLUSTERS, FORMAT, Keyword("ids", 1), Keyword("parent", 4), Keyword("partitions", 4),
    Keyword("users", 1),
)  # fmt: skip
ACCOUNT_WHERE = (
    NAMES, Keyword("accounts", 1), CLUSTERS, Keyword("description", 1), FORMAT, Keyword("organization", 1),
)  # fmt: skip
USER_WHERE = (
    NAMES, Keyword("users", 1), Keyword("adminlevel", 2), CLUSTERS, Keyword("defaultaccount", 8), FORMAT,
)  # fmt: skip
FLAGS = ("withassoc", "wopinfo", "wopl", "woplimits")
COMPLAINT = "Unknown field '{}'\n"


def association(db: sqlite3.Connection, cluster: str, words: Sequence[str], style: Style) -> Answer:
    """Associations with the limits that count for them, as a tree."""
    where = conditions([word for word in words if word.lower() not in FLAGS], ASSOCIATION_WHERE, "ids")
    columns = chosen(where.get("format", ASSOCIATION_DEFAULT), ASSOCIATION, COMPLAINT)
    for number in names(where.get("ids", "")):
        if number and not number.isdecimal():
            raise Refused(f"sacctmgr: error: Invalid value for AssocId ({number})\n")
    tree = Tree(db)
    rows = [each for each in tree if _meets(each, where, cluster)]
    return Answer(rendered(columns, [_association_row(tree, each, cluster) for each in for_showing(rows)], style))


def _meets(each: Association, where: Mapping[str, str], cluster: str) -> bool:
    parent = "" if each.user else each.parent
    asked = {
        "accounts": each.account,
        "users": each.user,
        "clusters": cluster,
        "partitions": each.partition,
        "ids": str(each.id),
        "parent": parent,
    }
    return all(value in names(where[key]) for key, value in asked.items() if key in where)


def _association_row(tree: Tree, each: Association, cluster: str) -> Mapping[str, str]:
    values = {name: limits.shown(name, tree.effective(each, name)) for name in _LIMIT_NAMES}
    share = values["Fairshare"] or "1"
    return {
        **{name.lower(): value for name, value in values.items()},
        "maxtresperjob": values["MaxTRES"],
        "fairshare": share,
        "share": share,
        "qos": values["QOS"] or "normal",
        "account": each.account,
        "acct": each.account,
        "cluster": cluster,
        "id": str(each.id),
        "parentname": "" if each.user else each.parent,
        "partition": each.partition,
        "user": each.user,
    }


_LIMIT_NAMES = tuple(dict.fromkeys(limits.SAME.get(limit.name, limit.name) for limit in limits.LIMITS))


def account(db: sqlite3.Connection, cluster: str, words: Sequence[str], style: Style) -> Answer:
    """Accounts with their texts, by name; with ``withassoc`` their associations as well."""
    flags, rest = _flags(words)
    where = conditions(rest, ACCOUNT_WHERE, "names")
    known = (*ACCOUNT, *ASSOCIATION[2:]) if "withassoc" in flags else (*ACCOUNT, Field("name", 2, "Name", 10))
    columns = chosen(where.get("format", "account,description,organization"), known, COMPLAINT)
    rows = [row for row in people.accounts(db).values() if _account_meets(row, where)]
    own = [{"account": row.name, "description": row.description, "organization": row.organization} for row in rows]
    if "withassoc" in flags:
        own = list(_joined(db, cluster, own, "account"))
    return Answer(rendered(columns, own, style))


def _account_meets(row: people.Account, where: Mapping[str, str]) -> bool:
    asked = {"names": row.name, "accounts": row.name, "description": row.description, "organization": row.organization}
    return all(value in names(where[key]) for key, value in asked.items() if key in where)


def user(db: sqlite3.Connection, cluster: str, words: Sequence[str], style: Style) -> Answer:
    """Users with default account and admin level, by name; with ``withassoc`` their associations as well."""
    flags, rest = _flags(words)
    where = conditions(rest, USER_WHERE, "names")
    known = (*USER, *(field for field in ASSOCIATION if field.name != "user"))
    columns = chosen(where.get("format", "user,defaultaccount,adminlevel"), known, COMPLAINT)
    rows = [row for row in people.users(db).values() if _user_meets(row, where)]
    own = [{"user": row.name, "defaultaccount": row.default_account, "adminlevel": row.admin} for row in rows]
    if "withassoc" in flags:
        own = list(_joined(db, cluster, own, "user"))
    return Answer(rendered(columns, own, style))


def _user_meets(row: people.User, where: Mapping[str, str]) -> bool:
    asked = {
        "names": row.name,
        "users": row.name,
        "adminlevel": row.admin.lower(),
        "defaultaccount": row.default_account,
    }
    return all(value in names(where[key]) for key, value in asked.items() if key in where)


def _joined(
    db: sqlite3.Connection, cluster: str, rows: Iterable[Mapping[str, str]], key: str
) -> Iterable[dict[str, str]]:
    """Each row once for each of its associations, or once alone."""
    tree = Tree(db)
    by_key: dict[str, list[Mapping[str, str]]] = {}
    for each in tree:
        row = _association_row(tree, each, cluster)
        by_key.setdefault(row[key], []).append(row)
    return [{**of, **row} for row in rows for of in by_key.get(row[key], [{}])]


def _flags(words: Sequence[str]) -> tuple[set[str], list[str]]:
    flags = {word.lower() for word in words} & set(FLAGS)
    return flags, [word for word in words if word.lower() not in flags]


def qos(db: sqlite3.Connection, _cluster: str, words: Sequence[str], style: Style) -> Answer:
    """The QOS; none has limits here."""
    where = conditions(words, (NAMES, FORMAT), "names")
    columns = chosen(where.get("format", QOS_DEFAULT), QOS, COMPLAINT)
    rows = db.execute("SELECT id, name, description FROM qos ORDER BY id").fetchall()
    asked = names(where["names"]) if "names" in where else [row[1] for row in rows]
    shown = [{**QOS_SET, "id": str(row[0]), "name": row[1], "description": row[2]} for row in rows if row[1] in asked]
    return Answer(rendered(columns, shown, style))


def tres(_db: sqlite3.Connection, _cluster: str, words: Sequence[str], style: Style) -> Answer:
    """The TRES that the cluster counts."""
    where = conditions(words, (FORMAT,), "format")
    columns = chosen(where.get("format", "type,name,id"), TRES, COMPLAINT)
    parts = {name: name.partition("/") for name in IDS}
    rows = [{"type": parts[name][0], "name": parts[name][2], "id": str(number)} for name, number in IDS.items()]
    return Answer(rendered(columns, rows, style))


def cluster(_db: sqlite3.Connection, cluster: str, words: Sequence[str], style: Style) -> Answer:
    """The one cluster there is."""
    where = conditions(words, (NAMES, CLUSTERS, FORMAT), "names")
    columns = chosen(where.get("format", CLUSTER_DEFAULT), CLUSTER, COMPLAINT)
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
