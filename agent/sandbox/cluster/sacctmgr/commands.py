"""Which command a line means, and running it as one transaction."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias, TypeVar

from agent.sandbox.cluster import store
from agent.sandbox.cluster.answer import Answer, Ended, Refused
from agent.sandbox.cluster.sacctmgr import coordinator, delete, modify_qos, show_constants, show_people
from agent.sandbox.cluster.sacctmgr.add_account import account as add_account
from agent.sandbox.cluster.sacctmgr.add_qos import add as add_qos
from agent.sandbox.cluster.sacctmgr.add_user import user as add_user
from agent.sandbox.cluster.sacctmgr.modify_account import account as modify_account
from agent.sandbox.cluster.sacctmgr.modify_user import user as modify_user
from agent.sandbox.cluster.sacctmgr.show_association import association as show_association
from agent.sandbox.cluster.sacctmgr.show_qos import qos_table as show_qos
from agent.sandbox.cluster.sacctmgr.words import Keyword, means
from agent.sandbox.cluster.scheduling import start_waiting
from agent.sandbox.cluster.tables import Style

T = TypeVar("T")
Change: TypeAlias = Callable[[sqlite3.Connection, str, Sequence[str]], Answer]
Show: TypeAlias = Callable[[sqlite3.Connection, str, Sequence[str], Style], Answer]

VERSION = "slurm-wlm 22.05.8\n"
SHOWN: tuple[tuple[Keyword, Show], ...] = (
    (Keyword("accounts", 2), show_people.account),
    (Keyword("associations", 2), show_association),
    (Keyword("clusters", 1), show_constants.cluster),
    (Keyword("qos", 1), show_qos),
    (Keyword("tres", 2), show_constants.tres),
    (Keyword("users", 1), show_people.user),
)
ADDED: tuple[tuple[Keyword, Change], ...] = (
    (Keyword("accounts", 1), add_account),
    (Keyword("coordinators", 2), coordinator.add),
    (Keyword("qos", 1), add_qos),
    (Keyword("users", 1), add_user),
)
MODIFIED: tuple[tuple[Keyword, Change], ...] = (
    (Keyword("accounts", 1), modify_account),
    (Keyword("qos", 1), modify_qos.modify),
    (Keyword("users", 1), modify_user),
)
DELETED: tuple[tuple[Keyword, Change], ...] = (
    (Keyword("accounts", 1), delete.account),
    (Keyword("coordinators", 2), coordinator.delete),
    (Keyword("qos", 1), modify_qos.delete),
    (Keyword("users", 1), delete.user),
)
OF_ADD = '"Account", "Cluster", "Coordinator", "Federation", "QOS", "Resource", or "User"'
OF_MODIFY = '"Account", "Cluster", "Federation", "Job", "QOS", "Resource" or "User"'
OF_SHOW = (
    '"Account", "Association", "Cluster", "Configuration",\n"Event", "Federation", "Problem", "QOS", "Resource",'
    ' "Reservation",\n"RunAwayJobs", "Stats", "Transaction", "TRES", "User", or "WCKey"'
)
VERBS = (
    (Keyword("add", 3), "add", ADDED, OF_ADD),
    (Keyword("create", 2), "add", ADDED, OF_ADD),
    (Keyword("modify", 1), "modify", MODIFIED, OF_MODIFY),
    (Keyword("update", 1), "modify", MODIFIED, OF_MODIFY),
    (Keyword("delete", 1), "delete", DELETED, OF_ADD),
    (Keyword("remove", 1), "delete", DELETED, OF_ADD),
)
QUESTION = "Would you like to commit changes? (You have 30 seconds to decide)\n(N/y): \n"
DISCARDED = " Changes Discarded\n"


class Setting(NamedTuple):
    """What a command needs: the cluster, the style of tables, and who says yes to a change (None: it is not asked)."""

    db: sqlite3.Connection
    cluster: str
    style: Style
    ask: Callable[[], bool] | None


def run(setting: Setting, words: Sequence[str]) -> Answer:
    """One command, as one transaction. Raises ``Ended`` when it ends a session."""
    try:
        return _answer(setting, words[0], words[1:])
    except Ended:
        raise
    except Refused as refused:
        return refused.answer


def _answer(setting: Setting, verb: str, rest: Sequence[str]) -> Answer:
    if means(verb, Keyword("show", 3)) or means(verb, Keyword("list", 3)):
        return _show(setting, rest)
    if means(verb, Keyword("version", 4)):
        return Answer(VERSION)
    if means(verb, Keyword("load", 2)):
        from agent.sandbox.cluster.sacctmgr.load import load  # noqa: PLC0415 - reads files, which starts slower

        return _change(setting, partial(load, setting.style), rest)
    for keyword, name, table, valid in VERBS:
        if means(verb, keyword):
            return _change(setting, _entity(rest, table, name, valid), rest[1:])
    raise Refused(f"invalid keyword: {verb}\n")


def _show(setting: Setting, rest: Sequence[str]) -> Answer:
    shown = _entity(rest, SHOWN, "list", OF_SHOW)
    with store.transaction(setting.db, "DEFERRED"):
        return shown(setting.db, setting.cluster, rest[1:], setting.style)


def _entity(rest: Sequence[str], table: Iterable[tuple[Keyword, T]], name: str, valid: str) -> T:
    for keyword, found in table:
        if rest and means(rest[0], keyword):
            return found
    raise Refused(f"No valid entity in {name} command\nInput line must include {valid}\n")


def _change(setting: Setting, change: Change, rest: Sequence[str]) -> Answer:
    with store.transaction(setting.db):
        before = setting.db.total_changes
        answer = change(setting.db, setting.cluster, rest)
        if setting.db.total_changes == before:
            return answer
        if setting.ask and not setting.ask():
            raise Refused(answer.err, answer.out + QUESTION + DISCARDED, 0)
        start_waiting(setting.db, time.time())
    return answer._replace(out=answer.out + QUESTION) if setting.ask else answer
