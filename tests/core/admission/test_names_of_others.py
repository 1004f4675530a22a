"""A name that somebody else has is no word about their record: it neither keeps a login open nor closes one."""

from dataclasses import replace

import pytest

from agent.core.actions import DisableDirectoryUser, PutDirectoryUser
from agent.core.cycle import make_plan
from agent.core.plan import Plan
from agent.core.snapshot import Partial
from tests.core.admission.offerings import AT_A, AT_B, Offerings
from tests.core.admission.slices import A, B, user
from tests.fixtures.worlds import GENEROUS, uuid_of

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
ALICE, BOB, BOB_AT_B = user(), user("bob", 10_002, sshkeys=(KEY,)), user("bob", 50_001)


@pytest.fixture
def two() -> Offerings:
    """P was served as alice and Q as bob, both by the first offering."""
    site = Offerings()
    site.a.people = {"alice": "P", "bob": "Q"}
    site.a.lists(ALICE, BOB)
    site.publish()
    return site


def planned(site: Offerings) -> Plan:
    makers = {A: lambda _: "", B: lambda _: ""}
    return make_plan(site.observed(), [AT_A, AT_B], GENEROUS, site.known, makers, site.admitted(), confirmed=True)


def what_becomes_of_bob(site: Offerings) -> list[str]:
    actions = planned(site).actions
    directory = [one for one in actions if isinstance(one, DisableDirectoryUser | PutDirectoryUser)]
    return [one.kind for one in directory if one.user.name == "bob"]


def flags(site: Offerings) -> list[tuple[str, bool, bool]]:
    return [(one.name, one.locked, one.stranger) for one in site.admitted().refused]


def test_who_left_is_locked_out_although_another_offering_calls_somebody_else_so(two: Offerings) -> None:
    two.a.people, two.b.people = {"alice": "P"}, {"bob": "P"}
    two.a.lists(ALICE)
    two.b.lists(BOB_AT_B)
    assert flags(two) == [("bob", False, True)]
    assert what_becomes_of_bob(two) == ["disable directory user"]


def test_who_left_is_locked_out_although_one_feed_lists_somebody_else_under_both_names(two: Offerings) -> None:
    two.a.people = {"alice": "P", "bob": "P"}
    two.a.lists(ALICE, BOB)
    assert flags(two) == [("bob", False, True)]
    assert what_becomes_of_bob(two) == ["disable directory user"]


def test_who_left_is_locked_out_although_two_others_of_one_offering_are_called_so(two: Offerings) -> None:
    two.a.people = {"alice": "P"}
    two.a.lists(ALICE)
    two.b.sections["users"] = replace(two.b.snapshot().users, value=(*called_bob("R"), *called_bob("S")))
    two.b.lists(BOB_AT_B)
    assert flags(two) == [("bob", False, True)]
    assert what_becomes_of_bob(two) == ["disable directory user"]
    two.b.sections["users"] = Partial(two.b.sections["users"].value, "cut off")
    assert flags(two) == [("bob", False, False)], "the one who has the name may be among the users that were not read"


def called_bob(person: str):
    side = Offerings().a
    side.people = {"bob": person}
    return side.snapshot().users.value


@pytest.fixture
def refused(two: Offerings) -> Offerings:
    """Q's record is refused in this cycle; P is disabled everywhere, and called bob at the second offering."""
    two.policy = replace(two.policy, reserved_uids=frozenset({10_002}))
    two.b.people = {"bob": "P"}
    two.a.lists(user(disabled=True), BOB)
    two.b.lists(replace(BOB_AT_B, disabled=True))
    return two


def test_nobody_is_locked_out_because_somebody_disabled_has_the_name_elsewhere(refused: Offerings) -> None:
    assert flags(refused) == [("bob", False, True), ("bob", False, False)]
    assert what_becomes_of_bob(refused) == []


def test_nor_when_it_is_not_known_whose_the_name_is(refused: Offerings) -> None:
    refused.known = replace(refused.known, holders={}, usernames={}, persons={})
    assert not any(one.locked for one in refused.admitted().refused)
    assert what_becomes_of_bob(refused) == []


def test_who_is_disabled_everywhere_is_locked_out_although_the_record_is_refused(refused: Offerings) -> None:
    refused.a.lists(user(disabled=True), replace(BOB, disabled=True))
    assert flags(refused) == [("bob", False, True), ("bob", True, False)]
    assert what_becomes_of_bob(refused) == ["put directory user"]


def test_of_two_people_who_would_both_have_the_name_one_alone_locks_nobody_out(refused: Offerings) -> None:
    refused.known = replace(refused.known, holders={}, usernames={}, persons={})
    refused.a.people, refused.a.feed = {"bob": "Q"}, replace(refused.a.feed)
    refused.a.lists(BOB)
    assert flags(refused) == [("bob", False, False), ("bob", False, False)]
    refused.a.lists(replace(BOB, disabled=True))
    assert flags(refused) == [("bob", True, False), ("bob", True, False)]


def test_the_record_under_a_name_that_is_the_person_s_own_as_well_stays(two: Offerings) -> None:
    two.a.people, two.b.people = {"alice": "P"}, {"bob": "P"}
    two.known = replace(
        two.known, holders={"alice": uuid_of("P"), "bob": uuid_of("P")}, persons={"alice": uuid_of("P")}
    )
    two.a.lists(ALICE)
    two.b.lists(BOB_AT_B)
    assert flags(two) == [("bob", False, False)]
    assert what_becomes_of_bob(two) == []
