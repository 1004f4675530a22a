"""The file itself: made, reopened, refused, and whole after a failure."""

import os
import resource
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.errors import ConfigError, Unavailable
from agent.journal import database
from agent.journal.store import SqliteJournal
from tests.fixtures.limits import at_most

NOBODY = 65_534


def test_folder_and_file_are_made_and_every_commit_is_on_disk(journal, path):
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o027 == 0
    with journal.transaction() as db:
        assert db.execute("pragma journal_mode").fetchone() == ("wal",)
        assert db.execute("pragma synchronous").fetchone() == (2,)


def test_the_files_are_for_their_owner_alone_whatever_the_umask(tmp_path):
    before = os.umask(0o022)
    try:
        journal = SqliteJournal(tmp_path / "journal.sqlite")
        journal.remember_accounts({"r": "alloc"}, 1.0)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
        journal.close()
    finally:
        os.umask(before)
    assert modes == {"journal.sqlite": 0o600, "journal.sqlite-wal": 0o600, "journal.sqlite-shm": 0o600}


def test_what_was_written_is_there_when_it_is_opened_again(journal, path):
    journal.remember_accounts({"r": "alloc"}, 1.0)
    journal.close()
    again = SqliteJournal(path)
    assert again.known(2.0).accounts == {"r": "alloc"}
    again.close()


def test_a_schema_of_a_newer_version_is_refused_and_left_as_it_is(journal, path):
    with journal.transaction() as db:
        db.execute("pragma user_version=7")
    journal.close()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=r"journal\.sqlite was written by a newer version .*schema 7, not 5"):
        SqliteJournal(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_journal_is_refused_by_name(path):
    path.parent.mkdir()
    path.write_text("this is no database, and long enough to be looked at\n" * 50)
    with pytest.raises(ConfigError, match=r"journal\.sqlite cannot be used: .*check state\.directory"):
        SqliteJournal(path)


def test_a_folder_that_cannot_be_made_is_refused_by_name(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"file/journal\.sqlite cannot be used"):
        SqliteJournal(tmp_path / "file" / "journal.sqlite")


@contextmanager
def somebody_else() -> Iterator[None]:
    """For a while, a user to whom nothing belongs."""
    before = os.geteuid()
    os.seteuid(NOBODY if before == 0 else before)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_folder_this_user_may_not_write_to_is_a_configuration_error():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        with somebody_else(), pytest.raises(ConfigError, match=r"check state\.directory and that this user may write"):
            SqliteJournal(folder / "journal.sqlite")
        with somebody_else(), pytest.raises(ConfigError, match="Permission denied"):
            SqliteJournal(folder / "below" / "journal.sqlite")
        assert list(folder.iterdir()) == []


def test_a_transaction_that_fails_leaves_nothing_behind_and_the_next_one_works(journal):
    def stop_half_way() -> None:
        with journal.transaction() as db:
            db.execute("insert into blocked values ('a', 1)")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        stop_half_way()
    assert journal.known(1.0).blocked == {}
    journal.block(["b"], 2.0)
    assert journal.known(3.0).blocked == {"b": 2.0}


def test_a_journal_that_cannot_be_written_is_an_outage_not_a_crash(journal):
    with journal.transaction() as db:
        pages = db.execute("pragma page_count").fetchone()[0]
        db.execute(f"pragma max_page_count={pages}")
    with pytest.raises(Unavailable, match=r"journal\.sqlite cannot be written: database or disk is full"):
        journal.block([f"account{number}" * 50 for number in range(2000)], 1.0)
    assert journal.known(2.0).blocked == {}


def test_a_commit_that_fails_does_not_close_the_journal_to_the_next_transaction(journal):
    journal._connection.execute("pragma foreign_keys=on")

    def refer_to_no_run() -> None:
        with journal.transaction() as db:
            db.execute("pragma defer_foreign_keys=on")
            db.execute("insert into intent (run, key, offering, what, value, at) values (99, 'k', 'o', 'w', '{}', 1)")

    with pytest.raises(Unavailable, match="FOREIGN KEY"):
        refer_to_no_run()
    journal.block(["a"], 1.0)
    assert journal.known(2.0).blocked == {"a": 1.0}


def test_another_process_that_writes_too_long_is_an_outage(path, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    journal = SqliteJournal(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(Unavailable, match="database is locked"):
        journal.block(["a"], 1.0)
    other.execute("rollback")
    other.close()
    journal.block(["a"], 1.0)
    assert journal.known(2.0).blocked == {"a": 1.0}
    journal.close()


def test_a_journal_that_another_process_holds_at_the_start_is_tried_again_later(path, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    SqliteJournal(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(Unavailable, match=r"journal\.sqlite cannot be used: database is locked; .*end what holds it"):
        SqliteJournal(path)
    other.execute("rollback")
    other.close()
    SqliteJournal(path).close()


def test_a_disk_that_takes_nothing_at_the_start_is_tried_again_later(path):
    SqliteJournal(path).close()
    with (
        at_most(resource.RLIMIT_FSIZE, 0),
        pytest.raises(Unavailable, match=r"journal\.sqlite cannot be used: disk I/O error; .*\(df, dmesg\)"),
    ):
        SqliteJournal(path)
    SqliteJournal(path).close()
