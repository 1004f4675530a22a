"""The lines of a load file: ``Kind - 'name':Option='value':…``."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from agent.sandbox.cluster import limits, qos
from agent.sandbox.cluster.answer import Refused
from agent.sandbox.cluster.sacctmgr.words import Keyword, folded, means

LINE = re.compile(r"\s*(Cluster|Parent|Account|User)\s*-\s*(.*)", re.IGNORECASE)
FIELD_END = re.compile(r""":(?=(?:[^'"]|'[^']*'|"[^"]*")*$)""")
OPTIONS = (
    Keyword("description", 3), Keyword("organization", 3), Keyword("defaultaccount", 8), Keyword("adminlevel", 2),
    Keyword("partition", 3),
)  # fmt: skip
IGNORED = ("coordinators", "classification", "defaultwckey")


class Line(NamedTuple):
    """One line: its number from 1, what it names, texts by option (lower case), limits, and complaints about them."""

    number: int
    kind: str
    name: str
    options: Mapping[str, str]
    limits: Mapping[str, limits.Change]
    complaints: str


def lines(text: str, words: limits.Vocabulary) -> Iterator[Line]:
    """The lines that say something. Raises ``Refused`` on an unknown option or a bad value."""
    for number, raw in enumerate(text.split("\n"), 1):
        found = LINE.match(raw)
        if found and not raw.lstrip().startswith("#"):
            yield _line(number, found.group(1).lower(), found.group(2).strip(), words)


def _line(number: int, kind: str, rest: str, words: limits.Vocabulary) -> Line:
    name, *fields = FIELD_END.split(rest)
    options: dict[str, str] = {}
    changes: dict[str, limits.Change] = {}
    complaints = ""
    for field in filter(None, fields):
        key, _, value = field.partition("=")
        keyword = next((keyword.name for keyword in OPTIONS if means(key, keyword)), None)
        if keyword:
            options[keyword] = folded(value)
        elif key.lower() not in IGNORED:
            read = _limit(field, f" Problem with line({number})\n Problem with requests: Unspecified error\n", words)
            changes[read.name] = _with_signs(key, read.change, changes.get(read.name))
            complaints += read.complaints
    return Line(number, kind, folded(name), options, changes, complaints)


def _with_signs(key: str, change: limits.Change, before: limits.Change) -> limits.Change:
    """``QOS+=`` and ``QOS-=`` of something new: what its list adds to the inherited one, and takes from it."""
    if key[-1:] not in ("+", "-") or not isinstance(change, list):
        return change
    return qos.changed(before if isinstance(before, list) else [], f"{key[-1]}=", change)


def _limit(field: str, problem: str, words: limits.Vocabulary) -> limits.Read:
    key, _, value = field.partition("=")
    try:
        return limits.read_word(key.rstrip("+-"), value.strip("'\""), f" Unknown option: {field}\n{problem}", words)
    except limits.BadDefault as bad:
        raise Refused(bad.answer.err + problem) from None
