"""What the keys of an offering's users cannot both say."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from agent.settings.username import EXAMPLE

Conflict: TypeAlias = tuple[tuple[str, ...], str]
"""The key within the offering, and what to do."""

_NEEDED = {
    "template": ("template", f'"{EXAMPLE}"'),
    "command": ("command", '["/usr/local/bin/name-people"]'),
    "directory": ("match", '["mail", "email"]'),
}
"""The source of usernames → the key it cannot do without, and an example of its value."""


def user_conflicts(offering: Mapping[str, object]) -> Iterator[Conflict]:
    """Each conflict in the users of an offering as the file has it."""
    yield from _qos(offering)
    table = offering.get("username")
    if isinstance(table, dict):
        for key, text in (*_missing(table), *_idle(table)):
            yield ("username", key), text


def _qos(offering: Mapping[str, object]) -> Iterator[Conflict]:
    own, default = offering.get("user_qos"), offering.get("user_default_qos")
    if default and isinstance(own, list) and own and default not in own:
        yield ("user_default_qos",), f"is {default!r}, which is not in user_qos; add it there, or write one of those"


def _missing(table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    source = _source(table)
    if source in _NEEDED:
        key, value = _NEEDED[source]
        if not table.get(key):
            yield key, f'is needed with source = "{source}"; write for instance {key} = {value}'


def _idle(table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key, does in (("template", "used"), ("command", "run")):
        if table.get(key) and _source(table) != key:
            yield key, f'is never {does}; write source = "{key}", or take it out'


def _source(table: Mapping[str, object]) -> str:
    return str(table.get("source", "template"))
