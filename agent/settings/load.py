"""From a file and an environment to settings, or to every problem at once."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from agent.errors import ConfigError
from agent.settings.conflicts import Location, conflicts
from agent.settings.overrides import Data, laid_over, overrides, variable
from agent.settings.problems import dotted, problems
from agent.settings.settings import Settings


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of the file, with the environment's ``AGENT_TABLE__KEY`` over them.

    Raises ConfigError: one line for each problem, with the file (or the variable), the key and what to write instead.
    """
    above = overrides(environ)
    data = laid_over(_read(path), above)
    found = list(conflicts(data))
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        found = [*problems(error), *found]
    if found:
        raise ConfigError("\n".join(f"{_place(path, above, where)}: {text}" for where, text in found))
    return settings


def _read(path: Path) -> Data:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file; write one: agent config example > {path}") from error
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; let uid {os.geteuid()} read the file") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not TOML: {error}; `agent config example` shows the form") from error


def _place(path: Path, above: Data, where: Location) -> str:
    """The variable that set the key, else the file and the key."""
    names = tuple(map(str, where[:2]))
    table = above.get(names[0]) if names else None
    if len(names) == 2 and isinstance(table, dict) and names[1] in table:
        return f"environment: {variable(*names)}"
    return f"{path}: {dotted(where)}"
