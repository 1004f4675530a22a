"""What the guard counts: absences, blocks, removals and releases."""

from agent.core.guard import DAY
from agent.core.known import Removal


def test_an_absence_keeps_the_date_it_was_first_seen(journal):
    journal.missing(["a", "b"], 1.0)
    journal.missing(["a", "c"], 2.0)
    assert journal.known(3.0).first_missing == {"a": 1.0, "c": 2.0}


def test_an_absence_that_came_back_starts_anew(journal):
    journal.missing(["a"], 1.0)
    journal.missing([], 2.0)
    assert journal.known(3.0).first_missing == {}
    journal.missing(["a", "a"], 4.0)
    assert journal.known(5.0).first_missing == {"a": 4.0}


def test_what_was_removed_is_counted_for_a_day_and_is_not_missing_any_more(journal):
    journal.missing(["remove association a/u", "x"], 1.0)
    journal.removed("o", ["remove association a/u"], False, 2.0)
    journal.removed("o", ["remove account b"], True, 3.0)
    known = journal.known(4.0)
    assert set(known.removals) == {
        Removal(at=2.0, offering="o", by_order=False, key="remove association a/u"),
        Removal(at=3.0, offering="o", by_order=True, key="remove account b"),
    }
    assert known.first_missing == {"x": 1.0}
    assert [one.at for one in journal.known(2.0 + DAY).removals] == [3.0]
    assert journal.known(3.0 + DAY).removals == ()


def test_the_same_object_removed_twice_counts_twice(journal):
    for at in (1.0, 2.0):
        journal.removed("o", ["k"], False, at)
    assert len(journal.known(3.0).removals) == 2


def test_a_block_keeps_its_first_date_until_it_is_taken_back(journal):
    journal.block(["a", "a/u"], 1.0)
    journal.block(["a"], 9.0)
    assert journal.known(10.0).blocked == {"a": 1.0, "a/u": 1.0}
    journal.unblock(["a", "never blocked"])
    assert journal.known(10.0).blocked == {"a/u": 1.0}


def test_a_release_counts_until_it_is_used(journal):
    journal.release("abc", 1.0)
    journal.release("def", 1.0)
    journal.used_release("abc")
    journal.used_release("abc")
    assert journal.known(2.0).released == {"def"}


def test_a_release_that_nobody_used_is_forgotten_after_a_day_unless_it_is_given_again(journal):
    journal.release("abc", 1.0)
    assert journal.known(DAY).released == {"abc"}
    assert journal.known(1.0 + DAY).released == frozenset()
    journal.release("abc", DAY)
    assert journal.known(1.0 + DAY).released == {"abc"}
