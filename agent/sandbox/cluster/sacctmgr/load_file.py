"""The lines of a load file: ``Kind - 'name':Option='value':…``."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from agent.sandbox.cluster import limits
from agent.sandbox.cluster.sacctmgr.words import Keyword, folded, means

LINE = re.compile(r"\s*(Cluster|Parent|Account|User)\s*-\s*(.*)", re.IGNORECASE)
FIELD_END = re.compile(r""":(?=(?:[^'"]|'[^']*'|"[^"]*")*$)""")
OPTIONS = (
    Keyword("description", 3), Keyword("organization", 3), Keyword("defaultaccount", 8), Keyword("adminlevel", 2),
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


def lines(text: str) -> Iterator[Line]:
    """The lines that say something. Raises ``Refused`` on an unknown option or a bad value."""
    for number, raw in enumerate(text.split("\n"), 1):
        found = LINE.match(raw)
        if found and not raw.lstrip().startswith("#"):
            yield _line(number, found.group(1).lower(), found.group(2).strip())


def _line(number: int, kind: str, rest: str) -> Line:
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
            unknown = f" Unknown option: {field}\n Problem with line({number})\n"
            read = limits.read_word(key, value.strip("'\""), f"{unknown} Problem with requests: Unspecified error\n")
            changes[read.name] = read.change
            complaints += read.complaints
    return Line(number, kind, folded(name), options, changes, complaints)
