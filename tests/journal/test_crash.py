"""Killed at any point, the journal keeps what was announced and nothing half."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from agent.journal.store import SqliteJournal

INTEND = """
import sys, pathlib
from agent.core.actions import AddAssociation
from agent.journal.store import SqliteJournal

journal = SqliteJournal(pathlib.Path(sys.argv[1]))
run = journal.begin("converge", 1.0)
actions = [AddAssociation(offering="o", account="alloc", user=user) for user in ("alice", "bob")]
journal.intend(run, actions, 2.0)
journal.remember_associations([("alloc", "alice")], 2.0)
journal.conclude_all(run, [(actions[0].key, "done", "")], 3.0)
print("intended", flush=True)
sys.stdin.read()
journal.conclude_all(run, [(actions[1].key, "done", "")], 4.0)
"""
HALF = """
import sys, pathlib
from agent.journal.store import SqliteJournal

journal = SqliteJournal(pathlib.Path(sys.argv[1]))
with journal.transaction() as db:
    for number in range(500):
        db.execute("insert into blocked values (?, 1)", (f"account{number}",))
    print("half way", flush=True)
    sys.stdin.read()
"""


NAMED = """
import sys, pathlib
from agent.core.model.people import Event
from agent.journal.store import SqliteJournal

journal = SqliteJournal(pathlib.Path(sys.argv[1]))
journal.hold_usernames({"alice": "u"}, 1.0)
journal.note_events([Event(kind="on_user_ready", about="alice", offering="o")], 2.0)
print("held and noted, not given and not told", flush=True)
sys.stdin.read()
"""
RELEASED = """
import sys, pathlib
from agent.journal.store import SqliteJournal

journal = SqliteJournal(pathlib.Path(sys.argv[1]))
journal.remember_usernames("o", {"u": "alice", "v": "bob"})
journal.remember_uids({"alice": 10_000})
journal.remember_usernames("o", {"u": "alice2"})

def stop(statement):
    if statement.startswith("update uid"):
        print("released, but the uid is not moved", flush=True)
        sys.stdin.read()

journal._connection.set_trace_callback(stop)
journal.release_username("alice", 5.0)
"""


def killed(script: str, path: Path) -> None:
    """Run the script until it says something, and kill it there."""
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL


def test_a_process_killed_between_intent_and_conclusion_leaves_the_intent(path):
    killed(INTEND, path)
    journal = SqliteJournal(path)
    with journal.transaction() as db:
        rows = db.execute("select key, result from intent order by key").fetchall()
        runs = db.execute("select lane, ended from run").fetchall()
    assert rows == [("add association alloc/alice", "done"), ("add association alloc/bob", None)]
    assert runs == [("converge", None)]
    assert journal.known(5.0).associations == {("alloc", "alice")}
    assert journal.begin("converge", 6.0) == 2
    journal.close()


def test_a_process_killed_within_a_transaction_leaves_nothing_of_it(path):
    killed(HALF, path)
    journal = SqliteJournal(path)
    assert journal.known(1.0).blocked == {}
    journal.block(["a"], 1.0)
    journal.close()


def test_a_process_killed_after_a_name_was_held_has_neither_lost_the_name_nor_told_its_event(path):
    killed(NAMED, path)
    journal = SqliteJournal(path)
    assert journal.known(3.0).holders == {"alice": "u"}
    journal.hold_usernames({"alice": "v"}, 4.0)
    assert journal.known(5.0).holders == {"alice": "u"}
    assert [event.key for event in journal.events()] == ["on_user_ready alice"]
    journal.close()


def test_a_process_killed_within_a_release_has_released_nothing(path):
    killed(RELEASED, path)
    journal = SqliteJournal(path)
    known = journal.known(6.0)
    assert (known.holders, known.let_go) == ({"alice": "u", "alice2": "u", "bob": "v"}, {})
    assert known.uids == {"alice": 10_000}
    journal.release_username("alice", 7.0)
    assert journal.known(8.0).uids == {"alice2": 10_000}
    journal.close()
