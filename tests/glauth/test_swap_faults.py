"""Swaps that something goes wrong in, or that somebody reads through, with the real server."""

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from agent.core.model.directory import Directory, DirectoryGroup
from agent.errors import NotConverged, Unavailable
from agent.sandbox.real.glauth import BASE_DN, RealGlauth
from backends.glauth.publish import swap
from backends.glauth.render import render
from backends.glauth.sentinel import Sentinel, sentinel_key
from backends.glauth.server import GlauthDirectory
from backends.glauth.verify import Probe
from tests.fixtures.ldap_listener import tlv
from tests.glauth.records import ALICE, DIRECTORY, GROUPS

pytestmark = pytest.mark.real_glauth


def shell(number: int) -> Directory:
    """A directory that differs from every other number's."""
    return Directory(users=(replace(ALICE, loginshell=f"/bin/sh{number}"),), groups=GROUPS)


def rendered(server: GlauthDirectory, directory: Directory) -> bytes:
    return render(server.base_file.read_text(), directory, Sentinel(), sentinel_key(server.key_file))


# The process that publishes is killed


class KilledAt:
    """A profile function that ends the process by SIGKILL at the n-th call into C or return from it."""

    def __init__(self, step: int) -> None:
        self.left = step

    def __call__(self, _frame: FrameType, event: str, _what: Any) -> None:
        if event in {"c_call", "c_return"}:
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            self.left -= 1


def killed(work: Callable[[], object], at: KilledAt) -> bool:
    """A child does the work; whether it was killed before it was through."""
    child = os.fork()
    if child == 0:
        sys.setprofile(at)
        work()
        sys.setprofile(None)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, -signal.SIGKILL}
    return status != 0


def test_a_process_killed_at_any_call_leaves_the_old_file_or_the_new_one_and_the_next_proves(
    glauth: RealGlauth, server: GlauthDirectory
) -> None:
    server.publish(shell(0))
    seen, step = set(), 0
    while True:
        old, new = glauth.file.read_bytes(), rendered(server, shell(step + 1))
        ended = killed(partial(swap, glauth.file, new), KilledAt(step))
        standing = glauth.file.read_bytes()
        assert standing in {old, new}
        seen.add((ended, standing == new))
        assert {each.name for each in glauth.file.parent.iterdir()} <= {
            *(glauth.file.name, f".{glauth.file.name}.new", "base.toml", "glauth.log")
        }
        if not ended:
            break
        if step % 10 == 0 or standing == new:
            wanted = shell(-step - 1)
            assert server.publish(wanted)
            assert server.current() == wanted
            assert not glauth.file.with_name(f".{glauth.file.name}.new").exists()
        step += 1
    assert seen == {(True, False), (True, True), (False, True)}
    assert glauth.lookup("alice")["loginShell"] == [f"/bin/sh{step + 1}"]


class KilledAtSystemCall(KilledAt):
    """Counts what ``os`` does."""

    def __call__(self, frame: FrameType, event: str, what: Any) -> None:
        if getattr(what, "__module__", "") == "posix":
            super().__call__(frame, event, what)


def test_an_agent_killed_anywhere_in_publishing_leaves_what_the_next_one_finishes(
    glauth: RealGlauth, server: GlauthDirectory
) -> None:
    """Proof, copies and all: the file is the old one or the new one, and so are the copies."""
    server.publish(shell(0))
    written, step, ended = set(), 0, True
    while ended:
        old, new = glauth.file.read_bytes(), rendered(server, shell(step + 1))
        ended = killed(partial(server.publish, shell(step + 1)), KilledAtSystemCall(step))
        assert glauth.file.read_bytes() in {old, new}
        assert server.copies.last.read_bytes() in {old, new}
        written.add(server.publish(shell(step + 1)))
        assert glauth.file.read_bytes() == server.copies.last.read_bytes() == new
        assert server.copies.previous.read_bytes() == old
        assert server.verify().proved is True
        step += 1
    assert written == {True, False}
    assert step > 40


# The disk is full


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_ends_half_way_leaves_the_old_file_served_and_nothing_beside_it(
    glauth: RealGlauth, server: GlauthDirectory
) -> None:
    server.publish(DIRECTORY)
    before = glauth.file.stat()
    listed = sorted(each.name for each in glauth.file.parent.iterdir())
    with no_file_longer_than(500), pytest.raises(Unavailable, match="File too large; the old file stands"):
        server.publish(Directory())
    assert (glauth.file.stat().st_ino, glauth.file.stat().st_size) == (before.st_ino, before.st_size)
    assert sorted(each.name for each in glauth.file.parent.iterdir()) == listed
    assert server.verify().proved is True
    assert server.publish(Directory())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if os.geteuid() != 0 or not mount or not umount:
        pytest.skip("only root can mount a small file system")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], check=False)
    if made.returncode != 0:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run([umount, "--lazy", str(folder)], check=True)


def test_a_full_disk_leaves_the_old_file_served_and_room_made_is_enough(
    glauth_binary: Path, small_disk: Path, tmp_path: Path
) -> None:
    with RealGlauth(glauth_binary, small_disk) as glauth:
        server = GlauthDirectory(
            file=glauth.file,
            base_file=glauth.base_file,
            key_file=tmp_path / "key",
            last_good=tmp_path / "last-good",
            probe=None,
        )
        server.publish(DIRECTORY)
        before = glauth.file.read_bytes()
        filler = small_disk / "filler"
        filler.write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize))
        many = Directory(users=tuple(replace(ALICE, name=f"u{n}", uidnumber=20_000 + n) for n in range(40)))
        with pytest.raises(Unavailable, match="No space left on device; the old file stands"):
            server.publish(many)
        assert glauth.file.read_bytes() == before
        assert not (small_disk / ".glauth.cfg.new").exists()
        filler.unlink()
        assert server.publish(many)
        deadline = time.monotonic() + 10
        while glauth.lookup("u39") == {} and time.monotonic() < deadline:
            time.sleep(0.02)
        assert glauth.lookup("u39")["uid"] == ["u39"]


def test_a_folder_that_the_service_sees_read_only_is_told_with_the_line_that_opens_it(small_disk: Path) -> None:
    file = small_disk / "glauth.cfg"
    file.write_bytes(b"old")
    mount = shutil.which("mount") or ""
    subprocess.run([mount, "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(Unavailable, match="Read-only file system; the old file stands") as caught:
        swap(file, b"new")
    assert f"name the folder {small_disk} in ReadWritePaths= (agent.service.d/glauth.conf)" in str(caught.value)
    assert file.read_bytes() == b"old"


# GLAuth may not read the file


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run GLAuth as somebody else")
def test_the_group_that_lets_glauth_read_is_kept_and_another_one_is_reported_and_mended_by_a_restart(
    glauth_binary: Path, open_folder: Path, tmp_path: Path
) -> None:
    """A file that GLAuth cannot read ends its watching for good: it never looks at a later one."""
    shutil.copy(glauth_binary, open_folder / "glauth")
    run = open_folder / "as-nobody"
    run.write_text(f'#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups {open_folder}/glauth "$@"\n')
    run.chmod(0o755)
    (open_folder / "served").mkdir()
    with RealGlauth(run, open_folder / "served") as glauth:

        def server(group: str | None) -> GlauthDirectory:
            return GlauthDirectory(
                file=glauth.file,
                base_file=glauth.base_file,
                key_file=tmp_path / "key",
                last_good=tmp_path / "last-good",
                probe=Probe(url=glauth.url, patience=0.2),
                group=group,
            )

        assert server("nogroup").publish(shell(1))
        assert server(None).publish(shell(2))
        assert glauth.lookup("alice")["loginShell"] == ["/bin/sh2"]
        with pytest.raises(NotConverged, match="may read it"):
            server("daemon").publish(shell(3))
        assert glauth.lookup("alice")["loginShell"] == ["/bin/sh2"]
        with pytest.raises(NotConverged, match="still does not serve it"):
            server("nogroup").publish(shell(4))
        glauth.stop()
        glauth.start()
        assert server("nogroup").publish(shell(5))
        assert glauth.lookup("alice")["loginShell"] == ["/bin/sh5"]
        assert glauth.file.stat().st_mode & 0o777 == 0o640


# Somebody reads meanwhile


def test_nobody_who_stays_is_ever_missing_in_what_a_reader_sees_between_the_swaps(
    glauth: RealGlauth, server: GlauthDirectory
) -> None:
    """A search beside a swap may mix the two files; who is in both is in every answer all the same."""
    stay = tuple(
        replace(ALICE, name=f"stay{n}", uidnumber=30_000 + n, primarygroup=30_000, mail="") for n in range(100)
    )
    groups = (*GROUPS, DirectoryGroup(name="staying", gidnumber=30_000))
    names, dumps, over = {user.name for user in stay}, [], threading.Event()

    def read() -> None:
        while not over.is_set():
            dumps.append(glauth.names())
            over.wait(0.02)

    server.publish(Directory(users=stay, groups=groups))
    reader = threading.Thread(target=read)
    reader.start()
    try:
        number = 0
        while number < 40 or len(dumps) < 10:
            number += 1
            comes = replace(ALICE, name=f"comes{number}", loginshell=f"/bin/sh{number}")
            assert server.publish(Directory(users=(*stay, comes), groups=groups))
    finally:
        over.set()
        reader.join()
    assert [names - dump for dump in dumps if not names <= dump] == []
    assert f"comes{number}" in glauth.names()


def test_a_client_that_does_not_take_its_answer_holds_up_no_swap_and_gets_one_answer_whole(
    glauth: RealGlauth, server: GlauthDirectory
) -> None:
    many = tuple(replace(ALICE, name=f"u{n}", uidnumber=40_000 + n, mail="") for n in range(2000))
    server.publish(Directory(users=many, groups=GROUPS))
    with socket.create_connection(("127.0.0.1", int(glauth.url.rpartition(":")[2])), timeout=20) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        who = f"cn=reader,{BASE_DN}".encode()
        slow.sendall(request(1, tlv(0x60, tlv(2, b"\x03") + tlv(4, who) + tlv(0x80, glauth._password.encode()))))
        assert b"\x0a\x01\x00" in slow.recv(1024)
        slow.sendall(request(2, everybody()))
        for number in range(3):
            assert server.publish(Directory(users=many[number + 1 :], groups=GROUPS))
        answer = b""
        while DONE not in answer[-20:]:
            piece = slow.recv(65_536)
            assert piece, "the connection ended in the answer"
            answer += piece
    assert answer.count(b"homeDirectory") == 2000 + 2  # the probe's and the reader's with them


def request(number: int, operation: bytes) -> bytes:
    return tlv(0x30, tlv(2, bytes([number])) + operation)


DONE = b"\x65\x07\x0a\x01\x00"
"""How the end of a search that succeeded begins."""


def everybody() -> bytes:
    """A search for all users."""
    wanted = tlv(0xA3, tlv(4, b"objectClass") + tlv(4, b"posixAccount"))
    scope = tlv(0x0A, b"\x02") + tlv(0x0A, b"\x00") + tlv(2, b"\x00") + tlv(2, b"\x00") + tlv(1, b"\x00")
    return tlv(0x63, tlv(4, BASE_DN.encode()) + scope + wanted + tlv(0x30, b""))
