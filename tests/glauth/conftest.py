"""A real GLAuth, the directory that is published to it, and a command that restarts it."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.sandbox.real.glauth import RealGlauth
from backends.glauth.server import GlauthDirectory
from backends.glauth.verify import Probe

_AGAIN, _NO_MORE = "again", "no more"


MakeServer = Callable[..., GlauthDirectory]


@pytest.fixture
def make_server(glauth: RealGlauth, tmp_path: Path) -> MakeServer:
    """A directory on the running GLAuth, as a new process of the agent would have it; it waits no longer than asked."""
    state = tmp_path / "state"
    state.mkdir()

    def make(patience: float = 5.0, **named: Any) -> GlauthDirectory:
        return GlauthDirectory(
            file=glauth.file,
            base_file=glauth.base_file,
            key_file=state / "key",
            last_good=state / "last-good",
            probe=Probe(url=glauth.url, patience=patience),
            **named,
        )

    return make


@pytest.fixture
def server(make_server: MakeServer) -> GlauthDirectory:
    return make_server()


class Restarter:
    """``command`` is a program that has GLAuth restarted and waits for it; ``times`` counts."""

    def __init__(self, glauth: RealGlauth, folder: Path) -> None:
        self.times = 0
        self._glauth, self._asked, self._told = glauth, folder / "asked", folder / "told"
        for pipe in (self._asked, self._told):
            os.mkfifo(pipe)
        script = folder / "restart-glauth"
        script.write_text(
            f"#!/bin/sh\necho 'PRIVATE KEY' >&2\necho {_AGAIN} > {self._asked}\n"
            f'read -r answer < {self._told}\n[ "$answer" = ok ]\n'
        )
        script.chmod(0o755)
        self.command = (str(script),)

    def serve(self) -> None:
        """Restart GLAuth whenever the command asks for it."""
        while self._asked.read_text().strip() == _AGAIN:
            self._glauth.stop()
            self.times += 1
            try:
                self._glauth.start()
                answer = "ok"
            except RuntimeError:
                answer = "it does not start"
            self._told.write_text(f"{answer}\n")

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve in a thread."""
        thread = threading.Thread(target=self.serve)
        thread.start()
        try:
            yield
        finally:
            self._asked.write_text(_NO_MORE)
            thread.join()


@pytest.fixture
def restarter(glauth: RealGlauth, tmp_path: Path) -> Iterator[Restarter]:
    made = Restarter(glauth, tmp_path)
    with made.serving():
        yield made
