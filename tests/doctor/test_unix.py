"""Whose rights the agent has, seen by a user who has none."""

import grp
import os
from pathlib import Path

import pytest

from agent.doctor import published_file, unix
from agent.doctor.finding import Mark
from tests.doctor.conftest import NOBODY, MakePublished, as_nobody


def test_the_owner_of_the_state_sees_what_the_service_sees(published: MakePublished) -> None:
    (finding,) = unix.user(published())
    assert finding.mark is Mark.OK


def test_anybody_else_is_told_as_whom_to_call_it(published: MakePublished, folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to give a folder away")
    os.chown(folder / "state", 1, 1)
    (finding,) = unix.user(published())
    assert (finding.mark, finding.remedy) == (Mark.DOUBTFUL, "sudo -u daemon agent doctor")


def test_who_is_no_member_of_the_group_cannot_give_it_the_file(published: MakePublished) -> None:
    with as_nobody():
        (finding,) = unix.group(published(group="daemon"))
    assert finding.mark is Mark.BROKEN
    assert finding.remedy == "usermod -aG daemon nobody, then restart the agent"


def test_a_member_of_the_group_can(published: MakePublished) -> None:
    own = grp.getgrgid(os.getegid() if os.geteuid() else NOBODY).gr_name
    if os.geteuid() == 0:
        with as_nobody():
            (finding,) = unix.group(published(group=own))
    else:
        (finding,) = unix.group(published(group=own))
    assert finding.mark is Mark.OK


def test_a_folder_that_cannot_be_written_to_is_told_although_the_file_can(
    published: MakePublished, folder: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to give a file away")
    os.chown(folder / "glauth" / "glauth.cfg", NOBODY, NOBODY)
    with as_nobody():
        (finding,) = published_file.folder(published())
    assert finding.mark is Mark.BROKEN
    assert f"ReadWritePaths={folder / 'glauth'}" in finding.remedy
    (finding,) = published_file.folder(published())
    assert finding.mark is Mark.OK


def test_a_folder_that_is_not_there_is_told(published: MakePublished, folder: Path) -> None:
    (finding,) = published_file.folder(published(file=folder / "nowhere" / "glauth.cfg"))
    assert (finding.mark, finding.text) == (Mark.BROKEN, f"{folder / 'nowhere'} is not there")


@pytest.mark.parametrize(
    ("mode", "group", "mark"),
    [
        (0o2750, "daemon", Mark.OK),
        (0o755, "bin", Mark.OK),
        (0o2770, "bin", Mark.BROKEN),
        (0o2740, "daemon", Mark.BROKEN),
    ],
)
def test_a_folder_that_glauths_group_cannot_enter_is_told(
    published: MakePublished, folder: Path, mode: int, group: str, mark: Mark
) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to give a folder away")
    os.chown(folder / "glauth", 0, grp.getgrnam(group).gr_gid)
    (folder / "glauth").chmod(mode)
    (finding,) = published_file.folder(published(group="daemon"))
    assert finding.mark is mark
    if mark is Mark.BROKEN:
        assert finding.remedy == f"install -d -o agent -g daemon -m 2750 {folder / 'glauth'}"


def test_a_link_is_followed_to_the_file_it_leads_to(published: MakePublished, folder: Path) -> None:
    (folder / "link.cfg").symlink_to(folder / "glauth" / "glauth.cfg")
    (finding,) = published_file.links(published(file=folder / "link.cfg"))
    assert finding.mark is Mark.OK
