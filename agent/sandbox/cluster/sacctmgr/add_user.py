"""``sacctmgr add user``."""

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
from agent.sandbox.cluster.sacctmgr.levels import level
from agent.sandbox.cluster.sacctmgr.words import Keyword, folded, names

USER = (
    Keyword("accounts", 2), Keyword("adminlevel", 2), Keyword("clusters", 1), Keyword("defaultaccount", 8),
    Keyword("names", 1), Keyword("users", 1), Keyword("partitions", 4),
)  # fmt: skip


def user(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Add users to accounts; who is there already stays as he is."""
    known = Known(USER, ("names", "users"), limits.Vocabulary(qos=qos.names(db)))
    request = read_request(words, known)
    check_cluster(request.options, cluster)
    if not request.names:
        raise Refused(" Need name of user to add.\n")
    if not request.options.get("accounts"):
        raise Refused(" Need name of account to add user to.\n")
    tree, rows = Tree(db), people.users(db)
    wanted = [name for name in request.names if name]
    into, complaints = _into(names(request.options["accounts"]), tree, people.accounts(db), cluster)
    complaints = request.complaints + blank_names(request.names) + complaints
    placed = _missing(wanted, into, names(request.options.get("partitions", "")), tree, request.limits)
    failed = int(complaints != request.complaints)
    if not placed:
        unplaced_new = failed and any(name not in rows for name in wanted)
        if unplaced_new:
            return Answer("", f"{complaints} No associations or wckeys created.\n", 1)
        return Answer(NOTHING, complaints, 1)
    new = list(dict.fromkeys(each.user for each in placed if each.user not in rows))
    people.add_users(db, new)
    # Slurm adds the associations of new users together with them, those of known users afterwards.
    associations.add(db, [each for each in placed if each.user in new])
    associations.add(db, [each for each in placed if each.user not in new])
    _make_defaults(db, placed, request.options)
    said = _users_said(new, placed, request, cluster) + qos_said(request.limits, known.words.qos)
    return Answer(said, complaints, failed)


def _into(wanted: Sequence[str], tree: Tree, rows: Mapping[str, people.Account], cluster: str) -> tuple[list[str], str]:
    """The accounts that are there, and the complaints about the others."""
    missing = [name for name in wanted if name not in tree.accounts]
    where = {name: f" on cluster {cluster}" if name in rows else "." for name in missing}
    complaints = "".join(f" This account '{name}' doesn't exist{where[name]}\n{CONTACT}" for name in missing)
    return [name for name in wanted if name in tree.accounts], complaints


def _missing(
    users: Sequence[str],
    accounts: Sequence[str],
    partitions: Sequence[str],
    tree: Tree,
    changes: Mapping[str, limits.Change],
) -> list[New]:
    there = {(each.account, each.user, each.partition) for each in tree}
    values = limits.applied({}, changes)
    return [
        New(account, account, user, partition, values)
        for user in users
        for account in accounts
        for partition in partitions or [""]
        if (account, user, partition) not in there
    ]


def _make_defaults(db: sqlite3.Connection, placed: Sequence[New], options: Mapping[str, str]) -> None:
    who = list(dict.fromkeys(each.user for each in placed))
    default = folded(options.get("defaultaccount", ""))
    for name in who if default else ():
        people.set_user(db, name, "default_account", default)
    for name in who if "adminlevel" in options else ():
        people.set_user(db, name, "admin", level(options["adminlevel"]))
    people.give_defaults(db, who)


def _users_said(new: Sequence[str], placed: Sequence[New], request: Request, cluster: str) -> str:
    text, options = "", request.options
    if new:
        text = " Adding User(s)\n" + "".join(f"  {name}\n" for name in new)
        default = f"  Default Account = {folded(options['defaultaccount'])}\n" if options.get("defaultaccount") else ""
        admin = f"  Admin Level     = {level(options['adminlevel'])}\n" if "adminlevel" in options else ""
        text += f" Settings =\n{default}{admin}" if default or admin else ""
    text += " Associations =\n" + "".join(_placed_said(each, cluster) for each in placed)
    return text + " Non Default Settings\n" + limits_said(request.limits)


def _placed_said(each: New, cluster: str) -> str:
    partition = f" P = {each.partition:<10.10}" if each.partition else ""
    return f"  U = {each.user:<9.9} A = {each.account:<10.10} C = {cluster:<10.10}{partition}\n"
