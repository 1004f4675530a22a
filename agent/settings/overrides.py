"""What the environment says over the file: ``AGENT_TABLE__KEY``, such as ``AGENT_DAEMON__LOG_LEVEL=debug``."""

from collections.abc import Mapping
from typing import TypeAlias

from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict, SettingsError

from agent.errors import ConfigError
from agent.settings.settings import Settings

Data: TypeAlias = dict[str, object]

_PREFIX, _BETWEEN = "AGENT_", "__"


class _Variables(Settings, BaseSettings):
    """The same keys, as pydantic-settings looks for them."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_nested_delimiter=_BETWEEN)


class _Environment(EnvSettingsSource):
    """The variables of the environment that was given, not of the process."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        super().__init__(_Variables)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        ours = (name for name in self._environ if name.startswith(_PREFIX) and _BETWEEN in name)
        return {name.lower(): self._environ[name] for name in ours}


def overrides(environ: Mapping[str, str]) -> Data:
    """The tables and keys that the environment sets. Lists are JSON. Raises ConfigError for what is not."""
    try:
        found = dict(_Environment(environ)())
    except SettingsError as error:
        text = str(error).partition(" from source")[0]
        raise ConfigError(f'environment: {text}; write a list as JSON, such as ["a", "b"]') from error
    if "offerings" in found:
        raise ConfigError("environment: AGENT_OFFERINGS__… is not read; offerings stand in the file")
    return found


def variable(*location: str) -> str:
    """The name of the variable of a key: ``AGENT_DAEMON__LOG_LEVEL`` for daemon, log_level."""
    return _PREFIX + _BETWEEN.join(location).upper()


def laid_over(data: Data, above: Data) -> Data:
    """``data`` with the keys of ``above`` in its tables; a table that is not one is left to be refused."""
    tables = {name: _merged(data.get(name, {}), keys) for name, keys in above.items()}
    return {**data, **tables}


def _merged(table: object, keys: object) -> object:
    return {**table, **keys} if isinstance(table, dict) and isinstance(keys, dict) else table
