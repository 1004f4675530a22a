"""An offering with ranges of its own: its new users and groups are within them, and who was served before stays."""

from dataclasses import replace

import pytest

from tests.core.admission.offerings import Offerings
from tests.core.admission.slices import A, B, group, names, reasons, user

OWN = (50_000, 59_999)


@pytest.fixture
def ranged() -> Offerings:
    """Only the second offering has ranges of its own."""
    site = Offerings()
    site.a.people, site.b.people = {"alice": "alice"}, {"bob": "bob"}
    site.policy = replace(site.policy, uid_ranges={B: OWN}, gid_ranges={B: OWN})
    site.a.lists(user())
    return site


@pytest.mark.parametrize(("uid", "served"), [(49_999, False), (50_000, True), (59_999, True), (60_000, False)])
def test_a_new_user_of_the_offering_is_within_its_own_range(ranged: Offerings, uid: int, served: bool) -> None:
    ranged.b.lists(user("bob", uid, primarygroup=50_500))
    assert ("bob" in names(ranged.admitted())) is served
    if not served:
        assert f"its uid {uid} is not in 50000-59999 (uid_range" in reasons(ranged.admitted())["bob"]


def test_an_offering_without_a_range_keeps_to_that_of_all(ranged: Offerings) -> None:
    ranged.policy = replace(ranged.policy, uid_range=(10_000, 19_999))
    ranged.a.lists(user(uid=50_001))
    assert "is not in 10000-19999" in reasons(ranged.admitted())["alice"]


def test_groups_keep_to_the_range_of_their_offering(ranged: Offerings) -> None:
    ranged.b.lists(user("bob", 50_001, primarygroup=9_999), groups=(group("g20001", 20_001), group("g50900", 50_900)))
    result = ranged.admitted()
    assert [one.name for one in result.directory.groups] == ["alice", "g50900"]
    assert "is not in 50000-59999 (gid_range" in reasons(result)["g20001"]
    assert "is not in 50000-59999 (gid_range" in reasons(result)["bob"]


def test_who_was_served_by_another_offering_first_keeps_the_numbers(ranged: Offerings) -> None:
    ranged.publish()
    ranged.a.lists()
    ranged.a.people, ranged.b.people = {}, {"alice": "alice"}
    ranged.b.lists(user(uid=50_001))
    served = ranged.user("alice")
    assert (served.uidnumber, served.primarygroup) == (10_001, 10_001)


def test_numbers_of_no_range_at_all_are_refused_whoever_had_them(ranged: Offerings) -> None:
    ranged.publish()
    ranged.policy = replace(ranged.policy, uid_range=(20_000, 29_999), uid_ranges={A: (30_000, 39_999), B: OWN})
    assert "its uid 10001 is not in 20000-29999 or 30000-39999 or 50000-59999" in reasons(ranged.admitted())["alice"]
