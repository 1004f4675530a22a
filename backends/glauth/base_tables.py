"""The base's tables as GLAuth reads them: keys in any case, formats as lists."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from agent.errors import ConfigError

Table: TypeAlias = Mapping[str, Any]


def folded(value: Any) -> Any:  # noqa: ANN401 - any TOML value, and the same with other keys
    """The value with all keys in lower case. Raises ConfigError for a key written twice."""
    if isinstance(value, list):
        return [folded(one) for one in value]
    if not isinstance(value, dict):
        return value
    lower = {key.lower(): folded(one) for key, one in value.items()}
    if len(lower) != len(value):
        raise ConfigError(f"a key is written in two spellings among {', '.join(sorted(value))}; keep one")
    return lower


def table(tables: Table, name: str) -> Table:
    """The table of that name; an empty one when there is none."""
    found = tables.get(name, {})
    return found if isinstance(found, dict) else {}


def records(tables: Table, kind: str) -> list[Table]:
    """The users or the groups, as far as they are tables."""
    found = tables.get(kind, [])
    return [record for record in found if isinstance(record, dict)] if isinstance(found, list) else []


def formats(backend: Table, key: str, default: str) -> list[str]:
    """The attributes of a nameformat or a groupformat; the first one makes the DN."""
    return str(backend.get(key) or default).split(",")
