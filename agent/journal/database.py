"""The journal's file: SQLite in WAL mode, every commit on disk before the effect it announces."""

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import AgentError, ConfigError, Unavailable
from agent.journal.schema import VERSION, statements

PATIENCE = 30.0
"""Seconds to wait while another process writes."""
_PASSING = {
    sqlite3.SQLITE_BUSY: "end what holds it (fuser shows it), or wait until it is done",
    sqlite3.SQLITE_LOCKED: "end what holds it (fuser shows it), or wait until it is done",
    sqlite3.SQLITE_FULL: "make room on its disk",
    sqlite3.SQLITE_IOERR: "see whether its disk is full or broken (df, dmesg)",
}
"""Errors that are not the settings' fault and may be over at the next start, and what to do about each."""
_PASSING_OF_FOLDER = {
    errno.ENOSPC: _PASSING[sqlite3.SQLITE_FULL],
    errno.EDQUOT: _PASSING[sqlite3.SQLITE_FULL],
    errno.EIO: _PASSING[sqlite3.SQLITE_IOERR],
}


class Database:
    """One connection for all threads, one transaction at a time.

    Raises Unavailable when the file is locked, or its disk is full or does not answer; ConfigError when it is no
    journal, or this user cannot write it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))  # it holds names and addresses
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=PATIENCE)
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error
        try:
            self._connection.execute("pragma journal_mode=wal")
            self._connection.execute("pragma synchronous=full")
            self._prepare()
        except sqlite3.Error as error:
            self._connection.close()
            raise self._unusable(error) from error
        except ConfigError:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything or nothing, on disk when the block ends. Raises Unavailable when it cannot be written."""
        with self._lock:
            try:
                with self._all_or_nothing() as connection:
                    yield connection
            except sqlite3.Error as error:
                raise Unavailable(
                    f"the journal {self._path} cannot be written: {error}; nothing is done without it, see whether its"
                    " disk is full or another process holds it"
                ) from error

    @contextmanager
    def _all_or_nothing(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("begin immediate")
        try:
            yield self._connection
            self._connection.execute("commit")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("rollback")

    def _unusable(self, error: OSError | sqlite3.Error) -> AgentError:
        said = f"the journal {self._path} cannot be used: {error}"
        if remedy := _passes(error):
            return Unavailable(f"{said}; nothing is done without it: {remedy}")
        return ConfigError(f"{said}; check state.directory and that this user may write there")

    def _prepare(self) -> None:
        with self._all_or_nothing() as db:
            (version,) = db.execute("pragma user_version").fetchone()
            if version == VERSION:
                return
            if version > VERSION:
                raise ConfigError(
                    f"the journal {self._path} was written by a newer version of the agent (schema {version}, not"
                    f" {VERSION}); run that version, or move the file away: what it knows is then lost"
                )
            for statement in statements(version):
                db.execute(statement)
            db.execute(f"pragma user_version={VERSION}")


def _passes(error: OSError | sqlite3.Error) -> str:
    """What to do about an error that may be over at the next start; "" for one that stays."""
    if isinstance(error, OSError):
        return _PASSING_OF_FOLDER.get(error.errno or 0, "")
    code = getattr(error, "sqlite_errorcode", None)  # the module's own complaints have none
    return _PASSING.get(code & 0xFF, "") if code is not None else ""
