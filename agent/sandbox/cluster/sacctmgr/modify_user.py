"""``sacctmgr modify user``."""

import sqlite3
from collections.abc import Mapping, Sequence

from agent.sandbox.cluster import people, qos
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.associations import Association, Tree
from agent.sandbox.cluster.sacctmgr import raw_usage
from agent.sandbox.cluster.sacctmgr.levels import level
from agent.sandbox.cluster.sacctmgr.modifying import (
    NOTHING,
    Request,
    read_request,
    set_limits,
    user_said,
    without_access,
)
from agent.sandbox.cluster.sacctmgr.words import Keyword, folded, names

USER_WHERE = (
    Keyword("names", 1), Keyword("users", 1), Keyword("accounts", 2), Keyword("clusters", 1),
    Keyword("defaultaccount", 8), Keyword("partitions", 4), Keyword("adminlevel", 2),
)  # fmt: skip


USER_SET = (Keyword("defaultaccount", 8), Keyword("adminlevel", 2), raw_usage.KEYWORD)


def user(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Change users' default account and admin level, then the limits of their associations."""
    request = read_request(words, USER_WHERE, USER_SET, qos.names(db))
    if raw_usage.asked(request.settings):
        return raw_usage.of_users(db, cluster, request.where)
    said, failed = "", 0
    if request.settings:
        said, failed = _set_users(db, request, cluster)
    if request.limits or request.qos:
        tree, rows = Tree(db), people.users(db)
        matched = [each for each in tree if each.user and _meets(each, rows, request.where, cluster)]
        refusal = without_access(db, matched, request, cluster)
        if refusal:
            return Answer(said, request.complaints + refusal, failed)
        for each in matched:
            set_limits(db, each, request)
        lines = "".join(user_said(each, cluster) for each in matched)
        said += f" Modified user associations...\n{lines}" if matched else NOTHING
        failed = failed or int(not matched)
    return Answer(said, request.complaints, failed)


def _meets(each: Association, rows: Mapping[str, people.User], where: Mapping[str, str], cluster: str) -> bool:
    row = rows[each.user]
    asked = {
        "names": each.user,
        "users": each.user,
        "accounts": each.account,
        "partitions": each.partition,
        "clusters": cluster,
        "defaultaccount": row.default_account,
        "adminlevel": row.admin.lower(),
    }
    return all(value in names(where[key]) for key, value in asked.items() if key in where)


def _set_users(db: sqlite3.Connection, request: Request, cluster: str) -> tuple[str, int]:
    rows, tree = people.users(db), Tree(db)
    asked = names(request.where.get("names", request.where.get("users", ",".join(rows))))
    matched = [name for name in rows if name in asked]
    if request.settings.get("defaultaccount") == "":
        refusal = "You can not remove the default account of a user\n"
        raise Refused(f"sacctmgr: error: {refusal} Error with request: {refusal}")
    if not matched:
        return NOTHING, 1
    default = folded(request.settings.get("defaultaccount", ""))
    _check_members(tree, matched, default, cluster)
    for name in matched:
        if default:
            people.set_user(db, name, "default_account", default)
        if "adminlevel" in request.settings:
            people.set_user(db, name, "admin", level(request.settings["adminlevel"]))
    return " Modified users...\n" + "".join(f"  {name}\n" for name in matched), 0


def _check_members(tree: Tree, users: Sequence[str], default: str, cluster: str) -> None:
    members = {each.user for each in tree if each.account == default}
    outside = [name for name in users if default and name not in members]
    if outside:
        raise Refused(
            out=f" Can't modify because these users aren't associated with new default account '{default}'...\n"
            + "".join(f"  U = {name} C = {cluster}\n" for name in outside)
        )
