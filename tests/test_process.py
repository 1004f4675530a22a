"""Processes and the lock of their writers, on real processes."""

import errno
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent import process
from agent.errors import Unavailable
from agent.process import Processes
from agent.writer_lock import WriterLock
from tests.fixtures.limits import at_most, open_files

PARENT = """
import sys
from pathlib import Path
from agent.process import Processes
from agent.writer_lock import WriterLock
lock = WriterLock(Path(sys.argv[1]))
with lock.acquire(5):
    Processes({}).write(["/bin/sh", "-c", sys.argv[2]], stdin="given\\n", lock=lock, changes=1, deadline=60)
"""


def shell(text: str) -> list[str]:
    return ["/bin/sh", "-c", text]


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def lock(tmp_path: Path) -> WriterLock:
    return WriterLock(tmp_path / "lock" / "lab.lock")


def test_a_reader_gives_its_exit_code_and_both_outputs():
    finished = Processes({}).read(shell("cat; echo trouble >&2; exit 3"), stdin="two\nlines\n")
    assert (finished.returncode, finished.stdout, finished.stderr) == (3, "two\nlines\n", "trouble\n")


def test_a_child_sees_only_the_environment_it_was_given(monkeypatch):
    monkeypatch.setenv("SLURM_CONF", "/elsewhere")
    monkeypatch.setenv("SECRET", "s3cret")
    shown = Processes({"TZ": "UTC"}).read(["/usr/bin/env"]).stdout.splitlines()
    assert sorted(line.partition("=")[0] for line in shown) == ["LC_ALL", "PATH", "TZ"]


def test_more_environment_does_not_change_the_original():
    original = Processes({"A": "1"})
    assert original.including({"A": "2"}).read(shell("echo $A")).stdout == "2\n"
    assert original.read(shell("echo $A")).stdout == "1\n"


def test_bytes_that_are_no_text_stay_different_and_printable():
    finished = Processes({}).read(["/usr/bin/printf", r"\374|\377"])
    assert finished.stdout == r"\xfc|\xff"


def test_every_start_is_counted_once_with_its_changes(lock):
    counted: list[tuple[str, int]] = []
    processes = Processes({}, lambda program, changes: counted.append((program, changes)))
    processes.read(["/bin/true"])
    with lock.acquire(1):
        processes.write(["/bin/false"], lock=lock, changes=7, deadline=5)
    assert counted == [("true", 0), ("false", 7)]


def test_a_missing_program_is_named_with_the_remedy():
    with pytest.raises(
        Unavailable, match=r"/no/such/sacctmgr cannot be started: No such file.*bin in the section slurm"
    ):
        Processes({}).read(["/no/such/sacctmgr"])


def test_a_folder_for_temporary_files_that_is_gone_is_named_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(
        Unavailable, match=rf"written in {tmp_path}/gone: No such file or directory; make room there, or"
    ):
        Processes({}).read(["/bin/true"])


def test_what_cannot_be_written_for_a_program_is_an_outage_and_the_program_is_not_started(tmp_path):
    started = tmp_path / "started"
    with (
        at_most(resource.RLIMIT_FSIZE, 1000),
        pytest.raises(Unavailable, match=r"no temporary file can be written in /.*: File too large; make room there"),
    ):
        Processes({}).read(["/usr/bin/touch", str(started)], stdin="x" * 1001)
    assert not started.exists()


@pytest.mark.parametrize(
    ("free", "what"), [(2, "no temporary file can be written"), (4, "/bin/true cannot be started")]
)
def test_a_want_of_open_files_is_told_as_that_wherever_it_strikes(free, what):
    with open_files(free), pytest.raises(Unavailable) as caught:
        Processes({}).read(["/bin/true"])
    assert str(caught.value).startswith(what)
    assert "Too many open files; see what uses up" in str(caught.value)


def test_a_reader_that_may_not_be_killed_is_named_and_not_waited_for(monkeypatch):
    def refused(_group: int, _signal: int) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    left: list[tuple[Path | None, subprocess.Popen[bytes]]] = []
    monkeypatch.setattr(process, "_left_running", left)
    monkeypatch.setattr(os, "killpg", refused)
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"runs as another user \(process \d+\), so that it could not be stopped"):
        Processes({}).read(shell("exec sleep 60"), timeout=0.2)
    assert time.monotonic() - started < 30
    ((_, child),) = left
    assert child.poll() is None
    child.kill()
    child.wait()


def test_a_reader_is_killed_with_all_its_children_at_the_timeout(tmp_path):
    pids = tmp_path / "pids"
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"/bin/sh did not answer within 0.5 s"):
        Processes({}).read(shell(f"sleep 60 & echo $$ $! > {pids}; wait"), timeout=0.5)
    assert time.monotonic() - started < 5
    for pid in pids.read_text().split():
        wait_for(lambda pid=pid: not lives(int(pid)))


def test_a_writer_past_its_deadline_is_left_to_finish_and_keeps_the_lock(lock, tmp_path):
    done = tmp_path / "done"
    with lock.acquire(1), pytest.raises(Unavailable, match=r"still runs after 0.2 s \(process \d+\); it is left"):
        Processes({}).write(shell(f"sleep 1.5; echo {'x' * 100}; touch {done}"), lock=lock, changes=1, deadline=0.2)
    with pytest.raises(Unavailable, match="another writer holds"), WriterLock(lock.path).acquire(0.2):
        pass
    assert not done.exists()
    with WriterLock(lock.path).acquire(10):
        assert done.exists()


def test_no_second_writer_starts_beside_a_late_one_although_the_lock_is_still_held(lock, tmp_path):
    late = shell("sleep 1")
    with lock.acquire(1):
        with pytest.raises(Unavailable, match="still runs"):
            Processes({}).write(late, lock=lock, changes=1, deadline=0.1)
        with pytest.raises(Unavailable, match="still writes since its deadline"):
            Processes({}).write(["/usr/bin/touch", str(tmp_path / "second")], lock=lock, changes=1, deadline=5)
    assert not (tmp_path / "second").exists()
    with lock.acquire(10):
        assert Processes({}).write(["/bin/true"], lock=lock, changes=1, deadline=5).returncode == 0


def test_nothing_is_written_without_the_lock(lock, tmp_path):
    with pytest.raises(RuntimeError, match="not held"):
        Processes({}).write(["/usr/bin/touch", str(tmp_path / "written")], lock=lock, changes=1, deadline=5)
    assert not (tmp_path / "written").exists()


def test_a_killed_agent_leaves_its_writer_and_the_lock_behind_until_the_writer_is_done(lock, tmp_path):
    started, done = tmp_path / "started", tmp_path / "done"
    script = f"touch {started}; sleep 1.5; cat; seq 100000; echo words >&2; touch {done}"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(lock.path), script], cwd=Path(__file__).parents[1])
    wait_for(lambda: started.exists() and len(lock.path.read_text().split()) == 2)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    orphan = int(lock.path.read_text().split()[1])
    with pytest.raises(Unavailable, match=f"process {orphan}\\)"), WriterLock(lock.path).acquire(0.2):
        pass
    assert lives(orphan)
    assert not done.exists()
    with WriterLock(lock.path).acquire(10):
        assert done.exists()
