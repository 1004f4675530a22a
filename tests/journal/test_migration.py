"""A file of an older version is made one of this version, and keeps what it knows."""

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from agent.core.known import Removal
from agent.errors import ConfigError
from agent.journal import schema
from agent.journal.store import SqliteJournal

VERSION_1 = (Path(__file__).parent / "version_1.sql").read_text(encoding="utf-8")


@pytest.fixture
def old(path: Path) -> Path:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_1)
    connection.close()
    return path


def tables(path: Path) -> tuple[int, dict[str, str]]:
    """The version of a file, and its tables and indices with what made them."""
    connection = sqlite3.connect(path)
    found = dict(connection.execute("select name, sql from sqlite_master where sql is not null"))
    (version,) = connection.execute("pragma user_version").fetchone()
    connection.close()
    return version, {name: " ".join(sql.lower().split()) for name, sql in found.items()}


def test_a_file_of_version_1_keeps_all_that_it_knows(old):
    journal = SqliteJournal(old)
    known = journal.known(10.0)
    assert (known.accounts, known.used_by) == ({"r1": "climate"}, {"climate": "r1"})
    assert (known.associations, known.journaled) == ({("climate", "alice")}, {"climate"})
    assert (known.usernames, known.uids) == ({("o", "u1"): "alice"}, {"alice": 10_000})
    assert known.blocked == {"climate/bob": 2.0}
    assert known.first_missing == {"remove association climate/carol": 3.0}
    assert known.removals == (Removal(at=3.0, offering="o", by_order=False, key="remove association climate/bob"),)
    assert known.released == {"abc"}
    assert journal.told_usage("2026-11") == {"r1": {("cpu", "alice"): Decimal("1.25")}}
    assert journal.told_metadata("o") == (3.0, "123")
    assert journal.begin("converge", 11.0) == 3
    journal.close()


def test_what_version_1_did_not_keep_is_empty_and_can_be_written(old):
    journal = SqliteJournal(old)
    known = journal.known(10.0)
    assert (known.replaced, known.aside, known.resets, journal.asked("order")) == ({}, {}, {}, (0.0, 0))
    journal.replace({"climate": {"GrpJobs": "5"}}, 11.0)
    journal.close()
    again = SqliteJournal(old)
    assert again.known(12.0).replaced == {"climate": {"GrpJobs": "5"}}
    again.close()


def test_a_file_that_was_migrated_has_the_tables_of_a_new_one(old, tmp_path):
    for path in (old, tmp_path / "new.sqlite"):
        SqliteJournal(path).close()
    assert tables(old) == tables(tmp_path / "new.sqlite")
    assert tables(old)[0] == schema.VERSION == 2


def test_a_migration_that_fails_half_way_leaves_the_old_file_as_it_was(old, monkeypatch):
    before = tables(old)
    monkeypatch.setattr(schema, "STEPS", (schema.STEPS[0], f"{schema.STEPS[1]}; create table run (id integer);"))
    with pytest.raises(ConfigError, match="table run already exists"):
        SqliteJournal(old)
    assert tables(old) == before
    monkeypatch.undo()
    journal = SqliteJournal(old)
    assert journal.known(1.0).accounts == {"r1": "climate"}
    journal.close()
