"""Approvals that were asked for, and the periods that are being counted."""


def test_an_order_nobody_asked_about_was_asked_never(journal):
    assert journal.asked("order") == (0.0, 0)


def test_the_last_time_and_the_number_of_times_are_kept_for_each_order(journal):
    for at in (1.0, 2.5, 9.0):
        journal.ask("one", at)
    journal.ask("other", 4.0)
    assert (journal.asked("one"), journal.asked("other")) == ((9.0, 3), (4.0, 1))


def test_an_account_counts_for_the_last_period_it_was_begun_for(journal):
    journal.remember_resets({"a": "2026-10", "b": "2026-q4"}, 1.0)
    journal.remember_resets({"a": "2026-11", "b": "2026-q4"}, 2.0)
    assert journal.known(3.0).resets == {"a": "2026-11", "b": "2026-q4"}
    with journal.transaction() as db:
        assert dict(db.execute("select account, at from reset")) == {"a": 2.0, "b": 1.0}
