from collections.abc import Callable
from pathlib import Path

import pytest

from agent.errors import ConfigError
from agent.settings import Settings, load


@pytest.fixture
def settings(write: Callable[[str], Path], smallest: str, tmp_path: Path) -> Settings:
    return load(write(smallest.replace("[[", f'token_file = "{tmp_path}/token"\n[[')), {})


@pytest.fixture
def without_file(write: Callable[[str], Path], smallest: str) -> Settings:
    return load(write(smallest), {})


def credentials(folder: Path, token: str) -> dict[str, str]:
    (folder / "token").write_text(token, encoding="utf-8")
    return {"CREDENTIALS_DIRECTORY": str(folder)}


def test_the_token_file_comes_first(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of-the-file\n", encoding="utf-8")
    (tmp_path / "unit").mkdir()
    environ = credentials(tmp_path / "unit", "of-the-unit") | {"AGENT_TOKEN": "of-the-environment"}
    assert settings.read_token(environ) == "of-the-file"


def test_the_credential_of_the_unit_comes_before_the_environment(without_file: Settings, tmp_path: Path) -> None:
    environ = credentials(tmp_path, " of-the-unit\n") | {"AGENT_TOKEN": "of-the-environment"}
    assert without_file.read_token(environ) == "of-the-unit"


def test_a_unit_without_this_credential_falls_back_to_the_environment(without_file: Settings, tmp_path: Path) -> None:
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path), "AGENT_TOKEN": "of-the-environment"}
    assert without_file.read_token(environ) == "of-the-environment"


def test_a_token_file_that_is_not_there_is_named_and_nothing_else_is_tried(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=rf"{tmp_path}/token: the token cannot be read \(No such file"):
        settings.read_token({"AGENT_TOKEN": "of-the-environment"})


def test_without_any_token_the_three_ways_are_named(without_file: Settings) -> None:
    with pytest.raises(ConfigError) as caught:
        without_file.read_token({})
    assert all(way in str(caught.value) for way in ("token_file", "LoadCredential=token", "AGENT_TOKEN"))


@pytest.mark.parametrize("content", ["", " \n", "two words", "hush\nhush", "hüsh"])
def test_what_is_not_one_token_is_refused_and_never_quoted(settings: Settings, tmp_path: Path, content: str) -> None:
    (tmp_path / "token").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        settings.read_token({})
    assert str(caught.value).startswith(f"{tmp_path}/token: holds ")
    assert not any(word in str(caught.value) for word in ("hush", "two", "\\xc3"))
    assert caught.value.__cause__ is None


def test_what_systemd_copied_is_mended_in_the_file_it_was_copied_from(without_file: Settings, tmp_path: Path) -> None:
    for content in ("two words", "hüsh", ""):
        with pytest.raises(ConfigError) as caught:
            without_file.read_token(credentials(tmp_path, content))
        assert "LoadCredential=token" in str(caught.value)
        assert str(tmp_path) not in str(caught.value)


def test_another_token_goes_where_this_one_came_from_and_needs_a_restart_unless_it_is_a_file_of_ours(
    settings: Settings, without_file: Settings, tmp_path: Path
) -> None:
    environ = credentials(tmp_path, "of-the-unit") | {"AGENT_TOKEN": "of-the-environment"}
    assert settings.token_source(environ) == f"{tmp_path}/token"
    assert without_file.token_source(environ).startswith(
        "the file of LoadCredential=token: in the unit (/etc/agent/token"
    )
    assert ", then restart agent" in without_file.token_source(environ)
    assert without_file.token_source({}).startswith("the environment variable AGENT_TOKEN, then restart agent")


def test_an_empty_variable_is_no_token(without_file: Settings) -> None:
    with pytest.raises(ConfigError, match="the environment variable AGENT_TOKEN: holds no token"):
        without_file.read_token({"AGENT_TOKEN": ""})
