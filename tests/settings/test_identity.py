"""The password of the directory's reader: read when it is needed, quoted nowhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.errors import ConfigError
from agent.settings import load, show
from agent.settings.identity import IdentitySettings

Write = Callable[[str], Path]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.touch(mode=0o600)
    return path


def settings(file: Path) -> IdentitySettings:
    return IdentitySettings(bind_dn="cn=reader,dc=example,dc=org", bind_password_file=file)


def test_without_a_file_there_is_no_password() -> None:
    assert IdentitySettings().read_password() == ""


def test_the_password_is_the_line_in_the_file_with_the_spaces_in_it(file: Path) -> None:
    file.write_text(" grüß dich \n", encoding="utf-8")
    assert settings(file).read_password() == " grüß dich "


def test_a_password_that_changes_is_read_anew(file: Path) -> None:
    one = settings(file)
    file.write_text("old\n")
    assert one.read_password() == "old"
    file.write_text("new\n")
    assert one.read_password() == "new"


@pytest.mark.parametrize("content", [b"", b"\n", b"hush\nhush\n", b"hush\xff\n"])
def test_a_file_that_holds_something_else_is_refused_and_not_quoted(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigError, match="password: holds no password; write the password alone") as caught:
        settings(file).read_password()
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_that_is_not_there_is_named_with_whose_password_it_holds(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"missing: the password of cn=reader,\S+ cannot be read \(No such file"):
        settings(tmp_path / "missing").read_password()


def test_a_file_that_everybody_may_read_is_refused(write: Write, smallest: str, file: Path) -> None:
    file.chmod(0o644)
    text = f'{smallest}[identity]\nbind_dn = "cn=reader"\nbind_password_file = "{file}"'
    with pytest.raises(ConfigError, match=f"identity.bind_password_file: everybody on this host may use {file}"):
        load(write(text), {})


def test_the_password_is_in_nothing_that_is_shown(write: Write, smallest: str, file: Path) -> None:
    file.write_text("hush")
    loaded = load(write(f'{smallest}[identity]\nbind_dn = "cn=reader"\nbind_password_file = "{file}"'), {})
    assert loaded.identity.read_password() == "hush"
    assert "hush" not in show(loaded) + repr(loaded)
