"""The writer lock: one holder at a time, known by name, and nobody waits for it after a stop."""

import os
import resource
import threading
import time
from pathlib import Path

import pytest

from agent.errors import ConfigError, Stopped, Unavailable
from agent.process import Processes
from agent.writer_lock import WriterLock
from tests.fixtures.limits import at_most, open_files


@pytest.fixture
def lock(tmp_path: Path) -> WriterLock:
    return WriterLock(tmp_path / "lock" / "lab.lock")


def test_the_lock_names_its_holder(lock):
    with lock.acquire(1):
        with pytest.raises(Unavailable, match=f"process {os.getpid()}"), WriterLock(lock.path).acquire(0):
            pass
        descriptor = lock.descriptor
        assert not os.get_inheritable(descriptor)


def test_whoever_waits_for_the_lock_leaves_soon_after_a_stop_and_the_lock_stays_with_its_holder(lock):
    stop = threading.Event()
    waiting = WriterLock(lock.path, stop.is_set)
    with lock.acquire(1):
        threading.Timer(0.2, stop.set).start()
        started = time.monotonic()
        with pytest.raises(Stopped, match=rf"told to stop while it waited for .*\(process {os.getpid()}\)"):
            waiting.acquire(30).__enter__()
        assert time.monotonic() - started < 5
        with pytest.raises(Unavailable, match="another writer holds"), WriterLock(lock.path).acquire(0):
            pass
    with waiting.acquire(0):
        pass  # a free lock is taken, stop or not: whoever asks for it knows what may still be done


def test_a_full_disk_takes_the_holders_name_and_not_the_lock(lock):
    with at_most(resource.RLIMIT_FSIZE, 0):
        with lock.acquire(1):
            assert Processes({}).write(["/bin/true"], lock=lock, changes=1, deadline=5).returncode == 0
            with pytest.raises(Unavailable, match="process unknown"), WriterLock(lock.path).acquire(0):
                pass
        with WriterLock(lock.path).acquire(0):
            pass


def test_the_lock_may_be_entered_again_and_used_again(lock):
    for _ in range(2):
        with lock.acquire(1), lock.acquire(1):
            pass
        with pytest.raises(RuntimeError, match="not held"):
            _ = lock.descriptor
    with WriterLock(lock.path).acquire(0):
        pass


def test_a_lock_that_is_a_symlink_is_refused(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "lock").symlink_to(victim)
    with pytest.raises(ConfigError, match="cannot be opened"), WriterLock(tmp_path / "lock").acquire(0):
        pass
    assert victim.read_text() == "precious"


def test_a_lock_that_cannot_be_opened_for_want_of_files_is_an_outage_not_a_setting(lock):
    with open_files(0), pytest.raises(Unavailable, match="cannot be opened: Too many open files; nothing was written"):
        lock.acquire(0).__enter__()
    with lock.acquire(0):
        pass


def test_the_lock_file_is_shared_with_its_group_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "writer.lock"
    before = os.umask(0o077)
    try:
        with WriterLock(path).acquire(1):
            assert path.stat().st_mode & 0o777 == 0o660
    finally:
        os.umask(before)
