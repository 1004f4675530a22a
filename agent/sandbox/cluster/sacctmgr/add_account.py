"""``sacctmgr add account``."""

import sqlite3
from collections.abc import Mapping, Sequence

from agent.sandbox.cluster import associations, limits, people, qos
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.associations import New, Tree
from agent.sandbox.cluster.sacctmgr.adding import (
    CONTACT,
    NOTHING,
    Known,
    Request,
    blank_names,
    check_cluster,
    limits_said,
    qos_said,
    read_request,
)
from agent.sandbox.cluster.sacctmgr.words import Keyword, folded

ACCOUNT = (
    Keyword("accounts", 1), Keyword("names", 1), Keyword("clusters", 1), Keyword("description", 1),
    Keyword("organization", 1), Keyword("parent", 1),
)  # fmt: skip


def account(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Add accounts; those with an association already are left alone, whatever else is said of them."""
    hint = " Use keyword 'where' to modify condition\n"
    known = Known(ACCOUNT, ("accounts", "names"), limits.Vocabulary(qos=qos.names(db)), hint)
    request = read_request(words, known)
    check_cluster(request.options, cluster)
    wanted = [name for name in request.names if name]
    complaints = request.complaints + blank_names(request.names)
    if not request.names:
        raise Refused(" Need name of account to add.\n")
    tree, rows = Tree(db), people.accounts(db)
    parent = folded(request.options.get("parent", "root"))
    placed = [name for name in wanted if name not in tree.accounts]
    if placed and parent not in tree.accounts:
        raise Refused(_no_parent(parent, cluster) * len(placed) + " No associations created.\n")
    if not placed:
        return Answer(NOTHING, complaints, 1)
    new = [name for name in placed if name not in rows]
    people.add_accounts(db, [_row(name, request.options, parent) for name in new])
    associations.add(db, [New(name, parent, limits=limits.applied({}, request.limits)) for name in placed])
    said = _accounts_said(new, placed, request, cluster) + qos_said(request.limits, known.words.qos)
    return Answer(said, complaints, int(len(wanted) < len(request.names)))


def _row(name: str, options: Mapping[str, str], parent: str) -> people.Account:
    organization = parent if parent != "root" else name
    return people.Account(
        name, folded(options.get("description", name)), folded(options.get("organization", organization))
    )


def _no_parent(parent: str, cluster: str) -> str:
    return f" Parent account '{parent}' doesn't exist on cluster {cluster}\n{CONTACT}"


def _accounts_said(new: Sequence[str], placed: Sequence[str], request: Request, cluster: str) -> str:
    text = ""
    if new:
        text = " Adding Account(s)\n" + "".join(f"  {name}\n" for name in new)
        text += f" Settings\n  Description     = {_text_said(request, 'description', 'Account Name')}\n"
        text += f"  Organization    = {_text_said(request, 'organization', 'Parent/Account Name')}\n"
    text += " Associations\n" + "".join(f"  A = {name:<10.10} C = {cluster:<10.10}\n" for name in placed)
    if request.limits or request.options:
        parent = folded(request.options.get("parent", "root"))
        text += " Settings\n" + limits_said(request.limits) + f"  Parent        = {parent}\n"
    return text


def _text_said(request: Request, option: str, default: str) -> str:
    return folded(request.options[option]) if option in request.options else default
