"""The words of a sacctmgr command: ``name=a,b``, abbreviated keywords, quotes, and the folding to lower case."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from agent.sandbox.cluster.answer import Refused

ASSIGNMENT = re.compile(r"([^=]*?)([+-]?=)(.*)", re.DOTALL)
RANGE = re.compile(r"(.*)\[([0-9,-]+)\](.*)")
BACKTICK = str.maketrans("'\"", "``")


class Word(NamedTuple):
    """``key``, ``sign`` ("" when there is none, else ``=``, ``+=`` or ``-=``) and ``value``; ``text`` is all of it."""

    key: str
    sign: str
    value: str
    text: str


class Keyword(NamedTuple):
    """A word sacctmgr knows, and how many of its letters are enough."""

    name: str
    enough: int


def split(line: str) -> list[str]:
    """A line of a session as words; a blank within quotes does not end one."""
    words: list[str] = []
    quote, word = "", ""
    for letter in line:
        if letter in "'\"" and quote in ("", letter):
            quote = "" if quote else letter
        elif letter.isspace() and not quote:
            words += [word] if word else []
            word = ""
        else:
            word += letter
    return [*words, word] if word else words


def word(text: str) -> Word:
    """One word taken apart."""
    found = ASSIGNMENT.fullmatch(text)
    return Word(found[1], found[2], found[3], text) if found else Word(text, "", "", text)


def means(given: str, keyword: Keyword) -> bool:
    """Whether an abbreviation stands for the keyword."""
    return len(given) >= keyword.enough and keyword.name.startswith(given.lower())


def folded(value: str) -> str:
    """Free text as Slurm stores it: lower case, outer quotes gone, inner ones backticks."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1]
    return value.translate(BACKTICK).lower()


def names(value: str) -> list[str]:
    """A comma list of names, ``a[1-3]`` expanded, each once, in the order given."""
    return list(_names(value))


@lru_cache(maxsize=256)
def _names(value: str) -> tuple[str, ...]:
    """The same; a condition is compared with every row."""
    parts = re.split(r",(?![^\[]*\])", folded(value))
    return tuple(dict.fromkeys(name for part in parts for name in _expanded(part)))


def _expanded(part: str) -> Iterable[str]:
    found = RANGE.fullmatch(part)
    if not found:
        return [part]
    before, numbers, after = found.groups()
    return [f"{before}{number}{after}" for piece in numbers.split(",") for number in _numbers(piece)]


def _numbers(piece: str) -> list[str]:
    first, dash, last = piece.partition("-")
    if not dash:
        return [first]
    return [str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)]


def conditions(words: Sequence[str], known: Sequence[Keyword], bare: str, hint: str = "") -> Mapping[str, str]:
    """The words of a condition by keyword; a word without ``=`` belongs to ``bare``. ``where`` and ``set`` say nothing.

    Raises ``Refused`` on an unknown one, with ``hint`` on the next line.
    """
    found: dict[str, str] = {}
    for each in map(word, words):
        if not each.sign and each.key.lower() in ("where", "set", "and"):
            continue
        name = bare if not each.sign else _keyword(each.key, known)
        if name is None:
            raise Refused(f" Unknown condition: {each.text}\n{hint}")
        found[name] = each.value if each.sign else each.key
    return found


def _keyword(given: str, known: Sequence[Keyword]) -> str | None:
    return next((keyword.name for keyword in known if means(given, keyword)), None)
