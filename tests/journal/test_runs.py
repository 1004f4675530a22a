"""Who changed what, when and why."""

import json
import sqlite3
from dataclasses import asdict

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
    journal.conclude_all(run, [(removal.key, "failed", "Slurm said no")], 3.0)
    (key, offering, what, value, at, result, detail, done), other = rows(
        journal, "select key, offering, what, value, at, result, detail, done from intent order by key desc"
    )
    assert (key, offering, at) == ("remove association a/u", "o", 2.0)
    assert what == "remove user u from account a: left"
    assert json.loads(value) == json.loads(json.dumps(asdict(removal)))
    assert {"account": "a", "user": "u", "why": "left", "evidence": "absence"}.items() <= json.loads(value).items()
    assert (result, detail, done) == ("failed", "Slurm said no", 3.0)
    assert other[5:] == (None, None, None)


def test_a_conclusion_belongs_to_its_own_run(journal):
    action = AddAssociation(offering="o", account="a", user="u")
    one, two = journal.begin("converge", 1.0), journal.begin("converge", 2.0)
    for run in (one, two):
        journal.intend(run, [action], 2.0)
    journal.conclude_all(two, [(action.key, "done", "")], 3.0)
    assert rows(journal, "select run, result from intent order by run") == [(one, None), (two, "done")]


def test_an_intent_written_twice_is_one(journal):
    run = journal.begin("converge", 1.0)
    action = AddAssociation(offering="o", account="a", user="u")
    journal.intend(run, [action, action], 1.0)
    journal.intend(run, [action], 2.0)
    assert rows(journal, "select count(*) from intent") == [(1,)]


def test_many_conclusions_are_written_at_once_and_each_to_its_own_intent(journal):
    actions = [AddAssociation(offering="o", account="a", user=user) for user in ("u", "v", "w")]
    run = journal.begin("converge", 1.0)
    journal.intend(run, actions, 1.0)
    journal.conclude_all(run, [(actions[0].key, "done", ""), (actions[2].key, "refused", "no such user w")], 2.0)
    assert rows(journal, "select key, result, detail, done from intent order by key") == [
        ("add association a/u", "done", "", 2.0),
        ("add association a/v", None, None, None),
        ("add association a/w", "refused", "no such user w", 2.0),
    ]


def test_many_conclusions_cost_one_commit(journal):
    actions = [AddAssociation(offering="o", account="a", user=f"u{number}") for number in range(200)]
    run = journal.begin("converge", 1.0)
    journal.intend(run, actions, 1.0)
    statements: list[str] = []
    journal._connection.set_trace_callback(statements.append)
    journal.conclude_all(run, [(action.key, "done", "") for action in actions], 2.0)
    assert [text for text in statements if "update" not in text.lower()] == ["begin immediate", "commit"]
    assert rows(journal, "select count(*) from intent where result='done'") == [(200,)]
