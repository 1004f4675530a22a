"""The site's commands about users and resources, run for real."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.hook_command import HookCommand
from agent.process import Processes

EVENT = {
    "event": "user ready",
    "username": "alice",
    "uid": 10_001,
    "project_name": 'Größe "x"\n\'; exit 0',
    "user": None,
}
Write = Callable[[str], str]


@pytest.fixture
def command(tmp_path: Path) -> Write:
    """Write an executable shell script; gives its path."""

    def write(text: str) -> str:
        path = tmp_path / "hook"
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return write


def run(path: str, *arguments: str, deadline: float = 20.0) -> str:
    return HookCommand(Processes({}), deadline).run([path, *arguments], EVENT)


def test_exit_code_0_is_no_trouble_whatever_it_writes(command: Write):
    assert run(command("echo made; echo 'a warning' >&2")) == ""


def test_the_event_arrives_as_json_on_stdin_and_the_arguments_as_they_are(command: Write, tmp_path: Path):
    path = command(f'cat > {tmp_path}/event; printf "%s|" "$@" > {tmp_path}/arguments')
    assert run(path, "--quota", "10 G", "$HOME") == ""
    assert json.loads((tmp_path / "event").read_text(encoding="utf-8")) == EVENT
    assert (tmp_path / "arguments").read_text() == "--quota|10 G|$HOME|"


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        ("echo 'no quota' >&2; exit 1", "ended with 1: no quota"),
        (
            "printf 'Traceback:\\n  line 3\\n\\033[31mOSError: full\\n\\n' >&2; exit 2",
            "ended with 2: [31mOSError: full",
        ),
        ("echo 'not this' ; exit 4", "ended with 4"),
        ("kill -9 $$", "ended with -9"),
    ],
)
def test_any_other_end_is_told_with_the_last_line_of_stderr(command: Write, script: str, trouble: str):
    assert run(command(script)) == trouble


def test_the_last_line_is_never_longer_than_a_line_on_a_page(command: Write):
    trouble = run(command("head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1"))
    assert trouble == f"ended with 1: {'x' * 200}"


def test_a_command_that_is_not_there_is_trouble_and_no_crash(tmp_path: Path):
    missing = str(tmp_path / "missing")
    assert run(missing) == f"{missing} cannot be started: No such file or directory"


def test_a_command_that_does_not_end_is_ended_and_is_trouble(command: Write):
    path = command("sleep 600")
    began = time.monotonic()
    assert run(path, deadline=0.3) == f"{path} did not answer within 0.3 s and was stopped"
    assert time.monotonic() - began < 20


def test_no_secret_of_the_agents_environment_reaches_the_command(
    command: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AGENT_TOKEN", "hush")
    assert run(command(f"env > {tmp_path}/environment")) == ""
    assert "hush" not in (tmp_path / "environment").read_text()
