"""``sacctmgr show account`` and ``show user``."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from agent.sandbox.cluster import people
from agent.sandbox.cluster.answer import Answer
from agent.sandbox.cluster.associations import Tree
from agent.sandbox.cluster.sacctmgr import association_fields, coordination
from agent.sandbox.cluster.sacctmgr.meeting import account_meets, user_meets
from agent.sandbox.cluster.sacctmgr.words import Keyword, conditions
from agent.sandbox.cluster.tables import Field, Style, chosen, rendered

FORMAT, CLUSTERS, NAMES = Keyword("format", 1), Keyword("clusters", 1), Keyword("names", 1)


COORDINATORS = Field("coordinators", 2, "Coord Accounts", 20)
ACCOUNT = (
    Field("account", 1, "Account", 10),
    Field("description", 1, "Descr", 20),
    Field("organization", 1, "Org", 20),
    COORDINATORS,
)


USER = (
    Field("user", 1, "User", 10),
    Field("defaultaccount", 8, "Def Acct", 10),
    Field("adminlevel", 2, "Admin", 9),
    COORDINATORS,
)


ACCOUNT_WHERE = (
    NAMES, Keyword("accounts", 1), CLUSTERS, Keyword("description", 1), FORMAT, Keyword("organization", 1),
)  # fmt: skip


USER_WHERE = (
    NAMES, Keyword("users", 1), Keyword("adminlevel", 2), CLUSTERS, Keyword("defaultaccount", 8), FORMAT,
)  # fmt: skip


FLAGS = ("withassoc", "withcoord")


COMPLAINT = "Unknown field '{}'\n"


def account(db: sqlite3.Connection, cluster: str, words: Sequence[str], style: Style) -> Answer:
    """Accounts with their texts, by name; with ``withassoc`` and ``withcoord`` what these say as well."""
    flags, rest = _flags(words)
    where = conditions(rest, ACCOUNT_WHERE, "names")
    known = (
        (*ACCOUNT, *association_fields.FIELDS[2:]) if "withassoc" in flags else (*ACCOUNT, Field("name", 2, "Name", 10))
    )
    default = "account,description,organization" + (",coordinators" if "withcoord" in flags else "")
    columns = chosen(where.get("format", default).lower(), known, COMPLAINT)
    rows = [row for row in people.accounts(db).values() if account_meets(row, where)]
    own = [{"account": row.name, "description": row.description, "organization": row.organization} for row in rows]
    if "withcoord" in flags:
        by_account = coordination.of_accounts(db)
        own = [{**row, "coordinators": by_account.get(row["account"], "")} for row in own]
    if "withassoc" in flags:
        own = list(_joined(db, cluster, own, "account"))
    return Answer(rendered(columns, own, style))


def user(db: sqlite3.Connection, cluster: str, words: Sequence[str], style: Style) -> Answer:
    """Users with default account and admin level, by name; with ``withassoc`` and ``withcoord`` what these say too."""
    flags, rest = _flags(words)
    where = conditions(rest, USER_WHERE, "names")
    known = (*USER, *(field for field in association_fields.FIELDS if field.name != "user"))
    default = "user,defaultaccount,adminlevel" + (",coordinators" if "withcoord" in flags else "")
    columns = chosen(where.get("format", default).lower(), known, COMPLAINT)
    rows = [row for row in people.users(db).values() if user_meets(row, where)]
    own = [{"user": row.name, "defaultaccount": row.default_account, "adminlevel": row.admin} for row in rows]
    if "withcoord" in flags:
        by_user = coordination.of_users(db)
        own = [{**row, "coordinators": by_user.get(row["user"], "")} for row in own]
    if "withassoc" in flags:
        own = list(_joined(db, cluster, own, "user"))
    return Answer(rendered(columns, own, style))


def _joined(
    db: sqlite3.Connection, cluster: str, rows: Iterable[Mapping[str, str]], key: str
) -> Iterable[dict[str, str]]:
    """Each row once for each of its associations, or once alone."""
    tree = Tree(db)
    by_key: dict[str, list[Mapping[str, str]]] = {}
    for each in tree:
        row = association_fields.row(tree, each, cluster)
        by_key.setdefault(row[key], []).append(row)
    return [{**of, **row} for row in rows for of in by_key.get(row[key], [{}])]


def _flags(words: Sequence[str]) -> tuple[set[str], list[str]]:
    flags = {word.lower() for word in words} & set(FLAGS)
    return flags, [word for word in words if word.lower() not in flags]
