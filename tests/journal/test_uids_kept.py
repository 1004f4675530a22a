"""A person who is called otherwise keeps the uid: it goes from the one name that was let go to the next one."""

from collections.abc import Callable

import pytest

from agent.journal.store import SqliteJournal

TAKERS: dict[str, Callable[[SqliteJournal, dict[str, str]], None]] = {
    "given by the agent": lambda journal, names: journal.hold_usernames(names, 9.0),
    "given by the marketplace": lambda journal, names: journal.remember_usernames(
        "o", {user: name for name, user in names.items()}
    ),
}


@pytest.fixture(params=TAKERS)
def take(request):
    """Gives names to people, in one way or the other: name → user."""
    return TAKERS[request.param]


@pytest.fixture
def let_go(journal):
    """A journal in which u was served as bob with the uid and gid 10000, and the name was released."""
    journal.remember_usernames("o", {"u": "bob"})
    journal.remember_uids({"bob": 10_000}, {"bob": 10_000}, {"bob": "u"})
    journal.release_username("bob", 5.0)
    return journal


def test_the_next_name_of_a_person_takes_uid_gid_and_person_along(let_go, take):
    take(let_go, {"rob": "u"})
    known = let_go.known(6.0)
    assert (known.uids, known.gids, known.persons) == ({"rob": 10_000}, {"rob": 10_000}, {"rob": "u"})
    assert (known.holders, known.let_go) == ({"rob": "u"}, {"bob": 5.0})


def test_the_next_one_with_the_old_name_has_a_uid_of_their_own(let_go, take):
    take(let_go, {"rob": "u"})
    take(let_go, {"bob": "v"})
    let_go.remember_uids({"bob": 10_001, "rob": 10_009})
    assert let_go.known(7.0).uids == {"rob": 10_000, "bob": 10_001}


def test_the_uid_goes_along_although_somebody_else_takes_the_old_name_at_the_same_moment(let_go, take):
    take(let_go, {"bob": "v", "rob": "u"})
    known = let_go.known(6.0)
    assert (known.uids, known.holders, known.let_go) == ({"rob": 10_000}, {"rob": "u", "bob": "v"}, {})


def test_two_people_who_swap_their_names_keep_their_uids(let_go, take):
    take(let_go, {"rob": "w"})
    let_go.remember_uids({"rob": 10_001}, {}, {"rob": "w"})
    let_go.release_username("rob", 6.0)
    take(let_go, {"rob": "u", "bob": "w"})
    assert let_go.known(7.0).uids == {"rob": 10_000, "bob": 10_001}


def test_once_somebody_else_has_the_old_name_the_uid_is_nobodys(let_go, take):
    take(let_go, {"bob": "v"})
    take(let_go, {"rob": "u"})
    assert let_go.known(6.0).uids == {"bob (once 10000)": 10_000}


def test_the_uid_stays_with_the_old_name_where_the_person_takes_that_back(let_go):
    let_go.hold_usernames({"rob": "u", "bob": "u"}, 6.0)
    assert let_go.known(6.0).uids == {"bob": 10_000}


def test_who_is_called_as_before_again_has_the_same_uid_all_the_time(let_go, take):
    take(let_go, {"rob": "u"})
    let_go.release_username("rob", 6.0)
    take(let_go, {"bob": "u"})
    assert let_go.known(7.0).uids == {"bob": 10_000}


def test_the_uid_goes_to_one_new_name_only_and_to_nobody_else(let_go):
    let_go.hold_usernames({"alice": "v"}, 6.0)
    assert let_go.known(6.0).uids == {"bob": 10_000}
    let_go.hold_usernames({"rob": "u", "rob2": "u"}, 7.0)
    assert let_go.known(7.0).uids == {"rob": 10_000}


def test_the_uid_does_not_go_to_a_name_that_somebody_else_holds(let_go):
    let_go.hold_usernames({"rob": "v"}, 6.0)
    let_go.hold_usernames({"rob": "u"}, 7.0)
    assert let_go.known(8.0).uids == {"bob": 10_000}


def test_the_uid_does_not_go_to_a_name_that_has_one(let_go):
    let_go.remember_uids({"rob": 10_001})
    let_go.hold_usernames({"rob": "u"}, 7.0)
    assert let_go.known(8.0).uids == {"bob": 10_000, "rob": 10_001}


def test_a_person_with_another_uid_leaves_the_old_one_behind(journal):
    journal.remember_usernames("o1", {"u": "bob"})
    journal.remember_usernames("o2", {"u": "bob_o2"})
    journal.remember_uids({"bob": 10_000, "bob_o2": 10_001})
    journal.release_username("bob", 5.0)
    journal.remember_usernames("o1", {"u": "rob"})
    assert journal.known(6.0).uids == {"bob": 10_000, "bob_o2": 10_001}


def test_of_two_uids_that_a_person_left_behind_none_goes_along(journal):
    journal.hold_usernames({"bob": "u", "bobby": "u"}, 1.0)
    journal.remember_uids({"bob": 10_000, "bobby": 10_001})
    for name in ("bob", "bobby"):
        journal.release_username(name, 5.0)
    journal.hold_usernames({"rob": "u"}, 6.0)
    assert journal.known(6.0).uids == {"bob": 10_000, "bobby": 10_001}


def test_a_uid_that_was_served_to_somebody_else_after_the_release_is_theirs(journal):
    journal.remember_usernames("o", {"u": "bob"})
    journal.remember_uids({"bob": 10_000})
    journal.release_username("bob", 5.0)
    journal.remember_uids({"bob": 10_000}, {}, {"bob": "w"})
    journal.hold_usernames({"rob": "u"}, 6.0)
    assert journal.known(6.0).uids == {"bob": 10_000}


def test_the_uid_of_a_person_of_whom_only_the_name_was_known_goes_along_and_stays_to_be_learnt(journal):
    journal.remember_uids({"bob": 10_000}, {}, {"bob": "name bob"})
    journal.hold_usernames({"bob": "u"}, 2.0)
    journal.release_username("bob", 3.0)
    journal.hold_usernames({"rob": "u"}, 4.0)
    assert (journal.known(5.0).uids, journal.known(5.0).persons) == ({"rob": 10_000}, {"rob": "name bob"})
    journal.remember_uids({"rob": 10_000}, {}, {"rob": "u"})
    assert journal.known(6.0).persons == {"rob": "u"}
