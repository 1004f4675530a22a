"""The SQLite file: its tables, and one transaction for each command."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 30.0
"""Seconds a command waits for another one that writes."""

SCHEMA = """
CREATE TABLE cluster (name TEXT NOT NULL);
CREATE TABLE account (name TEXT PRIMARY KEY, description TEXT NOT NULL, organization TEXT NOT NULL);
CREATE TABLE user (name TEXT PRIMARY KEY, default_account TEXT NOT NULL, admin TEXT NOT NULL DEFAULT 'None');
CREATE TABLE coordinator (account TEXT NOT NULL, user TEXT NOT NULL, PRIMARY KEY (account, user));
CREATE TABLE association (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, parent TEXT NOT NULL, user TEXT NOT NULL,
    partition TEXT NOT NULL, rank INTEGER NOT NULL, limits TEXT NOT NULL, UNIQUE (account, user, partition));
CREATE INDEX by_parent ON association (parent, rank);
CREATE TABLE qos (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL,
    flags TEXT NOT NULL DEFAULT '[]', limits TEXT NOT NULL DEFAULT '{}');
CREATE TABLE job (
    db_index INTEGER PRIMARY KEY AUTOINCREMENT, id INTEGER NOT NULL, account TEXT NOT NULL, user TEXT NOT NULL,
    partition TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, submitted INTEGER NOT NULL,
    started INTEGER, ended INTEGER, minutes INTEGER NOT NULL, tres TEXT NOT NULL, nodes TEXT NOT NULL,
    qos TEXT NOT NULL, counted_from INTEGER NOT NULL DEFAULT 0, qos_counted_from INTEGER NOT NULL DEFAULT 0);
CREATE INDEX by_state ON job (state);
CREATE TABLE partition (name TEXT PRIMARY KEY, place INTEGER NOT NULL, fields TEXT NOT NULL);
CREATE TABLE fault (
    id INTEGER PRIMARY KEY, program TEXT NOT NULL, text TEXT NOT NULL, seconds REAL NOT NULL, times INTEGER NOT NULL);
INSERT INTO account VALUES ('root', 'default root account', 'root');
INSERT INTO user VALUES ('root', 'root', 'Administrator');
INSERT INTO association (account, parent, user, partition, rank, limits)
    VALUES ('root', '', '', '', 0, '{"QOS": ["normal"]}');
INSERT INTO association (account, parent, user, partition, rank, limits) VALUES ('root', 'root', 'root', '', 0, '{}');
INSERT INTO qos (name, description) VALUES ('normal', 'Normal QOS default');
"""


def connect(path: str) -> sqlite3.Connection:
    """Open the file, which must exist; sqlite3.OperationalError when it does not."""
    db = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=PATIENCE, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")  # outlives a killed process, and nobody keeps a stand-in over a power cut
    return db


def create(path: str, cluster: str) -> None:
    """Make the file of a cluster, with nothing in it but root and the QOS ``normal``."""
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(f"BEGIN; {SCHEMA} COMMIT;")
        db.execute("INSERT INTO cluster VALUES (?)", (cluster,))
    finally:
        db.close()


@contextmanager
def transaction(db: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """Everything inside happens, or nothing, alone among writers; ``DEFERRED`` is for reading one state."""
    db.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


@contextmanager
def changes_at_stake(db: sqlite3.Connection) -> Iterator[Callable[[], object]]:
    """Within a transaction: gives what takes back everything done since the start, as often as it is called."""
    db.execute("SAVEPOINT at_stake")
    yield lambda: db.execute("ROLLBACK TO at_stake")
    db.execute("RELEASE at_stake")
