"""The history is kept for 90 days, and what is older goes at most once a day."""

import pytest

from agent.core.actions import AddAssociation
from agent.core.guard import DAY
from agent.core.model.people import Event
from agent.journal.runs import KEPT
from agent.journal.store import SqliteJournal

START = 1_000.0
ACTION = AddAssociation(offering="o", account="a", user="u")


def count(journal: SqliteJournal, table: str) -> int:
    with journal.transaction() as db:
        return db.execute(f"select count(*) from {table}").fetchone()[0]


def begun(journal: SqliteJournal) -> list[int]:
    with journal.transaction() as db:
        return [number for (number,) in db.execute("select id from run order by id")]


@pytest.fixture
def old(journal):
    """A journal with one of everything that has a history, at START."""
    journal.intend(journal.begin("converge", START), [ACTION], START)
    journal.removed("o", ["remove association a/v"], False, START)
    journal.release("a1b2", START)
    journal.ask("order", START)
    return journal


HISTORY = ("run", "intent", "removal", "released", "asked")


def test_what_is_older_than_90_days_is_let_go_when_the_next_run_begins(old):
    old.begin("converge", START + KEPT + DAY + 1)
    assert begun(old) == [2]
    assert [count(old, table) for table in HISTORY] == [1, 0, 0, 0, 0]


def test_within_the_day_after_nothing_is_let_go(old):
    old.begin("converge", START + KEPT + DAY)
    assert begun(old) == [1, 2]
    assert [count(old, table) for table in HISTORY] == [2, 1, 1, 1, 1]


def test_what_is_younger_stays(old):
    young = START + 5 * DAY
    run = old.begin("converge", young)
    old.intend(run, [ACTION], young)
    old.ask("order", young)
    old.begin("usage", START + KEPT + 2 * DAY)
    assert begun(old) == [run, run + 1]
    assert (count(old, "intent"), old.asked("order")) == (1, (young, 2))


def test_it_happens_at_most_once_a_day(old):
    now = START + KEPT + 2 * DAY
    for day in range(3):
        old.begin("converge", START + day * DAY + 60)
    old.begin("converge", now)
    kept = begun(old)
    for hour in range(1, 20):
        old.begin("converge", now + hour * 3600)
        assert begun(old)[: len(kept)] == kept, "nothing goes before a day is over"
    old.begin("converge", now + DAY + 120)
    assert begun(old)[0] > kept[0]


def test_what_is_known_for_good_is_never_let_go(old):
    old.remember_accounts({"r": "a"}, START)
    old.remember_associations([("a", "u")], START)
    old.remember_uids({"u": 10_000})
    old.block(["a/u"], START)
    old.replace({"a": {"GrpJobs": "5"}}, START)
    old.remember_resets({"a": "2026-11"}, START)
    old.hold_usernames({"u": "person", "gone": "person"}, START)
    old.release_username("gone", START)
    old.remember_coordinators([("a", "u")], START)
    old.note_events([Event(kind="user_ready", about="u", offering="o")], START)
    old.told_event("user_ready u", "", START)
    before = old.known(START)
    old.begin("converge", START + 10 * KEPT)
    after = old.known(START)
    assert (after.accounts, after.associations, after.uids) == (before.accounts, before.associations, before.uids)
    assert (after.blocked, after.replaced, after.resets) == (before.blocked, before.replaced, before.resets)
    assert after.resets == {"a": "2026-11"}
    assert (after.holders, after.let_go, after.coordinators) == ({"u": "person"}, {"gone": START}, {("a", "u")})
    assert old.noted() == {"user_ready u"}
