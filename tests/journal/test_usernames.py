"""Whose a username is: given once, kept for ever, and another's only after a person released it."""

from collections.abc import Callable

import pytest

from agent.core.admission.ledger import NOBODY_IN_PARTICULAR
from agent.journal.store import SqliteJournal


def test_usernames_are_kept_by_offering_and_follow_a_new_name(journal):
    journal.remember_usernames("o1", {"u": "alice", "v": "bob"})
    journal.remember_usernames("o2", {"u": "alice_o2"})
    journal.remember_usernames("o1", {"u": "alice2"})
    assert journal.known(1.0).usernames == {("o1", "u"): "alice2", ("o1", "v"): "bob", ("o2", "u"): "alice_o2"}


def test_a_name_belongs_to_its_first_holder_however_often_another_asks_for_it(journal):
    journal.hold_usernames({"alice": "u", "bob": "v"}, 1.0)
    journal.hold_usernames({"alice": "w", "carol": "w"}, 2.0)
    journal.remember_usernames("o", {"w": "bob"})
    assert journal.known(3.0).holders == {"alice": "u", "bob": "v", "carol": "w"}


def test_a_name_that_the_marketplace_gave_is_held_by_the_first_person_who_has_it(journal):
    journal.remember_usernames("o", {"u": "alice", "v": "alice", "w": ""})
    assert journal.known(1.0).holders == {"alice": "u"}
    assert journal.known(1.0).usernames["o", "v"] == "alice"


def test_a_person_keeps_every_name_they_ever_had(journal):
    for name in ("alice", "alice2", "alice"):
        journal.remember_usernames("o", {"u": name})
    assert journal.known(1.0).holders == {"alice": "u", "alice2": "u"}


def test_a_released_name_is_nobodys_in_any_offering_and_is_known_to_be_let_go(journal):
    for offering in ("o1", "o2"):
        journal.remember_usernames(offering, {"u": "alice", "v": "bob"})
    journal.release_username("alice", 5.0)
    known = journal.known(6.0)
    assert (known.holders, known.let_go) == ({"bob": "v"}, {"alice": 5.0})
    assert known.usernames == {("o1", "v"): "bob", ("o2", "v"): "bob"}


def test_a_name_released_twice_was_let_go_the_first_time(journal):
    journal.hold_usernames({"alice": "u"}, 1.0)
    journal.release_username("alice", 5.0)
    journal.release_username("alice", 9.0)
    assert journal.known(9.0).let_go == {"alice": 5.0}


TAKERS: dict[str, Callable[[SqliteJournal, str], None]] = {
    "given by the agent": lambda journal, user: journal.hold_usernames({"alice": user}, 9.0),
    "given by the marketplace": lambda journal, user: journal.remember_usernames("o", {user: "alice"}),
}


@pytest.fixture(params=TAKERS)
def take(request):
    """Gives the name alice to a person, in one way or the other."""
    return TAKERS[request.param]


@pytest.fixture
def let_go(journal):
    """A journal in which u had the name alice with the uid 10000, and it was released."""
    journal.remember_usernames("o", {"u": "alice"})
    journal.remember_uids({"alice": 10_000, "bob": 10_001})
    journal.release_username("alice", 5.0)
    return journal


def test_a_released_name_that_nobody_took_keeps_its_uid_so_that_files_have_an_owner(let_go):
    assert let_go.known(6.0).uids == {"alice": 10_000, "bob": 10_001}


def test_a_released_name_belongs_to_whoever_takes_it_next_and_is_let_go_no_more(let_go, take):
    take(let_go, "v")
    known = let_go.known(6.0)
    assert (known.holders, known.let_go) == ({"alice": "v"}, {})


def test_another_person_with_a_released_name_gets_a_uid_of_their_own_and_the_old_one_is_nobodys(let_go, take):
    take(let_go, "v")
    assert "alice" not in let_go.known(6.0).uids
    let_go.remember_uids({"alice": 10_002, "mallory": 10_000})
    uids = let_go.known(7.0).uids
    assert uids == {"alice": 10_002, "bob": 10_001, "alice (once 10000)": 10_000}


def test_the_person_who_takes_a_released_name_back_has_the_uid_of_before(let_go, take):
    take(let_go, "u")
    let_go.remember_uids({"alice": 10_002})
    assert let_go.known(6.0).uids == {"alice": 10_000, "bob": 10_001}


def test_a_name_that_is_let_go_and_served_with_another_uid_has_that_one(let_go):
    let_go.remember_uids({"alice": 10_002, "bob": 10_003})
    assert let_go.known(6.0).uids == {"alice": 10_002, "bob": 10_001, "alice (once 10000)": 10_000}


def test_a_name_that_is_let_go_and_served_as_before_keeps_its_one_entry(let_go):
    let_go.remember_uids({"alice": 10_000})
    assert let_go.known(6.0).uids == {"alice": 10_000, "bob": 10_001}


def test_a_name_that_changes_hands_twice_leaves_both_uids_taken(let_go):
    let_go.hold_usernames({"alice": "v"}, 6.0)
    let_go.remember_uids({"alice": 10_002})
    let_go.release_username("alice", 7.0)
    let_go.hold_usernames({"alice": "w"}, 8.0)
    let_go.remember_uids({"alice": 10_003})
    taken = let_go.known(9.0).uids
    assert taken["alice"] == 10_003
    assert sorted(taken.values()) == [10_000, 10_001, 10_002, 10_003]


def test_a_person_who_was_renamed_takes_the_uid_along_when_the_old_name_is_released(journal):
    journal.remember_usernames("o", {"u": "alice"})
    journal.remember_uids({"alice": 10_000})
    journal.remember_usernames("o", {"u": "alice2"})
    journal.remember_uids({"alice2": 10_000})
    assert journal.known(1.0).uids == {"alice": 10_000}
    journal.release_username("alice", 5.0)
    known = journal.known(6.0)
    assert (known.uids, known.usernames) == ({"alice2": 10_000}, {("o", "u"): "alice2"})
    journal.hold_usernames({"alice": "v"}, 7.0)
    journal.remember_uids({"alice": 10_002})
    assert journal.known(8.0).uids == {"alice2": 10_000, "alice": 10_002}


def test_a_uid_goes_to_no_name_that_has_one_and_not_to_one_of_two(journal):
    journal.remember_usernames("o1", {"u": "alice", "v": "bob"})
    journal.remember_usernames("o2", {"u": "alice_o2", "v": "bob_o2"})
    journal.remember_usernames("o3", {"v": "bob_o3"})
    journal.remember_uids({"alice": 10_000, "alice_o2": 10_001, "bob": 10_002})
    for name in ("alice", "bob"):
        journal.release_username(name, 5.0)
    assert journal.known(6.0).uids == {"alice": 10_000, "alice_o2": 10_001, "bob": 10_002}


def test_a_uid_never_goes_to_a_name_that_somebody_else_holds(journal):
    journal.hold_usernames({"bob": "v"}, 1.0)
    journal.remember_usernames("o", {"u": "alice"})
    journal.remember_uids({"alice": 10_000})
    journal.remember_usernames("o", {"u": "bob"})
    journal.release_username("alice", 5.0)
    assert journal.known(6.0).uids == {"alice": 10_000}


def test_a_uid_once_served_never_changes_and_is_never_given_away(journal):
    journal.remember_uids({"alice": 10_000})
    journal.remember_uids({"alice": 10_009, "bob": 10_000, "carol": 10_001})
    assert journal.known(1.0).uids == {"alice": 10_000, "carol": 10_001}


def test_ten_thousand_names_are_known_in_as_many_statements_as_one(journal):
    def statements() -> int:
        seen: list[str] = []
        journal._connection.set_trace_callback(seen.append)
        known = journal.known(2.0)
        journal._connection.set_trace_callback(None)
        assert len(known.holders) == len(known.usernames) == len(known.uids)
        return len(seen)

    journal.remember_usernames("o", {"u0": "n0"})
    journal.remember_uids({"n0": 10_000})
    few = statements()
    journal.remember_usernames("o", {f"u{number}": f"n{number}" for number in range(10_000)})
    journal.remember_uids({f"n{number}": 10_000 + number for number in range(10_000)})
    assert (statements(), len(journal.known(2.0).holders)) == (few, 10_000)


def test_a_gid_and_whose_a_name_is_are_noted_once_and_never_change(journal):
    journal.remember_uids({"alice": 10_000, "bob": 10_001}, {"alice": 10_000}, {"bob": "u2"})
    journal.remember_uids({"alice": 10_000, "bob": 10_001}, {"alice": 77, "bob": 10_001}, {"alice": "u1", "bob": "u9"})
    known = journal.known(1.0)
    assert (known.gids, known.persons) == ({"alice": 10_000, "bob": 10_001}, {"alice": "u1", "bob": "u2"})


def test_a_gid_is_not_noted_beside_another_uid(journal):
    journal.remember_uids({"alice": 10_000})
    journal.remember_uids({"alice": 10_009}, {"alice": 10_009}, {"alice": "u1"})
    known = journal.known(1.0)
    assert (known.uids, known.gids, known.persons) == ({"alice": 10_000}, {}, {})


def test_gid_and_person_go_with_the_uid(let_go, take):
    let_go.remember_uids({"alice": 10_000}, {"alice": 10_000}, {"alice": "u"})
    take(let_go, "v")
    let_go.remember_uids({"alice": 10_002}, {"alice": 10_002}, {"alice": "v"})
    known = let_go.known(7.0)
    assert known.gids == {"alice": 10_002, "alice (once 10000)": 10_000}
    assert known.persons == {"alice": "v", "alice (once 10000)": "u"}


def test_a_name_that_was_served_to_another_than_its_holder_is_free_of_the_old_uid_once_released(journal):
    journal.remember_uids({"alice": 10_000}, {}, {"alice": "u"})
    journal.hold_usernames({"alice": "v"}, 2.0)
    journal.release_username("alice", 3.0)
    assert journal.known(4.0).uids == {"alice (once 10000)": 10_000}


@pytest.mark.parametrize(("strange", "name"), [(False, "alice"), (True, "alice (once 10000)")])
def test_a_uid_of_one_of_whom_only_the_name_was_known_leaves_it_only_where_that_is_another(journal, strange, name):
    journal.remember_uids({"alice": 10_000}, {}, {"alice": f"{NOBODY_IN_PARTICULAR}alice"})
    journal.hold_usernames({"alice": "u"}, 2.0)
    journal.release_username("alice", 3.0, strange=strange)
    assert journal.known(4.0).uids == {name: 10_000}


def test_whose_a_uid_is_is_learnt_after_its_name_and_never_forgotten_for_a_name(journal):
    for person, found in (
        ("name alice", "name alice"),
        ("", "name alice"),
        ("u", "u"),
        ("name alice", "u"),
        ("v", "u"),
    ):
        journal.remember_uids({"alice": 10_000}, {}, {"alice": person})
        assert journal.known(1.0).persons == {"alice": found}


def test_a_robot_s_name_that_nobody_holds_keeps_its_uid_when_it_is_released(journal):
    journal.remember_uids({"robot": 10_000}, {}, {"robot": "name robot"})
    journal.release_username("robot", 3.0)
    assert journal.known(4.0).uids == {"robot": 10_000}
