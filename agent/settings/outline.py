"""The file as its documents show it: tables in order, and the keys of each with what they are worth."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_origin

from pydantic.fields import FieldInfo

from agent.settings.component import ComponentSettings
from agent.settings.settings import Settings
from agent.settings.table import Table, table_in

_SUFFIXES: Mapping[object, str] = {
    tuple: "[]",
    dict: ".cpu",
}  # tables in a list; tables by name: one stands for all

_USUAL = {(ComponentSettings, "tres"), (ComponentSettings, "factor")}
"""Keys that may be left out and hardly ever are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key. ``value`` is its default as TOML, or an example where there is none (then ``is_default`` is False).

    ``shown`` says that the example sets the key, because it must be set or because hardly anybody does without.
    """

    name: str
    description: str
    value: str
    required: bool
    is_default: bool
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table. ``header`` is the line that begins it, an optional table may be left out whole."""

    header: str
    description: str
    optional: bool
    keys: tuple[Key, ...]


def outline() -> tuple[Section, ...]:
    """Every table of the file."""
    return tuple(_sections(Settings, "", optional=False))


def _sections(table: type[Table], path: str, *, optional: bool) -> Iterator[Section]:
    if path:
        text = " ".join((table.__doc__ or "").split())
        yield Section(header=_header(path), description=text, optional=optional, keys=tuple(_keys(table)))
    for name, field in table.model_fields.items():
        if inner := table_in(field):
            deeper = f"{path}.{name}{_SUFFIXES.get(get_origin(field.annotation), '')}".removeprefix(".")
            yield from _sections(inner, deeper, optional=_may_be_absent(field))


def _header(path: str) -> str:
    return f"[[{path.removesuffix('[]')}]]" if path.endswith("[]") else f"[{path.replace('[]', '')}]"


def _may_be_absent(field: FieldInfo) -> bool:
    return not field.is_required() and field.default is None


def _keys(table: type[Table]) -> Iterator[Key]:
    defaults = table.model_construct().model_dump(mode="json", exclude_none=True)
    for name, field in table.model_fields.items():
        if not table_in(field):
            value = defaults[name] if name in defaults else (field.examples or [None])[0]
            yield Key(
                name=name,
                description=field.description or "",
                value=json.dumps(value, ensure_ascii=False),
                required=field.is_required(),
                is_default=name in defaults,
                shown=field.is_required() or (table, name) in _USUAL,
            )
