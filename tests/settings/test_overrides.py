from collections.abc import Callable
from pathlib import Path

import pytest

from agent.errors import ConfigError
from agent.settings import load

Write = Callable[[str], Path]


def test_the_environment_wins_over_the_file(write: Write, smallest: str) -> None:
    path = write(smallest + "\n[daemon]\nlog_level = 'warning'\nusage_every = '1h'\n")
    settings = load(path, {"AGENT_DAEMON__LOG_LEVEL": "debug", "AGENT_GUARD__PER_DAY": "7"})
    assert settings.daemon.log_level == "debug"
    assert settings.daemon.usage_every == 3600
    assert settings.guard.per_day == 7


def test_a_list_in_the_environment_is_json(write: Write, smallest: str) -> None:
    settings = load(write(smallest), {"AGENT_GUARD__PROTECTED": '["admin", "ops"]'})
    assert settings.guard.protected == ("admin", "ops")
    with pytest.raises(ConfigError, match=r"environment: .*guard.*write a list as JSON"):
        load(write(smallest), {"AGENT_GUARD__PROTECTED": "[admin"})


def test_a_wrong_value_is_blamed_on_the_variable_and_not_on_the_file(write: Write, smallest: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(smallest), {"AGENT_STATE__DIRECTORY": "here", "AGENT_STATE__DIRECTRY": "/x"})
    assert str(caught.value).splitlines() == [
        "environment: AGENT_STATE__DIRECTORY: 'here' is not a whole path; write it from / on",
        "environment: AGENT_STATE__DIRECTRY: is not a key; did you mean directory?",
    ]


def test_offerings_are_not_read_from_the_environment(write: Write, smallest: str) -> None:
    with pytest.raises(ConfigError, match="offerings stand in the file"):
        load(write(smallest), {"AGENT_OFFERINGS__0__UUID": "0" * 32})


def test_other_variables_of_the_agent_and_of_others_mean_nothing_here(
    write: Write, smallest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENT_STATE__DIRECTORY", "/of/the/process")
    environ = {"AGENT_TOKEN": "hush", "AGENT_CONFIG": "/x", "AGENT_STATE": "busy", "STATE__DIRECTORY": "/y"}
    settings = load(write(smallest), environ)
    assert settings.state.directory == Path("/var/lib/agent")
    assert "hush" not in repr(settings)


def test_a_table_that_is_none_is_refused_although_the_environment_sets_a_key_of_it(write: Write, smallest: str) -> None:
    with pytest.raises(ConfigError, match="state: must be a table"):
        load(write(f"state = 5\n{smallest}"), {"AGENT_STATE__DIRECTORY": "/x"})
