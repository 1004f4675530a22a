"""The program: one command on its command line, or a session of them on standard input."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from agent.sandbox.cluster import options, store
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.sacctmgr.words import Keyword, means, names, split
from agent.sandbox.cluster.scontrol import assoc_mgr, partition, show

Say: TypeAlias = Callable[[str, str], None]
"""Writes to standard output and standard error."""
Change: TypeAlias = Callable[[sqlite3.Connection, Sequence[str]], Answer]

OPTIONS = (
    options.Option("o", "oneliner"), options.Option("Q", "quiet"), options.Option("a", "all"),
    options.Option("V", "version"),
)  # fmt: skip
VERSION = f"slurm-wlm {show.VERSION}\n"
PING = Keyword("ping", 3)
CHANGES: tuple[tuple[Keyword, Change], ...] = (
    (Keyword("update", 1), partition.update), (Keyword("create", 2), partition.create),
    (Keyword("delete", 1), partition.delete),
)  # fmt: skip


def main(db: sqlite3.Connection, cluster: str, conf: str, words: Sequence[str], stdin: Iterable[str], say: Say) -> int:
    """Run scontrol; its exit code, which in a session is 1 once a command failed, until a ``ping`` succeeds."""
    given, rest = options.parse("scontrol", words, OPTIONS)
    if "version" in given:
        say(VERSION, "")
        return 0

    def run(command: Sequence[str]) -> int:
        return _run(db, cluster, conf, command, say, one_line="oneliner" in given)

    return run(rest) if rest else _session(stdin, say, run)


def _session(stdin: Iterable[str], say: Say, run: Callable[[Sequence[str]], int]) -> int:
    """Each line is echoed behind the prompt; a bare prompt ends the session."""
    code = 0
    for line in stdin:
        text = line.removesuffix("\n")
        say(f"scontrol: {text}\n", "")
        words = [] if text.lstrip().startswith("#") else split(text)
        if words and words[0].lower() in ("exit", "quit"):
            return code
        if words:
            failed = run(words)
            code = failed if means(words[0], PING) else code or failed
    say("scontrol: \n", "")
    return code


def _run(db: sqlite3.Connection, cluster: str, conf: str, words: Sequence[str], say: Say, *, one_line: bool) -> int:
    try:
        answer = _answer(db, cluster, conf, words, one_line=one_line)
    except Refused as refused:
        answer = refused.answer
    say(answer.out, answer.err)
    return answer.code


def _answer(db: sqlite3.Connection, cluster: str, conf: str, words: Sequence[str], *, one_line: bool) -> Answer:
    verb, rest = words[0], words[1:]
    if means(verb, Keyword("show", 3)):
        return _show(db, cluster, conf, rest, one_line=one_line)
    if means(verb, PING):
        return Answer(show.PING)
    if means(verb, Keyword("version", 4)):
        return Answer(VERSION)
    if means(verb, Keyword("reconfigure", 3)):
        with store.transaction(db):
            partition.reconfigure(db, time.time())
        return Answer()
    for keyword, change in CHANGES:
        if means(verb, keyword):
            return _change(db, keyword.name, change, rest)
    raise Refused(f"invalid keyword: {verb}\n")


def _change(db: sqlite3.Connection, name: str, change: Change, rest: Sequence[str]) -> Answer:
    if not rest:
        raise Refused(f"too few arguments for {name} keyword\n")
    with store.transaction(db):
        return change(db, rest)


def _show(db: sqlite3.Connection, cluster: str, conf: str, rest: Sequence[str], *, one_line: bool) -> Answer:
    if not rest:
        raise Refused("too few arguments for keyword:show\n")
    entity, name = rest[0], rest[1] if len(rest) > 1 else ""
    if means(entity, Keyword("config", 3)):
        return show.config(cluster, conf, time.time())
    if means(entity, Keyword("partitions", 1)):
        return show.partition(db, name, one_line=one_line)
    if means(entity, Keyword("nodes", 3)):
        return show.node(db, name, one_line=one_line)
    if means(entity, Keyword("assoc_mgr", 2)) and one_line:
        return assoc_mgr.show(db, cluster, rest[1:], time.time())
    if means(entity, Keyword("hostnames", 5)) and name:
        return Answer("".join(f"{each}\n" for each in names(name)))
    if means(entity, Keyword("jobs", 3)) and name:
        return show.job(db, name)
    raise Refused(f"invalid entity:{entity} for keyword:show \n")
