"""``sacctmgr delete account`` and ``delete user``."""

import sqlite3
from collections.abc import Mapping, Sequence

from agent.sandbox.cluster import associations, jobs, people
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.associations import Association, Tree
from agent.sandbox.cluster.sacctmgr.meeting import account_meets, association_meets
from agent.sandbox.cluster.sacctmgr.modify_account import ACCOUNT_WHERE
from agent.sandbox.cluster.sacctmgr.modify_user import USER_WHERE
from agent.sandbox.cluster.sacctmgr.modifying import HINT
from agent.sandbox.cluster.sacctmgr.words import conditions, names

NOTHING = " Nothing deleted\n"
NO_CONDITIONS = " No conditions given to remove, not executing.\n"
PLACES = frozenset({"accounts", "clusters", "partitions"})
KEEP_ACCOUNT = (
    " Please either remove the accounts listed above from list and resubmit,\n"
    " or change these users' default accounts to remove the account(s).\n"
)
KEEP_USER = (
    " You must change the default account of these users or remove the users completely"
    " from the affected clusters to allow these changes.\n"
)


def account(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Delete accounts with all associations in and below them; the rows of child accounts stay, as in Slurm.

    With ``cluster=`` only the associations go, and the accounts' rows stay too.
    """
    where = conditions(words, ACCOUNT_WHERE, "names", HINT)
    if not where:
        raise Refused(NO_CONDITIONS)
    rows = people.accounts(db)
    matched = [name for name, row in rows.items() if account_meets(row, where)]
    if "root" in matched:
        raise Refused(" You are not allowed to remove the root account.\n Use remove cluster instead.\n")
    tree = Tree(db)
    gone = list({each.id: each for name in matched for each in tree.branch(name)}.values())
    if "clusters" in where:
        return _from_cluster(db, cluster, gone if cluster in names(where["clusters"]) else [])
    if not matched:
        return Answer(NOTHING, "", 1)
    _remove(db, gone, cluster, KEEP_ACCOUNT)
    people.delete_accounts(db, matched)
    return Answer(" Deleting accounts...\n" + "".join(f"  {name}\n" for name in matched))


def _from_cluster(db: sqlite3.Connection, cluster: str, gone: Sequence[Association]) -> Answer:
    if not gone:
        return Answer(NOTHING, "", 1)
    _remove(db, gone, cluster, KEEP_ACCOUNT)
    lines = (
        _user_said(each, cluster) if each.user else f"  C = {cluster:<10} A = {each.account} of {each.parent}\n"
        for each in gone
    )
    return Answer(" Deleting account associations...\n" + "".join(lines))


def user(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Delete users altogether, or with ``account=`` or ``cluster=`` their associations there.

    A user whose last association goes is deleted with it.
    """
    where = conditions(words, USER_WHERE, "names", HINT)
    if not where:
        raise Refused(NO_CONDITIONS)
    asked = names(where.get("names", where.get("users", "")))
    matched = [name for name in people.users(db) if name in asked]
    there = [each for each in Tree(db) if each.user in matched]
    if not PLACES & where.keys():
        return _altogether(db, cluster, matched, there)
    only = {key: value for key, value in where.items() if key in PLACES}
    gone = [each for each in there if association_meets(each, only, cluster)]
    if not gone:
        return Answer(NOTHING, "", 1)
    _remove(db, gone, cluster, KEEP_USER)
    return Answer(
        " Deleting user associations...\n"
        + "".join(_user_said(each, cluster) for each in gone)
        + _without_any(db, there, gone)
    )


def _altogether(db: sqlite3.Connection, cluster: str, users: Sequence[str], there: Sequence[Association]) -> Answer:
    if not users:
        return Answer(NOTHING, "", 1)
    _check_jobs(db, there, cluster)
    associations.delete(db, there)
    people.delete_users(db, users)
    return Answer(" Deleting users...\n" + "".join(f"  {name}\n" for name in users))


def _without_any(db: sqlite3.Connection, there: Sequence[Association], gone: Sequence[Association]) -> str:
    left = {each.user for each in there if each not in gone}
    lonely = sorted({each.user for each in gone} - left)
    people.delete_users(db, lonely)
    return " Deleting users (No Associations)...\n" + "".join(f"  {name}\n" for name in lonely) if lonely else ""


def _user_said(each: Association, cluster: str) -> str:
    return f"  C = {cluster:<10} A = {each.account:<10} U = {each.user:<9}{_in_partition(each)}\n"


def _in_partition(each: Association) -> str:
    return f" P = {each.partition}" if each.partition else ""


def _remove(db: sqlite3.Connection, gone: Sequence[Association], cluster: str, advice: str) -> None:
    """Delete associations. Raises ``Refused`` for all when a job is active in one or a default is in the way."""
    _check_jobs(db, gone, cluster)
    held = _held_defaults(people.users(db), gone)
    if held:
        lines = (f"  C = {cluster:<15} A = {each.account:<10} U = {each.user:<9}\n" for each in held)
        raise Refused(
            " Error with request: You can not remove the default account of a user\n"
            + "".join(lines)
            + f"{advice} Changes Discarded\n"
        )
    associations.delete(db, gone)


def _held_defaults(users: Mapping[str, people.User], gone: Sequence[Association]) -> list[Association]:
    """The default associations that 22.05 does not let go: those that come after one that is no default.

    It looks at them by user, the default last; so a command that takes defaults alone succeeds, and a mixed one depends
    on the users' names. Found by trying; newer versions refuse every default while its user has others.
    """
    held: list[Association] = []
    other_seen = False
    for each in sorted((each for each in gone if each.user), key=lambda one: (one.user, _is_default(users, one))):
        if not _is_default(users, each):
            other_seen = True
        elif other_seen:
            held.append(each)
    return held


def _is_default(users: Mapping[str, people.User], each: Association) -> bool:
    return users[each.user].default_account == each.account


def _check_jobs(db: sqlite3.Connection, gone: Sequence[Association], cluster: str) -> None:
    pairs = {(each.account, each.user) for each in gone}
    active = [job for job in jobs.active(db) if (job.account, job.user) in pairs]
    if not active:
        return
    tree, ids = Tree(db), {each.id for each in gone}
    members = [(job, tree.member(job.account, job.user, job.partition)) for job in active]
    lines = [
        f"  JobID = {job.id:<10} C = {cluster:<10} A = {job.account:<10} U = {job.user:<9}{_in_partition(member)}\n"
        for job, member in members
        if member and member.id in ids
    ]
    if lines:
        raise Refused(" Error with request: Job(s) active, cancel job(s) before remove\n" + "".join(lines))
