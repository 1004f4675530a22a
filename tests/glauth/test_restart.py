"""The command that restarts GLAuth, and how often it is run."""

import os
import pwd
import signal
import time
from pathlib import Path

import pytest

from agent.process import Processes
from backends.glauth.attempt import Attempt, How, read_attempt
from backends.glauth.restart import Restart


def script(folder: Path, text: str) -> tuple[str]:
    file = folder / "restart"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return (str(file),)


def restart(folder: Path, command: tuple[str, ...], now: float = 1000.0, deadline: float = 60.0) -> Restart:
    return Restart(Processes({}), command, 600.0, folder / "stamp", lambda: now, deadline)


def runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def test_the_moment_is_written_down_before_the_command_runs(tmp_path):
    command = script(tmp_path, f"cp {tmp_path}/stamp {tmp_path}/seen")
    assert restart(tmp_path, command).run() == ""
    seen = read_attempt(tmp_path / "seen")
    assert seen == Attempt(at=1000.0)
    assert seen.how is How.TRIED


def test_within_the_interval_it_is_refused_and_after_it_allowed(tmp_path):
    command = script(tmp_path, "true")
    assert restart(tmp_path, command).refused() == ""
    restart(tmp_path, command).run()
    said = restart(tmp_path, command, 1599.9).refused()
    assert said == (
        "GLAuth was restarted at 1970-01-01T00:16:40+00:00, and is not again before 1970-01-01T00:26:40+00:00"
    )
    assert restart(tmp_path, command, 1600.0).refused() == ""
    assert restart(tmp_path, command, 1600.0).last() == 1000.0


def test_one_that_failed_is_no_restart_and_is_not_tried_again_at_once(tmp_path):
    works, fails = script(tmp_path, "true"), ("/bin/false",)
    restart(tmp_path, fails).run()
    assert restart(tmp_path, fails).last() is None
    assert restart(tmp_path, fails, 1599.9).refused() == (
        "a restart of GLAuth was tried at 1970-01-01T00:16:40+00:00 and failed, and is not tried again before"
        " 1970-01-01T00:26:40+00:00"
    )
    assert restart(tmp_path, fails, 1600.0).refused() == ""
    assert restart(tmp_path, works, 1600.0).run() == ""
    restart(tmp_path, fails, 2200.0).run()
    assert restart(tmp_path, fails).last() == 1600.0  # the one before it, which did succeed


def test_an_agent_that_dies_while_the_command_runs_has_tried_and_says_no_more(tmp_path):
    command = script(tmp_path, "kill -9 $PPID")
    child = os.fork()
    if child == 0:
        restart(tmp_path, command).run()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    after = restart(tmp_path, command, 1001.0)
    assert after.last() is None
    assert after.refused().startswith(
        "a restart of GLAuth was tried at 1970-01-01T00:16:40+00:00, nobody knows how it ended"
    )


def test_an_end_that_cannot_be_written_down_leaves_it_tried_and_done(tmp_path):
    command = script(tmp_path, f"mkdir {tmp_path}/.stamp.new")
    assert restart(tmp_path, command).run() == ""
    assert "nobody knows how it ended" in restart(tmp_path, command).refused()


def test_a_moment_still_to_come_refuses_nothing(tmp_path):
    """The clock was set back."""
    command = script(tmp_path, "true")
    restart(tmp_path, command, 5000.0).run()
    assert restart(tmp_path, command, 1000.0).refused() == ""


@pytest.mark.parametrize(
    "content",
    [b"", b"yesterday", b"\xff", b"[]", b'{"at": 1000.0}', b'{"at": "x", "how": "done", "succeeded": null}'],
)
def test_a_stamp_that_says_nothing_refuses_nothing(tmp_path, content):
    (tmp_path / "stamp").write_bytes(content)
    assert restart(tmp_path, script(tmp_path, "true")).refused() == ""


def test_without_a_command_nothing_is_run_and_nothing_written(tmp_path):
    none = restart(tmp_path, ())
    assert "glauth.restart" in none.refused()
    assert "glauth.restart" in none.run()
    assert not (tmp_path / "stamp").exists()


def test_a_moment_that_cannot_be_written_down_restarts_nothing(tmp_path):
    (tmp_path / "stamp" / "in-the-way").mkdir(parents=True)
    said = restart(tmp_path, script(tmp_path, f"touch {tmp_path}/ran")).run()
    assert "stamp cannot be replaced" in said
    assert not (tmp_path / "ran").exists()


def test_what_the_command_writes_is_not_repeated(tmp_path):
    said = restart(tmp_path, script(tmp_path, "echo PRIVATE KEY; echo PRIVATE KEY >&2; exit 7")).run()
    user = pwd.getpwuid(os.geteuid()).pw_name
    assert said == (
        f"{tmp_path}/restart ended with 7; run it as the agent's user (sudo -u {user} {tmp_path}/restart) to see why"
    )


def test_a_command_that_is_not_there_is_named(tmp_path):
    assert (
        restart(tmp_path, ("/nowhere/restart",)).run()
        == "/nowhere/restart cannot be started: No such file or directory"
    )


def test_a_command_past_its_deadline_is_ended_with_all_it_started(tmp_path):
    command = script(tmp_path, f"sleep 600 & echo $! > {tmp_path}/child; wait")
    said = restart(tmp_path, command, deadline=0.5).run()
    assert said == f"{tmp_path}/restart did not answer within 0.5 s and was stopped"
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 10
    while runs(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not runs(child)


def test_the_command_has_no_environment_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("AGENT_TOKEN", "s3cret")
    restart(tmp_path, script(tmp_path, f"env > {tmp_path}/environment")).run()
    assert "s3cret" not in (tmp_path / "environment").read_text()
    assert os.environ["AGENT_TOKEN"] == "s3cret"
