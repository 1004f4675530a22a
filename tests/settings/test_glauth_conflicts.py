"""A file of the directory that would be written over, or that is the agent's own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.directory_wiring import published_directory
from agent.errors import ConfigError
from agent.settings import load

Write = Callable[[str], Path]


def problems(write: Write, text: str) -> list[str]:
    path = write(text)
    try:
        load(path, {})
    except ConfigError as error:
        return [line.removeprefix(f"{path}: glauth.") for line in str(error).splitlines()]
    return []


def glauth(file: object, base: object = "/etc/agent/glauth-base.toml") -> str:
    return f'[glauth]\nfile = "{file}"\nbase = "{base}"\n'


def test_a_file_that_is_the_base_is_refused(write: Write, smallest: str) -> None:
    same = glauth("/etc/glauth/./glauth.cfg", "/etc/glauth/glauth.cfg")
    assert problems(write, smallest + same) == [
        "file: is glauth.base, which would be written over; write another, for instance"
        ' file = "/etc/glauth/agent/glauth.cfg"'
    ]


def test_a_file_that_is_a_link_to_the_base_is_refused(write: Write, smallest: str, tmp_path: Path) -> None:
    (tmp_path / "base.toml").touch()
    (tmp_path / "link").symlink_to(tmp_path / "base.toml")
    (said,) = problems(write, smallest + glauth(tmp_path / "link", tmp_path / "base.toml"))
    assert said.startswith("file: is glauth.base")


def test_all_that_the_agent_keeps_in_its_state_is_refused_as_file_and_as_base(
    write: Write, smallest: str, tmp_path: Path
) -> None:
    state = f'{smallest}[state]\ndirectory = "{tmp_path}"\n'
    server = published_directory(load(write(state + glauth("/etc/glauth/glauth.cfg")), {}))
    assert server is not None
    kept = [
        *(server.key_file, server.copies.last, server.copies.previous, server.started.file, server.hold.file),
        *(server.refusal.file, server.restart.stamp, tmp_path / "journal.sqlite", tmp_path / "journal.sqlite-wal"),
        *(tmp_path / "converge.lock",),
    ]
    for file in kept:
        assert problems(write, state + glauth(file))[0].startswith("file: is a file of the agent's own"), file
        (said,) = problems(write, state + glauth("/etc/glauth/glauth.cfg", file))
        assert said == (
            "base: is a file of the agent's own in state.directory; write another, for instance"
            ' base = "/etc/agent/glauth-base.toml"'
        )


def test_the_state_has_its_place_without_being_written_down(write: Write, smallest: str) -> None:
    (said,) = problems(write, smallest + glauth("/var/lib/agent/glauth.last-good.toml"))
    assert said.startswith("file: is a file of the agent's own")


@pytest.mark.parametrize(
    "file", ["/var/lib/agent/glauth.cfg", "/var/lib/other/sentinel.key", "/var/lib/agent/g/x.lock"]
)
def test_any_other_file_is_fine(write: Write, smallest: str, file: str) -> None:
    assert problems(write, smallest + glauth(file)) == []


@pytest.mark.parametrize(
    "table", ["glauth = 1", "[glauth]\nfile = 1\nbase = 1", '[glauth]\nfile = "/a\\u0000b"\nbase = "/b"']
)
def test_what_is_no_path_is_told_as_that(write: Write, smallest: str, table: str) -> None:
    top = f"{table}\n{smallest}" if table == "glauth = 1" else f"{smallest}{table}"
    assert all("is glauth.base" not in said for said in problems(write, top))
