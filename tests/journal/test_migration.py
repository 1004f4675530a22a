"""A file of an older version is made one of this version, and keeps what it knows."""

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from agent.core.known import Removal, SetAside
from agent.core.model.cluster import Association
from agent.errors import ConfigError
from agent.journal import schema
from agent.journal.store import SqliteJournal


def written(path: Path, version: int) -> Path:
    """A file as an older version of the schema left it."""
    path.parent.mkdir(exist_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript((Path(__file__).parent / f"version_{version}.sql").read_text(encoding="utf-8"))
    connection.close()
    return path


@pytest.fixture
def old(path: Path) -> Path:
    return written(path, 1)


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return written(tmp_path / "second.sqlite", 2)


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


def test_a_file_of_version_2_keeps_all_that_it_knows(second):
    journal = SqliteJournal(second)
    known = journal.known(10.0)
    assert (known.accounts, known.associations) == ({"r1": "climate"}, {("climate", "alice")})
    assert (known.replaced, known.resets) == ({"climate": {"GrpJobs": "5"}}, {"climate": "2026-11"})
    carol = Association(account="climate", user="carol", qos=("high",))
    assert known.aside == {("climate", "carol"): SetAside(association=carol, own=True)}
    assert known.usernames["o2", "u1"] == "alice"
    assert (known.uids, journal.asked("order")) == ({"alice": 10_000, "bob": 10_001}, (2.0, 3))
    journal.close()


def test_names_of_version_2_are_held_by_whoever_had_them_first_by_offering_and_user(second):
    journal = SqliteJournal(second)
    assert journal.known(10.0).holders == {"alice": "u1", "bob": "u2"}
    assert (journal.known(10.0).let_go, journal.known(10.0).coordinators) == ({}, frozenset())
    assert (journal.events(), journal.noted()) == ((), frozenset())
    journal.close()


def test_a_file_that_was_migrated_has_the_tables_of_a_new_one(old, second, tmp_path):
    third = written(tmp_path / "third.sqlite", 3)
    fourth = written(tmp_path / "fourth.sqlite", 4)
    for path in (old, second, third, fourth, tmp_path / "new.sqlite"):
        SqliteJournal(path).close()
    assert tables(old) == tables(second) == tables(third) == tables(fourth) == tables(tmp_path / "new.sqlite")
    assert tables(old)[0] == schema.VERSION == 5


def test_a_file_of_version_3_keeps_all_that_it_knows(tmp_path):
    journal = SqliteJournal(written(tmp_path / "third.sqlite", 3))
    known = journal.known(10.0)
    assert (known.accounts, known.associations) == ({"r1": "climate"}, {("climate", "alice")})
    assert known.usernames == {("o1", "u1"): "alice", ("o1", "u2"): "bob"}
    assert (known.holders, known.let_go) == ({"alice": "u1", "bob": "u2"}, {"dave": 5.0})
    assert known.uids == {"alice": 10_000, "bob": 10_001, "carol (once 10002)": 10_002}
    assert (known.coordinators, known.first_missing) == (
        {("climate", "alice")},
        {"disable directory user bob": 3.0},
    )
    assert [event.key for event in journal.events()] == ["user_ready alice"]
    assert (known.gids, known.persons, journal.last_feed("o1"), journal.quarantined()) == ({}, {}, None, ())
    journal.remember_uids({"alice": 10_000}, {"alice": 10_000}, {"alice": "u1"})
    assert (journal.known(11.0).gids, journal.known(11.0).persons) == ({"alice": 10_000}, {"alice": "u1"})
    journal.close()


def test_a_file_of_version_4_keeps_all_that_it_knows_and_learns_which_group_a_gid_is_for(tmp_path):
    journal = SqliteJournal(written(tmp_path / "fourth.sqlite", 4))
    known = journal.known(10.0)
    assert (known.gids, known.persons) == ({"alice": 10_000, "bob": 10_001}, {"alice": "u1", "bob": "name bob"})
    assert (known.holders, known.let_go) == ({"alice": "u1", "bob": "u2"}, {"dave": 5.0})
    feed = journal.last_feed("o1")
    assert feed is not None
    assert [user.name for user in feed.directory.users] == ["alice"]
    assert [(one.name, one.since) for one in journal.quarantined()] == [("root", 6.0)]
    assert known.groups == {}
    journal.remember_groups({20_001: "chem"})
    assert journal.known(11.0).groups == {20_001: "chem"}
    journal.close()


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_a_migration_that_fails_half_way_leaves_the_old_file_as_it_was(path, monkeypatch, version):
    old = written(path, version)
    before = tables(old)
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS[:-1], f"{schema.STEPS[-1]}; create table run (id integer);"))
    with pytest.raises(ConfigError, match="table run already exists"):
        SqliteJournal(old)
    assert tables(old) == before
    monkeypatch.undo()
    journal = SqliteJournal(old)
    assert journal.known(1.0).accounts == {"r1": "climate"}
    journal.close()
