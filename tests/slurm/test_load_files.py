"""The folder of load files in trouble."""

import errno
import tempfile

import pytest

from agent.errors import ConfigError, Unavailable
from backends.slurm.load_files import load_file


def test_a_full_disk_is_an_outage_and_says_to_make_room(tmp_path, monkeypatch):
    def full(*_args: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    with (
        pytest.raises(Unavailable, match=rf"in {tmp_path}/loads: No space left on device; make room there"),
        load_file(tmp_path / "loads", "Cluster - 'lab'"),
    ):
        raise AssertionError("a load without its file")


def test_a_folder_that_cannot_be_is_a_wrong_setting(tmp_path):
    (tmp_path / "loads").write_text("a file")
    with pytest.raises(ConfigError, match="make it writable"), load_file(tmp_path / "loads", "Cluster - 'lab'"):
        raise AssertionError("a load without its file")
