"""A feed that cannot be read, is cut off or lists nobody: what was last read whole stands in for it."""

from dataclasses import replace

import pytest

from agent.core.admission import Doubt
from agent.core.admission.feeds import believed
from agent.core.diff.directory import Whose, directory_actions
from agent.core.model.directory import Directory, Feed
from agent.core.snapshot import Complete, Missing, Partial
from tests.core.admission.offerings import Offerings
from tests.core.admission.slices import A, B, feed, group, names, user
from tests.fixtures.worlds import uuid_of

OUTAGE = Missing("line 3, column 7")
ADA, BOB, ZOE = user("ada", 10_001, othergroups=(20_001,)), user("bob", 10_002), user("zoe", 50_001)


@pytest.fixture
def site() -> Offerings:
    """Ada and Bob at the first offering, Zoe at the second; all of them published."""
    found = Offerings()
    found.a.people, found.b.people = {"ada": "ada", "bob": "bob"}, {"zoe": "zoe"}
    found.a.lists(ADA, BOB, groups=(group("20001", 20_001),))
    found.b.lists(ZOE)
    found.publish()
    return found


def test_the_last_good_feed_stands_in_for_one_that_cannot_be_read(site: Offerings) -> None:
    site.a.feed = OUTAGE
    result = site.admitted()
    assert (result.directory, result.refused) == (site.published, ())
    assert (result.doubt.whole, result.doubt.fresh) == (True, False)


def test_without_a_last_good_feed_there_is_only_what_the_others_list_and_only_additions(site: Offerings) -> None:
    site.a.feed, site.last_good = OUTAGE, {}
    site.a.sections["users"] = Missing("away")
    result = site.admitted()
    assert (names(result), result.doubt) == (["zoe"], Doubt(whole=False, fresh=False))
    assert result.notices == (
        "directory: who is at offering HPC was never read whole, neither the feed nor the users, and until one is there"
        " are only additions",
    )


def test_an_offering_that_was_never_read_keeps_its_own_people_and_does_not_stop_the_others(site: Offerings) -> None:
    site.a.feed, site.last_good = OUTAGE, {}
    site.b.people |= {"ada": "ada"}
    site.b.lists(replace(ZOE, disabled=True), user("ada", 50_002, disabled=True))
    result = site.admitted()
    assert (result.doubt.whole, result.doubt.fresh, result.doubt.people) == (True, False, frozenset({"ada"}))
    found = list(directory_actions(result.directory, site.published, Whose(), result.doubt))
    assert [one.describe() for one in found] == ["change zoe in the directory: loginshell, disabled"]


def test_nothing_is_admitted_when_no_feed_was_ever_read(site: Offerings) -> None:
    site.a.feed, site.b.feed, site.last_good = OUTAGE, OUTAGE, {}
    with pytest.raises(AssertionError):
        site.admitted()


def test_of_a_feed_that_was_cut_off_its_records_count_and_of_the_others_the_last_good_ones(site: Offerings) -> None:
    site.a.feed = Partial(Feed(directory=feed(replace(BOB, sn="New"), user("carl", 10_003))), "one record is bad")
    result = site.admitted()
    assert [(one.name, one.sn, one.othergroups) for one in result.directory.users] == [
        ("ada", "", (20_001,)),
        ("bob", "New", ()),
        ("carl", "", ()),
        ("zoe", "", ()),
    ]
    assert not result.doubt.fresh


def test_of_a_feed_that_was_cut_off_only_its_records_count_where_there_is_no_last_good_one(site: Offerings) -> None:
    site.last_good = {}
    site.a.feed = Partial(Feed(directory=feed(BOB)), "one record is bad")
    result = site.admitted()
    assert (names(result), result.doubt.fresh) == (["bob", "zoe"], False)
    assert list(directory_actions(result.directory, site.published, Whose(), result.doubt)) == []


def test_a_person_who_was_renamed_between_two_feeds_is_not_there_twice(site: Offerings) -> None:
    site.a.people = {"ada": "ada", "robert": "bob"}
    site.a.feed = Partial(Feed(directory=feed(replace(BOB, name="robert"))), "one record is bad")
    result = site.admitted()
    assert (names(result), result.refused) == (["ada", "bob", "zoe"], ())


def test_a_feed_that_lists_nobody_although_it_did_is_held_and_says_how_to_go_on(site: Offerings) -> None:
    site.a.lists()
    result = site.admitted()
    assert (result.directory, result.doubt.fresh) == (site.published, False)
    confirmed = site.admitted(confirmed=True)
    assert (names(confirmed), confirmed.doubt) == (["zoe"], Doubt())


def test_groups_alone_are_nobody_too(site: Offerings) -> None:
    site.a.lists(groups=(group("20001", 20_001),))
    assert site.admitted().directory == site.published


def test_a_feed_that_never_listed_anybody_may_stay_empty(site: Offerings) -> None:
    site.last_good = {A: Feed(), B: site.last_good[B]}
    site.a.lists()
    assert (names(site.admitted()), site.admitted().doubt) == (["zoe"], Doubt())


def test_nobody_of_a_feed_that_was_not_read_is_disabled_and_the_others_are(site: Offerings) -> None:
    site.a.feed = OUTAGE
    assert site.admitted().doubt.people == {"ada", "bob"}


def test_a_robot_of_a_feed_that_was_not_read_is_in_doubt_too(site: Offerings) -> None:
    site.a.lists(ADA, BOB, user("robot", 10_005))
    site.publish()
    site.a.feed = OUTAGE
    assert site.admitted().doubt.people == {"ada", "bob", "robot"}


def test_who_may_be_new_in_a_feed_that_was_not_read_is_not_disabled_either(site: Offerings) -> None:
    site.a.feed = OUTAGE
    site.a.people["zoe"] = "zoe"
    assert site.admitted().doubt.people == {"ada", "bob", "zoe"}
    del site.a.people["zoe"]
    site.known = replace(site.known, usernames={**site.known.usernames, (A, uuid_of("zoe")): "zoe"})
    assert site.admitted().doubt.people == {"ada", "bob", "zoe"}


def test_memberships_end_only_in_groups_that_feeds_read_now_give_alone(site: Offerings) -> None:
    site.b.lists(ZOE, groups=(group("physics", 60_001), group("shared", 30_000)))
    site.a.lists(ADA, BOB, groups=(group("20001", 20_001), group("shared", 30_000)))
    site.publish()
    assert site.admitted().doubt == Doubt()
    site.a.feed = OUTAGE
    assert site.admitted().doubt.groups == {60_001}


def test_what_a_record_was_last_is_used_whatever_happened_to_its_offering_user(site: Offerings) -> None:
    site.a.feed, site.a.people = OUTAGE, {}
    assert site.admitted().directory == site.published


def test_nothing_is_published_of_a_feed_s_own_when_the_directory_is_empty() -> None:
    assert Offerings().admitted().directory == Directory()


def test_a_feed_that_lists_somebody_is_believed_however_many_there_were(site: Offerings) -> None:
    site.a.lists(ADA)
    observed = site.observed()
    assert believed(observed, site.last_good, confirmed=False) == observed


def test_a_feed_with_keys_that_no_marketplace_writes_is_named_once(site: Offerings) -> None:
    assert site.admitted().notices == ()
    assert isinstance(site.a.feed, Complete)
    site.a.feed = Complete(replace(site.a.feed.value, strange=("capabilities", "otpsecret")))
    assert site.admitted().notices == (
        "directory: the feed of offering HPC holds capabilities, otpsecret, which no marketplace writes; none of it is"
        " served, but see who put it there",
    )
