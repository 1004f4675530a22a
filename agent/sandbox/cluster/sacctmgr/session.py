"""The program: one command on its command line, or a session of them on standard input."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from agent.sandbox.cluster import options
from agent.sandbox.cluster.sacctmgr.commands import VERSION, Setting, run
from agent.sandbox.cluster.sacctmgr.words import Keyword, means, split
from agent.sandbox.cluster.tables import Style

Say: TypeAlias = Callable[[str, str], None]
"""Writes to standard output and standard error."""
OPTIONS = (
    options.Option("n", "noheader"),
    options.Option("P", "parsable2"),
    options.Option("p", "parsable"),
    options.Option("i", "immediate"),
    options.Option("Q", "quiet"),
    options.Option("V", "version"),
)
LOAD = Keyword("load", 2)
ABORTED = 134
"""How a shell tells of SIGABRT."""
LAST_WORDS = (Keyword("exit", 1), Keyword("quit", 4))


def main(db: sqlite3.Connection, cluster: str, words: Sequence[str], stdin: Iterable[str], say: Say) -> int:
    """Run sacctmgr; its exit code, which in a session is 1 once a command failed.

    Without ``-i`` a change asks for a ``y`` on the next line of ``stdin``.
    """
    given, rest = options.parse("sacctmgr", words, OPTIONS)
    if "version" in given:
        say(VERSION, "")
        return 0
    lines = iter(stdin)
    ask = None if "immediate" in given else lambda: next(lines, "").strip().lower() in ("y", "yes")
    setting = Setting(db, cluster, _style(given), ask)
    return _said(setting, rest, say) if rest else _session(setting, lines, say)


def _style(given: Mapping[str, str]) -> Style:
    parsable = {"parsable", "parsable2"} & given.keys()
    return Style("noheader" not in given, "|" if parsable else None, "parsable" in parsable)


def _said(setting: Setting, words: Sequence[str], say: Say) -> int:
    answer = run(setting, words)
    say(answer.out, answer.err)
    return answer.code


def _session(setting: Setting, lines: Iterable[str], say: Say) -> int:
    """Each line is echoed behind the prompt; a bare prompt ends the session.

    A comment or an empty line counts as a failure. A second ``load`` ends the session: 22.05 dies at it, having freed
    something twice, and does not read the file.
    """
    code, loads = 0, 0
    for line in lines:
        text = line.removesuffix("\n")
        say(f"sacctmgr: {text}\n", "")
        words = [] if text.startswith("#") else split(text)
        if words and any(means(words[0], keyword) for keyword in LAST_WORDS):
            return code
        loads += bool(words) and means(words[0], LOAD)
        if loads > 1:
            say("", "free(): double free detected in tcache 2\n")
            return ABORTED
        code = (_said(setting, words, say) if words else 1) or code
    say("sacctmgr: \n", "")
    return code
