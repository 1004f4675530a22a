"""``sacctmgr modify account``."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from agent.sandbox.cluster import associations, limits, people, qos
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.associations import Association, Tree
from agent.sandbox.cluster.sacctmgr import raw_usage
from agent.sandbox.cluster.sacctmgr.meeting import account_meets
from agent.sandbox.cluster.sacctmgr.modifying import (
    NOTHING,
    Request,
    read_request,
    set_limits,
    user_said,
    without_access,
)
from agent.sandbox.cluster.sacctmgr.words import Keyword, folded, names

ACCOUNT_WHERE = (
    Keyword("names", 1), Keyword("accounts", 1), Keyword("clusters", 1), Keyword("description", 1),
    Keyword("organization", 1), Keyword("parent", 1),
)  # fmt: skip


ACCOUNT_SET = (Keyword("description", 1), Keyword("organization", 1), Keyword("parent", 1), raw_usage.KEYWORD)


def account(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Change accounts' texts, then limits and parent of their associations."""
    request = read_request(words, ACCOUNT_WHERE, ACCOUNT_SET, qos.names(db))
    if raw_usage.asked(request.settings):
        return raw_usage.of_accounts(db, cluster, request.where)
    texts = {key: folded(value) for key, value in request.settings.items() if key != "parent"}
    said, failed = "", 0
    if texts:
        said, failed = _set_texts(db, request.where, texts)
    if request.limits or request.qos or "parent" in request.settings:
        tree = Tree(db)
        matched = _accounts(tree, request.where, cluster, people.accounts(db))
        changed, refusal = _set_accounts(db, tree, matched, request, cluster)
        said, failed = said + changed, failed or int(changed == NOTHING)
        if refusal:
            return Answer(said, request.complaints + refusal, failed)
    return Answer(said, request.complaints, failed)


def _set_texts(db: sqlite3.Connection, where: Mapping[str, str], texts: Mapping[str, str]) -> tuple[str, int]:
    rows = people.accounts(db)
    matched = [name for name in rows if account_meets(rows[name], where)]
    for name in matched:
        for column, value in texts.items():
            people.set_account(db, name, column, value)
    if not matched:
        return NOTHING, 1
    return " Modified accounts...\n" + "".join(f"  {name}\n" for name in matched), 0


def _accounts(
    tree: Tree, where: Mapping[str, str], cluster: str, rows: Mapping[str, people.Account]
) -> list[Association]:
    if cluster not in names(where.get("clusters", cluster)):
        return []
    return [
        each
        for each in tree
        if not each.user
        and account_meets(rows[each.account], where)
        and ("parent" not in where or each.parent in names(where["parent"]))
    ]


def _set_accounts(
    db: sqlite3.Connection, tree: Tree, matched: Sequence[Association], request: Request, cluster: str
) -> tuple[str, str]:
    """What was said, and a refusal that ends with exit code 0 all the same."""
    parent = folded(request.settings["parent"]) if "parent" in request.settings else None
    if parent is not None and parent not in tree.accounts:
        raise Refused(f" Parent Account {parent} doesn't exist.\n")
    if parent is not None and not (request.limits or request.qos):
        matched = [each for each in matched if parent not in (each.parent, each.account)]
    refusal = without_access(db, matched, request, cluster)
    if refusal:
        return "", refusal
    lines = [line for each in matched for line in _account_said(tree, each, request, cluster)]
    for each in matched:
        set_limits(db, each, request)
        if parent is not None and parent not in (each.parent, each.account):
            associations.reparent(db, each.account, parent)
    return (" Modified account associations...\n" + "".join(lines) if lines else NOTHING), ""


def _account_said(tree: Tree, each: Association, request: Request, cluster: str) -> Iterable[str]:
    above = f" of {each.parent}" if each.parent else ""
    yield f"  C = {cluster:<10} A = {each.account}{above}\n"
    inherited = [name for name in (*request.limits, *(["QOS"] if request.qos else [])) if name in limits.INHERITED]
    for heir in tree.heirs(each.account, inherited):
        yield user_said(heir, cluster)
