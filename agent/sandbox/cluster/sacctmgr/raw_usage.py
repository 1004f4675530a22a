"""``set RawUsage=0``: what a limit of TRES-minutes counts begins anew.

It stands alone: 22.05 resets the usage and drops, without a word, whatever else the same command was to set.
"""

import sqlite3
import time
from collections.abc import Iterable, Mapping

from agent.sandbox.cluster import counting, qos
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.associations import Association, Tree
from agent.sandbox.cluster.sacctmgr.words import Keyword, names

KEYWORD = Keyword("rawusage", 4)


def asked(settings: Mapping[str, str]) -> bool:
    """Whether a reset is asked for. Raises ``Refused`` for another value than zero."""
    if "rawusage" not in settings:
        return False
    if settings["rawusage"] != "0":
        raise Refused("sacctmgr: error: Raw usage can only be set to 0 (zero)\n")
    return True


def of_accounts(db: sqlite3.Connection, cluster: str, where: Mapping[str, str]) -> Answer:
    """Reset accounts and all below them."""
    tree = Tree(db)
    wanted = names(where.get("names", where.get("accounts", "")))
    missing = [name for name in wanted if name not in tree.accounts]
    _check(f"cluster {cluster} account {missing[0]} association in database" if missing else "", cluster, where)
    return _reset(db, (each for name in wanted for each in tree.under(name)), cluster, where)


def of_users(db: sqlite3.Connection, cluster: str, where: Mapping[str, str]) -> Answer:
    """Reset users in the accounts that have to be named."""
    if "accounts" not in where:
        raise Refused("sacctmgr: error: An account must be specified\n", _local(cluster, where))
    there = {(each.account, each.user): each for each in Tree(db)}
    wanted = [
        (account, user)
        for account in names(where["accounts"])
        for user in names(where.get("names", where.get("users", "")))
    ]
    missing = [pair for pair in wanted if pair not in there]
    what = "cluster {} account {} user {} association in database"
    _check(what.format(cluster, *missing[0]) if missing else "", cluster, where)
    return _reset(db, (there[pair] for pair in wanted), cluster, where)


def of_qos(db: sqlite3.Connection, cluster: str, where: Mapping[str, str]) -> Answer:
    """Reset QOS."""
    wanted, there = names(where.get("names", "")), qos.every(db)
    missing = [name for name in wanted if name not in there]
    _check(f"QOS {missing[0]}" if missing else "", cluster, where)
    counting.forget_qos(db, wanted, time.time())
    return Answer(_local(cluster, where))


def _check(missing: str, cluster: str, where: Mapping[str, str]) -> None:
    if missing:
        raise Refused(f"sacctmgr: error: Failed to find {missing}\n", _local(cluster, where))


def _reset(db: sqlite3.Connection, gone: Iterable[Association], cluster: str, where: Mapping[str, str]) -> Answer:
    counting.forget(db, {(each.account, each.user) for each in gone if each.user}, time.time())
    return Answer(_local(cluster, where))


def _local(cluster: str, where: Mapping[str, str]) -> str:
    return "" if "clusters" in where else f"No cluster specified, resetting on local cluster {cluster}\n"
