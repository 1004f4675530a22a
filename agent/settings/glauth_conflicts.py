"""Files of the directory that cannot be the same, or are the agent's own."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import TypeAlias

from agent.settings.service import StateSettings

Raw: TypeAlias = Mapping[str, object]
Location: TypeAlias = tuple[str | int, ...]

_OWN = (
    *("journal.sqlite*", "sentinel.key", "*.lock", "glauth.held", "glauth.refused", "glauth.restarted"),
    *("glauth.last-good.toml", "glauth.previous.toml", "glauth.started.toml"),
)
_EXAMPLES = {"file": "/etc/glauth/agent/glauth.cfg", "base": "/etc/agent/glauth-base.toml"}


def glauth_conflicts(data: Raw) -> Iterator[tuple[Location, str]]:
    """Each conflict as the key that cannot stand beside another, and what to do."""
    table = data.get("glauth")
    if not isinstance(table, dict):
        return
    places = {key: _place(table[key]) for key in _EXAMPLES if isinstance(table.get(key), str)}
    for key, place in places.items():
        if place.parent == _state(data) and any(fnmatch(place.name, pattern) for pattern in _OWN):
            text = f"is a file of the agent's own in state.directory; write another, for instance {_example(key)}"
            yield ("glauth", key), text
    if len(places) == 2 and places["file"] == places["base"]:
        text = f"is glauth.base, which would be written over; write another, for instance {_example('file')}"
        yield ("glauth", "file"), text


def _state(data: Raw) -> Path:
    table = data.get("state")
    named = table.get("directory") if isinstance(table, dict) else None
    return _place(named if isinstance(named, str) else str(StateSettings().directory))


def _example(key: str) -> str:
    return f'{key} = "{_EXAMPLES[key]}"'


def _place(path: str) -> Path:
    """Where it is, behind any link; what no path can be stays as it is, and is a problem of its own."""
    try:
        return Path(path).resolve()
    except (OSError, RuntimeError, ValueError):
        return Path(path)
