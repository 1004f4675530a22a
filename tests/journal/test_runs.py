"""Who changed what, when and why."""

import json
import sqlite3

from agent.core.actions import AddAssociation, Evidence, RemoveAssociation
from agent.journal.store import SqliteJournal


def rows(journal: SqliteJournal, statement: str) -> list[sqlite3.Row]:
    with journal.transaction() as db:
        return db.execute(statement).fetchall()


def test_a_run_has_a_number_a_lane_two_times_and_an_outcome(journal):
    first, second = journal.begin("converge", 1.0), journal.begin("usage", 2.0)
    journal.end(first, 3.0, "done")
    assert first != second
    assert rows(journal, "select id, lane, started, ended, outcome from run order by id") == [
        (first, "converge", 1.0, 3.0, "done"),
        (second, "usage", 2.0, None, None),
    ]


def test_an_intent_holds_the_whole_action_and_its_outcome(journal):
    run = journal.begin("converge", 1.0)
    removal = RemoveAssociation(offering="o", account="a", user="u", why="left", evidence=Evidence.ABSENCE)
    journal.intend(run, [removal, AddAssociation(offering="o", account="a", user="v")], 2.0)
    journal.conclude(run, removal.key, "failed", "Slurm said no", 3.0)
    (key, offering, what, value, at, result, detail, done), other = rows(
        journal, "select key, offering, what, value, at, result, detail, done from intent order by key desc"
    )
    assert (key, offering, at) == ("remove association a/u", "o", 2.0)
    assert what == "remove user u from account a: left"
    assert json.loads(value) == {"offering": "o", "evidence": "absence", "account": "a", "user": "u", "why": "left"}
    assert (result, detail, done) == ("failed", "Slurm said no", 3.0)
    assert other[5:] == (None, None, None)


def test_a_conclusion_belongs_to_its_own_run(journal):
    action = AddAssociation(offering="o", account="a", user="u")
    one, two = journal.begin("converge", 1.0), journal.begin("converge", 2.0)
    for run in (one, two):
        journal.intend(run, [action], 2.0)
    journal.conclude(two, action.key, "done", "", 3.0)
    assert rows(journal, "select run, result from intent order by run") == [(one, None), (two, "done")]


def test_an_intent_written_twice_is_one(journal):
    run = journal.begin("converge", 1.0)
    action = AddAssociation(offering="o", account="a", user="u")
    journal.intend(run, [action, action], 1.0)
    journal.intend(run, [action], 2.0)
    assert rows(journal, "select count(*) from intent") == [(1,)]
