"""What is wrong with the file, as lines that say which key and what to write instead. No line quotes a secret."""

import json
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from agent.settings.conflicts import Location
from agent.settings.settings import Settings
from agent.settings.table import Table, table_in

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SECRETS = {"token", "api_token", "password", "secret", "api_key"}
_KINDS: Mapping[str, str] = {
    "string": 'must be a text; write it in quotes: "…"',
    "int": "must be a whole number; write it without quotes",
    "float": "must be a number; write it without quotes",
    "path": 'must be a path; write it in quotes: "/…"',
    "tuple": "must be a list; write [ … ]",
    "model": "must be a table; write its keys below a line with its name in brackets",
    "dict": "must be a table; write its keys below a line with its name in brackets",
}


def dotted(location: Location) -> str:
    """A key as a person writes it: ``offerings[0].components.cpu.factor``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{_quoted(part)}" for part in location)
    return text.removeprefix(".")


def _quoted(key: str) -> str:
    """A key of TOML, in quotes where it needs them."""
    return key if _BARE.fullmatch(key) else f'"{key}"'


def problems(error: ValidationError) -> list[tuple[Location, str]]:
    """Each problem as its key and its text."""
    return [(_location(details), _text(details)) for details in error.errors(include_url=False)]


def _location(details: ErrorDetails) -> Location:
    """Where the problem is; of a key that is itself wrong pydantic says so by one more part."""
    return tuple(part for part in details["loc"] if part != "[key]")


def _text(details: ErrorDetails) -> str:
    kind = details["type"]
    if kind == "value_error":
        return str(details["ctx"]["error"])
    if found := _TEXTS.get(kind):
        return found(details)
    return _KINDS.get(kind.partition("_")[0], f"{details['msg']}; see `agent config example`")


def _unknown(details: ErrorDetails) -> str:
    *table, key = details["loc"]
    if key in _SECRETS:
        return 'a secret never stands in the settings; put it into a file and name that: token_file = "FILE"'
    known = list(_table(tuple(table)).model_fields)
    near = get_close_matches(str(key), known, n=1)
    return f"is not a key; did you mean {near[0]}?" if near else f"is not a key; {_elsewhere(str(key), known)}"


def _elsewhere(key: str, known: list[str]) -> str:
    homes = [name for name in Settings.model_fields if key in _table((name,)).model_fields]
    if homes and key not in Settings.model_fields:
        return f"it belongs below [{homes[0]}]"
    return f"there are {', '.join(known)}"


def _missing(details: ErrorDetails) -> str:
    *table, key = details["loc"]
    if isinstance(key, int):
        return _one_of_two(tuple(table))
    field = _table(tuple(table)).model_fields[str(key)]
    if not field.examples:
        name = f"[[{key}]]" if str(key) == "offerings" else f"[{key}]"
        return f"is missing; write the table {name} as `agent config example` shows it"
    return f"is missing; write for instance {key} = {json.dumps(field.examples[0])}"


def _one_of_two(location: Location) -> str:
    """A list with one entry where there must be two."""
    examples = _table(location[:-1]).model_fields[str(location[-1])].examples
    return f"is missing; write both: {json.dumps(examples[0]) if examples else '[lowest, highest]'}"


def _below(details: ErrorDetails) -> str:
    limit = next(iter(details["ctx"].values()))
    words = {"greater_than": "more than", "greater_than_equal": "at least", "less_than_equal": "at most"}
    return f"{details['input']!r} is out of range; write a number of {words[details['type']]} {limit:g}"


def _choice(details: ErrorDetails) -> str:
    return f"{details['input']!r} is not a choice; write one of {details['ctx']['expected']}"


def _empty(_: ErrorDetails) -> str:
    return "is empty; write something, or take the key out"


def _pattern(details: ErrorDetails) -> str:
    return f"{details['input']!r} has other characters than a-z, 0-9, _ and -; write it as Slurm shows it"


def _length(details: ErrorDetails) -> str:
    return f"has {details['ctx']['actual_length']} entries or more; write {details['ctx']['max_length']}"


_TEXTS: Mapping[str, Callable[[ErrorDetails], str]] = {
    "extra_forbidden": _unknown,
    "missing": _missing,
    "greater_than": _below,
    "greater_than_equal": _below,
    "less_than_equal": _below,
    "literal_error": _choice,
    "enum": _choice,
    "string_too_short": _empty,
    "string_pattern_mismatch": _pattern,
    "too_long": _length,
}


def _table(location: Location) -> type[Table]:
    """The table at ``location``; indices and the names of components lead nowhere deeper."""
    table: type[Table] = Settings
    for part in location:
        field = table.model_fields.get(str(part))
        table = (table_in(field) if field else None) or table
    return table
