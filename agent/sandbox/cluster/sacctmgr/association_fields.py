"""The columns of ``show assoc``, and one row of it."""

from collections.abc import Mapping

from agent.sandbox.cluster import limits, qos
from agent.sandbox.cluster.associations import Association, Tree
from agent.sandbox.cluster.tables import Field

FIELDS = (
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


DEFAULT = (
    "cluster,account,user,partition,share,priority,grpjobs,grptres,grpsubmit,grpwall,grptresmins,maxjobs,maxtres,"
    "maxtrespernode,maxsubmit,maxwall,maxtresmins,qos,defaultqos,grptresrunmins"
)


_LIMIT_NAMES = tuple(dict.fromkeys(limits.SAME.get(limit.name, limit.name) for limit in limits.LIMITS))


def row(tree: Tree, each: Association, cluster: str) -> Mapping[str, str]:
    """What the columns hold for one association: the limits that count for it, inherited ones too."""
    return _row(each, {name: tree.effective(each, name) for name in _LIMIT_NAMES}, cluster)


def own_row(tree: Tree, each: Association, cluster: str, *, raw: bool) -> Mapping[str, str]:
    """The same with nothing inherited; of a list of QOS that only adds to another one, what it adds.

    ``raw`` shows such a list as it is, with its signs.
    """
    held = tree.own_qos(each)
    if qos.is_difference(held) and not raw:
        held = [name[1:] for name in held if name[0] == "+"]
    return _row(each, {**each.limits, "QOS": held}, cluster)


def _row(each: Association, counting: Mapping[str, limits.Value | None], cluster: str) -> Mapping[str, str]:
    values = {name: limits.shown(name, counting.get(name)) for name in _LIMIT_NAMES}
    share = values["Fairshare"] or "1"
    return {
        **{name.lower(): value for name, value in values.items()},
        "maxtresperjob": values["MaxTRES"],
        "fairshare": share,
        "share": share,
        "account": each.account,
        "acct": each.account,
        "cluster": cluster,
        "id": str(each.id),
        "parentname": "" if each.user else each.parent,
        "partition": each.partition,
        "user": each.user,
    }
