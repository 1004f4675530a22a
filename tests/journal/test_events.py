"""What is noted once, and told until a command has taken it."""

from agent.core.model.people import Event

READY = Event(kind="on_user_ready", about="alice", offering="o1", facts={"uid": 10_000, "accounts": ["climate"]})
GONE = Event(kind="on_resource_removed", about="9" * 32, offering="o2", facts={"name": 'Größe "x"\n'})


def test_an_event_waits_with_all_that_it_says_until_it_is_told(journal):
    journal.note_events([READY, GONE], 1.0)
    assert journal.events() == (READY, GONE)
    journal.told_event(READY.key, "", 2.0)
    assert journal.events() == (GONE,)


def test_the_oldest_comes_first_and_those_of_one_moment_in_the_order_given(journal):
    late, early = [Event(kind="k", about=name, offering="o") for name in ("a", "b")]
    journal.note_events([late], 2.0)
    journal.note_events([GONE, early, READY], 1.0)
    assert journal.events() == (GONE, early, READY, late)


def test_an_event_that_was_noted_stays_as_it_is_even_when_it_was_told(journal):
    journal.note_events([READY, GONE], 1.0)
    journal.told_event(READY.key, "", 2.0)
    other = Event(kind=READY.kind, about=READY.about, offering="o9", facts={"uid": 7})
    journal.note_events([other, GONE], 3.0)
    assert journal.events() == (GONE,)
    assert journal.noted() == {"on_user_ready alice", f"on_resource_removed {'9' * 32}"}


def test_a_command_that_failed_is_counted_and_its_last_words_are_kept(journal):
    journal.note_events([READY], 1.0)
    journal.told_event(READY.key, "no quota", 2.0)
    journal.told_event(READY.key, "the server is away", 5.0)
    (waiting,) = journal.events()
    assert (waiting.tries, waiting.at, waiting.trouble) == (2, 5.0, "the server is away")
    journal.told_event(READY.key, "", 9.0)
    assert journal.events() == ()


def test_what_was_told_is_never_told_again_whatever_a_late_command_says(journal):
    journal.note_events([READY], 1.0)
    journal.told_event(READY.key, "", 2.0)
    journal.told_event(READY.key, "too late", 3.0)
    assert journal.events() == ()


def test_an_event_nobody_noted_is_not_made_by_being_told(journal):
    journal.told_event("on_user_ready nobody", "trouble", 1.0)
    assert (journal.events(), journal.noted()) == ((), frozenset())


def test_an_event_that_was_taken_back_may_be_noted_anew(journal):
    journal.note_events([READY, GONE], 1.0)
    journal.told_event(READY.key, "", 2.0)
    journal.forget_events([READY.key, "on_user_ready nobody"])
    assert journal.noted() == {GONE.key}
    journal.note_events([READY], 3.0)
    assert journal.events() == (GONE, READY)
