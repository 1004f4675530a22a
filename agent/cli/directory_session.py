"""The published directory for the time of one command: no marketplace, no token and no Slurm are needed for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent import log
from agent.cli.invocation import Invocation
from agent.directory_wiring import published_directory
from agent.errors import ConfigError
from agent.journal.store import SqliteJournal
from agent.writer_lock import WriterLock

if TYPE_CHECKING:
    from agent.settings import Settings
    from backends.glauth.server import GlauthDirectory

PATIENCE = 300.0
"""Seconds a command waits for the daemon's cycle in hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectorySession:
    """The server of the published file, and what the journal knows of it."""

    settings: "Settings"
    server: "GlauthDirectory"
    journal: SqliteJournal

    @contextmanager
    def turn(self) -> Iterator[None]:
        """While nobody else publishes. Raises Unavailable when the cycle in hand does not end."""
        with WriterLock(self.settings.state.directory / "converge.lock").acquire(PATIENCE):
            yield


@contextmanager
def directory_session(asked: Invocation) -> Iterator[DirectorySession]:
    """The directory of the settings. Raises ConfigError, also when they have none."""
    settings = asked.settings()
    log.configure(settings.daemon.log_level)
    server = published_directory(settings)
    if server is None:
        raise no_directory(asked)
    journal = SqliteJournal(settings.state.directory / "journal.sqlite")
    try:
        yield DirectorySession(settings=settings, server=server, journal=journal)
    finally:
        journal.close()


def no_directory(asked: Invocation) -> ConfigError:
    """Why a command about the directory has nothing to tell."""
    return ConfigError(
        f"{asked.config}: there is no table [glauth], so that the agent publishes no directory; to have one, write the"
        " table as `agent config example` shows it"
    )
