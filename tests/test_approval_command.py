"""The site's command for approvals, run for real: its exit code decides, and nothing but the order reaches it."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.approval_command import ApprovalCommand
from agent.ports import Answer
from agent.process import Processes

ORDER = {"order": "1" * 32, "type": "Create", "resource_name": 'Größe "x"\n\'; exit 0', "limits": {"cpu": 100}}

Write = Callable[[str], str]


@pytest.fixture
def command(tmp_path: Path) -> Write:
    """Write an executable shell script; gives its path."""

    def write(text: str) -> str:
        path = tmp_path / "approve"
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return write


def ask(argv: list[str], deadline: float = 20.0) -> Answer:
    return ApprovalCommand(Processes({}), deadline).ask(argv, ORDER)


@pytest.mark.parametrize(
    ("script", "answer"),
    [
        ("echo approved; exit 0", Answer(approved=True)),
        ("echo 'the group has no budget'; echo more; exit 1", Answer(approved=False, reason="the group has no budget")),
        ("printf '\\n \\n\\033[31mno\\a budget \\r\\n'; exit 1", Answer(approved=False, reason="[31mno budget")),
        ("exit 1", Answer(approved=False)),
    ],
)
def test_exit_code_0_is_yes_and_1_is_no_with_the_first_line_as_the_reason(
    command: Write, script: str, answer: Answer
) -> None:
    assert ask([command(script)]) == answer


def test_a_reason_is_never_longer_than_a_line_on_a_page(command: Write) -> None:
    answer = ask([command("head -c 100000 /dev/zero | tr '\\0' x; exit 1")])
    assert answer == Answer(approved=False, reason="x" * 200)


def test_any_other_exit_code_is_no_answer_and_says_what_went_wrong(command: Write) -> None:
    path = command("echo 'the list cannot be read' >&2; exit 2")
    reason = f"{path} ended with 2, which is neither yes (0) nor no (1): the list cannot be read"
    assert ask([path]) == Answer(None, reason)


def test_a_command_that_dies_of_a_signal_is_no_answer(command: Write) -> None:
    path = command("kill -9 $$")
    assert ask([path]) == Answer(None, f"{path} ended with -9, which is neither yes (0) nor no (1)")


def test_a_command_that_is_not_there_is_no_answer(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    assert ask([missing]) == Answer(None, f"{missing} cannot be started: No such file or directory")


def test_a_command_that_does_not_end_is_ended_with_all_it_started_and_is_no_answer(
    command: Write, tmp_path: Path
) -> None:
    path = command(f"sleep 600 & echo $! > {tmp_path}/child; wait")
    began = time.monotonic()
    answer = ask([path], deadline=1.0)
    assert time.monotonic() - began < 20
    assert answer == Answer(None, f"{path} did not answer within 1 s and was stopped")
    child = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    give_up = time.monotonic() + 10
    while child.exists() and child.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < give_up, "what it started still runs"
        time.sleep(0.02)


def test_the_order_arrives_as_json_on_stdin_and_the_arguments_as_they_are(command: Write, tmp_path: Path) -> None:
    path = command(f'cat > {tmp_path}/order; printf "%s|" "$@" > {tmp_path}/arguments')
    assert ask([path, "--site", "a b", "$HOME"]) == Answer(approved=True)
    assert json.loads((tmp_path / "order").read_text(encoding="utf-8")) == ORDER
    assert (tmp_path / "arguments").read_text() == "--site|a b|$HOME|"


def test_a_command_that_reads_nothing_of_a_long_order_decides_all_the_same(command: Write) -> None:
    long = {"resource_name": "x" * 1_000_000}
    assert ApprovalCommand(Processes({})).ask([command("exit 0")], long) == Answer(approved=True)


def test_no_secret_of_the_agents_environment_reaches_the_command(
    command: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENT_TOKEN", "hush")
    path = command(f"env > {tmp_path}/environment")
    assert ask([path]) == Answer(approved=True)
    found = (tmp_path / "environment").read_text()
    assert "hush" not in found
    assert {line.partition("=")[0] for line in found.splitlines()} <= {"LC_ALL", "PATH", "PWD", "SHLVL", "_", "OLDPWD"}
    assert os.environ["AGENT_TOKEN"] == "hush"
