"""Command-line options as GNU getopt reads them: anywhere among the words, short ones joined, ``--`` ends them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from agent.sandbox.cluster.answer import Refused


class Option(NamedTuple):
    """One option: its letter ("" for none), its long name, and whether it takes a value."""

    letter: str
    name: str
    valued: bool = False


class Parsed(NamedTuple):
    """Options by long name ("" for those without a value) and the words that are none, in order."""

    given: Mapping[str, str]
    words: tuple[str, ...]


def parse(program: str, words: Sequence[str], known: Sequence[Option]) -> Parsed:
    """Read the options out of the words. Raises ``Refused`` on an unknown one or a missing value."""
    given: dict[str, str] = {}
    rest: list[str] = []
    left = iter(words)
    for word in left:
        if word == "--":
            rest.extend(left)
        elif word.startswith("--"):
            given.update([_long(program, word[2:], left, known)])
        elif word.startswith("-") and len(word) > 1:
            given.update(_short(program, word[1:], left, known))
        else:
            rest.append(word)
    return Parsed(given, tuple(rest))


def _long(program: str, word: str, left: Iterator[str], known: Sequence[Option]) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    option = next((option for option in known if option.name == name), None)
    if option is None:
        raise Refused(_hint(program, f"unrecognized option '--{name}'"))
    if option.valued and not equals:
        value = _next(program, left, f"option '--{name}' requires an argument")
    return option.name, value


def _short(program: str, letters: str, left: Iterator[str], known: Sequence[Option]) -> Iterator[tuple[str, str]]:
    while letters:
        letter, letters = letters[0], letters[1:]
        option = next((option for option in known if option.letter == letter), None)
        if option is None:
            raise Refused(_hint(program, f"invalid option -- '{letter}'"))
        if option.valued:
            yield option.name, letters or _next(program, left, f"option requires an argument -- '{letter}'")
            return
        yield option.name, ""


def _next(program: str, left: Iterator[str], complaint: str) -> str:
    value = next(left, None)
    if value is None:
        raise Refused(_hint(program, complaint))
    return value


def _hint(program: str, complaint: str) -> str:
    # sacct alone gives no hint.
    hint = "" if program == "sacct" else f'Try "{program} --help" for more information\n'
    return f"{program}: {complaint}\n{hint}"
