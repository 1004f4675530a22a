"""The swap: whole, in one step, and nothing left behind when it fails."""

import grp
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.errors import Unavailable
from backends.glauth.publish import swap

NOBODY = 65_534


@contextmanager
def as_somebody_else() -> Iterator[int]:
    """Root may write anywhere, so root steps down to nobody of no group; anyone else stays who they are."""
    if os.geteuid() != 0:
        yield os.geteuid()
        return
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield NOBODY
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def listed(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_the_new_content_is_there_under_a_new_inode_and_nothing_beside_it(tmp_path):
    file = tmp_path / "glauth.cfg"
    file.write_bytes(b"old")
    before = file.stat().st_ino
    with file.open("rb") as held:
        swap(file, b"new")
        assert held.read() == b"old"
    assert file.read_bytes() == b"new"
    assert file.stat().st_ino != before
    assert listed(tmp_path) == ["glauth.cfg"]


def test_a_file_that_was_not_there_is_made(tmp_path):
    swap(tmp_path / "glauth.cfg", b"first")
    assert (tmp_path / "glauth.cfg").read_bytes() == b"first"


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_owner_and_group_may_read_and_nobody_else_whatever_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        swap(tmp_path / "glauth.cfg", b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "glauth.cfg").stat().st_mode & 0o777 == 0o640


def test_the_file_gets_its_group_and_mode(tmp_path):
    gid = max([os.getegid(), *os.getgroups()]) if os.geteuid() else grp.getgrnam("nogroup").gr_gid
    swap(tmp_path / "glauth.cfg", b"x", gid=gid, mode=0o600)
    found = (tmp_path / "glauth.cfg").stat()
    assert (found.st_gid, found.st_mode & 0o777) == (gid, 0o600)


def test_what_a_crash_left_behind_is_cleared(tmp_path):
    (tmp_path / ".glauth.cfg.new").write_bytes(b"half")
    swap(tmp_path / "glauth.cfg", b"whole")
    assert listed(tmp_path) == ["glauth.cfg"]


def test_a_link_laid_in_the_way_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / ".glauth.cfg.new").symlink_to(victim)
    swap(tmp_path / "glauth.cfg", b"x")
    assert victim.read_bytes() == b"precious"
    assert not (tmp_path / "glauth.cfg").is_symlink()


def test_a_file_that_is_a_link_stays_one_and_its_target_is_replaced(tmp_path):
    target = tmp_path / "real" / "glauth.cfg"
    target.parent.mkdir()
    target.write_bytes(b"old")
    link = tmp_path / "glauth.cfg"
    link.symlink_to(target)
    swap(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert listed(target.parent) == ["glauth.cfg"]


@pytest.fixture
def open_folder(tmp_path) -> Iterator[Path]:
    """A folder that anybody can get to; pytest's own are closed above."""
    above = [folder for folder in (tmp_path, *tmp_path.parents) if folder.stat().st_uid == os.getuid()]
    modes = {folder: folder.stat().st_mode for folder in above if folder != Path("/")}
    for folder, mode in modes.items():
        folder.chmod(mode | 0o055)
    yield tmp_path
    for folder, mode in modes.items():
        folder.chmod(mode)


def test_a_folder_that_may_not_be_written_is_named_with_the_uid_and_the_old_file_stands(open_folder):
    file = open_folder / "glauth.cfg"
    file.write_bytes(b"old")
    open_folder.chmod(0o555)
    with as_somebody_else() as uid, pytest.raises(Unavailable) as caught:
        swap(file, b"new")
    assert f"by uid {uid}: Permission denied" in str(caught.value)
    assert f"The folder {open_folder} must exist and belong to that uid" in str(caught.value)
    assert file.read_bytes() == b"old"
    assert listed(open_folder) == ["glauth.cfg"]


def test_a_group_that_may_not_be_given_leaves_the_old_file_byte_for_byte(open_folder):
    file = open_folder / "glauth.cfg"
    file.write_bytes(b"old")
    before = file.stat()
    open_folder.chmod(0o777)
    with as_somebody_else(), pytest.raises(Unavailable, match="a member of the group"):
        swap(file, b"new", gid=54_321)
    assert file.read_bytes() == b"old"
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert listed(open_folder) == ["glauth.cfg"]


def test_a_swap_that_fails_at_the_very_end_leaves_nothing(tmp_path):
    (tmp_path / "glauth.cfg" / "inside").mkdir(parents=True)
    with pytest.raises(Unavailable, match="cannot be replaced"):
        swap(tmp_path / "glauth.cfg", b"new")
    assert listed(tmp_path) == ["glauth.cfg"]


def test_a_folder_that_does_not_exist_is_unavailable_and_is_not_made(tmp_path):
    with pytest.raises(Unavailable, match="must exist"):
        swap(tmp_path / "nowhere" / "glauth.cfg", b"new")
    assert listed(tmp_path) == []


# What it rests on, in its order


class Spy:
    """Writes down what is done to which inode, and does it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[tuple[str, int]] = []
        for name in ("fchown", "fchmod", "fsync"):
            monkeypatch.setattr(os, name, self._told(name, getattr(os, name)))
        monkeypatch.setattr(os, "rename", self._renamed(os.rename))
        monkeypatch.setattr(os, "replace", self._renamed(os.replace))

    def _told(self, name: str, does: Callable[..., None]) -> Callable[..., None]:
        def told(descriptor: int, *more: int) -> None:
            does(descriptor, *more)
            self.done.append((name, os.fstat(descriptor).st_ino))

        return told

    def _renamed(self, does: Callable[..., None]) -> Callable[..., None]:
        def renamed(old: Path, new: Path) -> None:
            self.done.append(("rename", Path(old).stat().st_ino))
            does(old, new)

        return renamed


def test_the_file_can_be_read_by_its_group_and_is_on_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    """After the rename GLAuth reads at once, and a crash must not leave an empty file under the name."""
    spy = Spy(monkeypatch)
    swap(tmp_path / "glauth.cfg", b"x", gid=other_group())
    file, folder = (tmp_path / "glauth.cfg").stat().st_ino, tmp_path.stat().st_ino
    assert spy.done == [
        *[("fchown", file), ("fchmod", file), ("fsync", file), ("rename", file)],
        ("fsync", folder),
    ]


# The group


def other_group() -> int:
    """One that a file does not have by itself, and that it may be given."""
    if os.geteuid() == 0:
        return grp.getgrnam("nogroup").gr_gid
    others = set(os.getgroups()) - {os.getegid()}
    if not others:
        pytest.skip("this user is in one group only")
    return max(others)


def test_without_a_group_the_new_file_has_that_of_the_old_one(tmp_path):
    file = tmp_path / "glauth.cfg"
    file.write_bytes(b"old")
    os.chown(file, -1, other_group())
    swap(file, b"new")
    assert (file.read_bytes(), file.stat().st_gid) == (b"new", other_group())


def test_a_file_for_its_owner_alone_keeps_nobody_else_s_group(tmp_path):
    file = tmp_path / "stamp"
    file.write_bytes(b"old")
    os.chown(file, -1, other_group())
    swap(file, b"new", mode=0o600)
    assert file.stat().st_gid != other_group()


def test_the_group_of_root_is_nobodys_way_in_and_is_not_kept(open_folder):
    if os.geteuid() != 0:
        pytest.skip("needs root, to give a file to a group that is not its own")
    file = open_folder / "glauth.cfg"
    file.write_bytes(b"old")
    os.chown(file, -1, 0)
    open_folder.chmod(0o777)
    with as_somebody_else():
        swap(file, b"new")
    assert (file.read_bytes(), file.stat().st_gid) == (b"new", NOBODY)


def test_a_group_that_may_not_be_kept_is_named_and_the_old_file_stands(open_folder):
    if os.geteuid() != 0:
        pytest.skip("needs root, to give a file to a group that is not its own")
    file = open_folder / "glauth.cfg"
    file.write_bytes(b"old")
    os.chown(file, -1, grp.getgrnam("daemon").gr_gid)
    open_folder.chmod(0o777)
    with as_somebody_else(), pytest.raises(Unavailable) as caught:
        swap(file, b"new")
    assert "the new one may not be given to group daemon; the old file stands" in str(caught.value)
    assert file.read_bytes() == b"old"
    assert listed(open_folder) == ["glauth.cfg"]
