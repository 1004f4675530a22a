"""The key of the probe."""

import pytest

from agent.errors import ConfigError, Unavailable
from backends.glauth.sentinel import Sentinel, sentinel_key, sentinel_password


def test_a_key_is_made_once_and_is_the_owner_s_alone(tmp_path):
    first = sentinel_key(tmp_path / "key")
    assert len(first) == 32
    assert sentinel_key(tmp_path / "key") == first
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert sentinel_key(tmp_path / "other") != first


def test_a_key_that_others_may_read_is_refused(tmp_path):
    sentinel_key(tmp_path / "key")
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        sentinel_key(tmp_path / "key")


@pytest.mark.parametrize("content", [b"", b"00", b"x" * 64, b"\xff" * 32])
def test_a_file_that_holds_no_key_is_refused_and_not_overwritten(tmp_path, content):
    (tmp_path / "key").write_bytes(content)
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(ConfigError, match="does not hold the key") as caught:
        sentinel_key(tmp_path / "key")
    assert (tmp_path / "key").read_bytes() == content
    assert "ff" not in str(caught.value).replace(str(tmp_path), "")


def test_a_key_that_can_neither_be_read_nor_made_is_an_outage(tmp_path):
    with pytest.raises(Unavailable):
        sentinel_key(tmp_path / "absent" / "key")
    (tmp_path / "folder").mkdir(mode=0o700)
    with pytest.raises(Unavailable, match="cannot be read"):
        sentinel_key(tmp_path / "folder")


def test_the_password_depends_on_key_and_text():
    assert sentinel_password(b"k", b"a") != sentinel_password(b"k", b"b")
    assert sentinel_password(b"k", b"a") != sentinel_password(b"l", b"a")
    assert Sentinel().number == 9999
