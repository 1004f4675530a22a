"""The journal's file: SQLite in WAL mode, every commit on disk before the effect it announces."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import ConfigError

VERSION = 1

SCHEMA = """
create table run (id integer primary key, lane text not null, started real not null, ended real, outcome text);
create table intent (
    run integer not null references run, key text not null, offering text not null, what text not null,
    value text not null, at real not null, result text, detail text, done real, primary key (run, key));
create table account (resource text primary key, name text not null unique, at real not null);
create table association (account text not null, user text not null, made real not null, removed real,
    primary key (account, user));
create table username (offering text not null, user text not null, name text not null, primary key (offering, user));
create table uid (name text primary key, uid integer not null unique);
create table blocked (key text primary key, at real not null);
create table missing (key text primary key, since real not null);
create table removal (at real not null, offering text not null, key text not null, by_order integer not null);
create index removal_at on removal (at);
create table released (checksum text primary key, at real not null);
create table usage (month text not null, resource text not null, component text not null, user text not null,
    amount text not null, at real not null, primary key (month, resource, component, user)) without rowid;
create table metadata (subject text primary key, checksum text not null, at real not null);
"""


class Database:
    """One connection for all threads, one transaction at a time."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
            self._connection.execute("pragma journal_mode=wal")
            self._connection.execute("pragma synchronous=full")
            self._prepare(path)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"the journal {path} cannot be used: {error}; check state.directory and that this user may write there"
            ) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything or nothing, on disk when the block ends."""
        with self._lock:
            self._connection.execute("begin immediate")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def _prepare(self, path: Path) -> None:
        with self.transaction() as db:
            (version,) = db.execute("pragma user_version").fetchone()
            if version == VERSION:
                return
            if version:
                raise ConfigError(
                    f"the journal {path} was written by another version (schema {version}, not {VERSION})"
                )
            for statement in filter(str.strip, SCHEMA.split(";")):
                db.execute(statement)
            db.execute(f"pragma user_version={VERSION}")
