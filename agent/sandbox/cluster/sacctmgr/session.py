"""The program: one command on its command line, or a session of them on standard input."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from agent.sandbox.cluster import options, store
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.sacctmgr import add, delete, modify, show
from agent.sandbox.cluster.sacctmgr.words import Keyword, means, split
from agent.sandbox.cluster.tables import Style

Say: TypeAlias = Callable[[str, str], None]
"""Writes to standard output and standard error."""
Change: TypeAlias = Callable[[sqlite3.Connection, str, Sequence[str]], Answer]
Show: TypeAlias = Callable[[sqlite3.Connection, str, Sequence[str], Style], Answer]

VERSION = "slurm-wlm 22.05.8\n"
OPTIONS = (
    options.Option("n", "noheader"), options.Option("P", "parsable2"), options.Option("p", "parsable"),
    options.Option("i", "immediate"), options.Option("Q", "quiet"), options.Option("V", "version"),
)  # fmt: skip
SHOWN: tuple[tuple[Keyword, Show], ...] = (
    (Keyword("accounts", 2), show.account), (Keyword("associations", 2), show.association),
    (Keyword("clusters", 1), show.cluster), (Keyword("qos", 1), show.qos), (Keyword("tres", 2), show.tres),
    (Keyword("users", 1), show.user),
)  # fmt: skip
ADDED: tuple[tuple[Keyword, Change], ...] = (
    (Keyword("accounts", 1), add.account), (Keyword("qos", 1), add.qos), (Keyword("users", 1), add.user),
)  # fmt: skip
MODIFIED: tuple[tuple[Keyword, Change], ...] = (
    (Keyword("accounts", 1), modify.account), (Keyword("users", 1), modify.user),
)  # fmt: skip
DELETED: tuple[tuple[Keyword, Change], ...] = (
    (Keyword("accounts", 1), delete.account), (Keyword("users", 1), delete.user),
)  # fmt: skip
CHANGES = (
    ((Keyword("add", 3), Keyword("create", 2)), ADDED, "add",
     '"Account", "Cluster", "Coordinator", "Federation", "QOS", "Resource", or "User"'),
    ((Keyword("modify", 1), Keyword("update", 1)), MODIFIED, "modify",
     '"Account", "Cluster", "Federation", "Job", "QOS", "Resource" or "User"'),
    ((Keyword("delete", 1), Keyword("remove", 1)), DELETED, "delete",
     '"Account", "Cluster", "Coordinator", "Federation", "QOS", "Resource", or "User"'),
)  # fmt: skip
CAN_BE_SHOWN = (
    '"Account", "Association", "Cluster", "Configuration",\n"Event", "Federation", "Problem", "QOS", "Resource",'
    ' "Reservation",\n"RunAwayJobs", "Stats", "Transaction", "TRES", "User", or "WCKey"'
)
QUESTION = "Would you like to commit changes? (You have 30 seconds to decide)\n(N/y): \n Changes Discarded\n"


class _Unconfirmed(Exception):
    """A change that nobody agreed to."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.out)
        self.answer = answer


def main(db: sqlite3.Connection, cluster: str, words: Sequence[str], stdin: Iterable[str], say: Say) -> int:
    """Run sacctmgr; its exit code, which in a session is 1 once a command failed."""
    given, rest = options.parse("sacctmgr", words, OPTIONS)
    if "version" in given:
        say(VERSION, "")
        return 0
    style = _style(given)
    if rest:
        return _run(db, cluster, rest, style, say, lambda: _agreed(given, stdin))
    return _session(db, cluster, style, stdin, say, agreed="immediate" in given)


def _style(given: Iterable[str]) -> Style:
    parsable = {"parsable", "parsable2"} & set(given)
    return Style("noheader" not in given, "|" if parsable else None, "parsable" in parsable)


def _agreed(given: Iterable[str], stdin: Iterable[str]) -> bool:
    return "immediate" in given or next(iter(stdin), "").strip().lower() in ("y", "yes")


def _session(
    db: sqlite3.Connection, cluster: str, style: Style, stdin: Iterable[str], say: Say, *, agreed: bool
) -> int:
    """Each line is echoed behind the prompt; a bare prompt ends the session."""
    code = 0
    for line in stdin:
        text = line.removesuffix("\n")
        say(f"sacctmgr: {text}\n", "")
        words = [] if text.lstrip().startswith("#") else split(text)
        if words and means(words[0], Keyword("exit", 1)) or words and means(words[0], Keyword("quit", 4)):
            return code
        if words:
            code = _run(db, cluster, words, style, say, lambda: agreed) or code
    say("sacctmgr: \n", "")
    return code


def _run(
    db: sqlite3.Connection, cluster: str, words: Sequence[str], style: Style, say: Say, agreed: Callable[[], bool]
) -> int:
    """One command as one transaction."""
    try:
        answer = _answer(db, cluster, words, style, agreed)
    except Refused as refused:
        answer = refused.answer
    except _Unconfirmed as unconfirmed:
        answer = unconfirmed.answer._replace(out=unconfirmed.answer.out + QUESTION, code=0)
    say(answer.out, answer.err)
    return answer.code


def _answer(
    db: sqlite3.Connection, cluster: str, words: Sequence[str], style: Style, agreed: Callable[[], bool]
) -> Answer:
    verb, rest = words[0], words[1:]
    if means(verb, Keyword("show", 3)) or means(verb, Keyword("list", 3)):
        return _show(db, cluster, rest, style)
    if means(verb, Keyword("version", 4)):
        return Answer(VERSION)
    if means(verb, Keyword("load", 2)):
        from agent.sandbox.cluster.sacctmgr.load import load  # noqa: PLC0415 - reads files, which starts slower

        return _change(db, cluster, rest, load, agreed)
    for verbs, table, name, valid in CHANGES:
        if any(means(verb, keyword) for keyword in verbs):
            entity = _entity(rest, table)
            if entity is None:
                raise Refused(f"No valid entity in {name} command\nInput line must include {valid}\n")
            return _change(db, cluster, rest[1:], entity, agreed)
    raise Refused(f"invalid keyword: {verb}\n")


def _entity(rest: Sequence[str], table: Iterable[tuple[Keyword, Change]]) -> Change | None:
    return next((change for keyword, change in table if rest and means(rest[0], keyword)), None)


def _show(db: sqlite3.Connection, cluster: str, rest: Sequence[str], style: Style) -> Answer:
    for keyword, shown in SHOWN:
        if rest and means(rest[0], keyword):
            return shown(db, cluster, rest[1:], style)
    raise Refused(f"No valid entity in list command\nInput line must include {CAN_BE_SHOWN}\n")


def _change(
    db: sqlite3.Connection, cluster: str, words: Sequence[str], change: Change, agreed: Callable[[], bool]
) -> Answer:
    with store.transaction(db):
        before = db.total_changes
        answer = change(db, cluster, words)
        if db.total_changes > before and not agreed():
            raise _Unconfirmed(answer)
    return answer
