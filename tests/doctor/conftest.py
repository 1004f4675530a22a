"""What the checks look at: settings with a directory, in a folder that others may enter."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agent.core.model.directory import Directory, DirectoryStatus
from agent.doctor.published import Published

NOBODY = 65_534
MakePublished = Callable[..., Published]


class Server:
    """A directory server that says what a test wants."""

    def __init__(self, directory: Directory, status: DirectoryStatus) -> None:
        self._directory, self._status = directory, status

    def current(self) -> Directory:
        return self._directory

    def status(self) -> DirectoryStatus:
        return self._status

    verify = status


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may enter, with a state directory and a published file in it."""
    with tempfile.TemporaryDirectory() as made:
        path = Path(made)
        path.chmod(0o755)
        (path / "state").mkdir()
        (path / "glauth").mkdir()
        (path / "glauth" / "glauth.cfg").write_text("published")
        (path / "glauth" / "glauth.cfg").chmod(0o640)
        yield path


@pytest.fixture
def published(folder: Path) -> MakePublished:
    """Makes what is looked at: keys of the table ``[glauth]``, a ``directory`` and the ``status`` of its server."""

    def make(directory: Directory | None = None, status: dict[str, Any] | None = None, **table: Any) -> Published:
        file = folder / "glauth" / "glauth.cfg"
        keys = {"file": file, "group": None, "probe_url": "", "ca_file": None, "server_name": None, "restart": ()}
        stands = DirectoryStatus(file=str(file), users=0, groups=0, proved=True)
        return Published(
            settings=SimpleNamespace(state=SimpleNamespace(directory=folder / "state")),  # type: ignore[arg-type]
            glauth=SimpleNamespace(**{**keys, **table}),  # type: ignore[arg-type]
            server=Server(directory or Directory(), replace(stands, **(status or {}))),  # type: ignore[arg-type]
            key_file=folder / "state" / "sentinel.key",
        )

    return make


@contextmanager
def as_nobody() -> Iterator[None]:
    """As a user without rights, where the tests run as root."""
    before, groups = os.geteuid(), os.getgroups()
    if before != 0:
        pytest.skip("needs root, to be another user for a while")
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)
        os.setegid(0)
        os.setgroups(groups)
