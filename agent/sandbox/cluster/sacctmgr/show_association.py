"""``sacctmgr show assoc``."""

import sqlite3
from collections.abc import Sequence

from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.associations import Tree, for_showing
from agent.sandbox.cluster.sacctmgr.association_fields import DEFAULT, FIELDS, own_row, row
from agent.sandbox.cluster.sacctmgr.meeting import association_meets
from agent.sandbox.cluster.sacctmgr.words import Keyword, conditions, means, names
from agent.sandbox.cluster.tables import Style, chosen, rendered

FORMAT, CLUSTERS = Keyword("format", 1), Keyword("clusters", 1)


WHERE = (
    Keyword("accounts", 2), CLUSTERS, FORMAT, Keyword("ids", 1), Keyword("parent", 4), Keyword("partitions", 4),
    Keyword("users", 1),
)  # fmt: skip


OWN, RAW = Keyword("woplimits", 4), Keyword("withrawqoslevel", 5)
FLAGS = (Keyword("withassoc", 5), OWN, RAW)


COMPLAINT = "Unknown field '{}'\n"


def association(db: sqlite3.Connection, cluster: str, words: Sequence[str], style: Style) -> Answer:
    """Associations with the limits that count for them, or their own (``WOPLimits``), as a tree."""
    flags = {flag for flag in FLAGS for each in words if means(each, flag)}
    where = conditions([each for each in words if not any(means(each, flag) for flag in FLAGS)], WHERE, "ids")
    columns = chosen(where.get("format", DEFAULT).lower(), FIELDS, COMPLAINT)
    for number in names(where.get("ids", "")):
        if number and not number.isdecimal():
            raise Refused(f"sacctmgr: error: Invalid value for AssocId ({number})\n")
    tree = Tree(db)
    rows = [each for each in tree if association_meets(each, where, cluster)]
    shown = for_showing(rows, cluster)
    if OWN in flags:
        return Answer(rendered(columns, [own_row(tree, each, cluster, raw=RAW in flags) for each in shown], style))
    return Answer(rendered(columns, [row(tree, each, cluster) for each in shown], style))
