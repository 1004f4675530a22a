"""One person is one user: names and numbers by the ledger, however many offerings list the person."""

from dataclasses import replace

import pytest

from agent.core.model.marketplace import AccountKind
from agent.core.snapshot import Missing, Partial
from tests.core.admission.offerings import Offerings
from tests.core.admission.slices import B, group, names, reasons, user
from tests.fixtures.worlds import service_account, uuid_of

ZOE = user("zoe", 10_099)
ROBOT = f"{AccountKind.ROBOT} {service_account('robot', AccountKind.ROBOT).uuid}"


@pytest.fixture
def both() -> Offerings:
    """Alice works at both offerings, which list her with other numbers and each with a group of its own."""
    site = Offerings()
    site.a.people, site.b.people = {"alice": "alice"}, {"alice": "alice"}
    site.a.lists(user(othergroups=(20_001,)), groups=(group("20001", 20_001),))
    site.b.lists(user(uid=50_001, othergroups=(60_001,)), groups=(group("60001", 60_001),))
    return site


def test_a_person_of_two_offerings_has_the_numbers_of_the_first_and_the_groups_of_both(both: Offerings) -> None:
    result = both.admitted()
    assert result.directory.users == (user(othergroups=(20_001, 60_001)),)
    assert (result.refused, result.persons) == ((), {"alice": uuid_of("alice")})


def test_name_uid_and_own_group_stay_when_only_the_second_offering_lists_the_person(both: Offerings) -> None:
    both.publish()
    both.a.lists(ZOE, groups=(group("20001", 20_001),))
    result = both.admitted()
    assert result.directory.users[0] == user(uid=10_001, othergroups=(60_001,))
    assert group("alice", 10_001) in result.directory.groups
    assert group("alice", 50_001) not in result.directory.groups


def test_the_ledger_s_numbers_stay_when_the_marketplace_changes_them(both: Offerings) -> None:
    both.publish()
    both.a.lists(user(uid=10_777, sn="New"))
    served = both.user("alice")
    assert (served.uidnumber, served.primarygroup, served.sn) == (10_001, 10_001, "New")


def test_a_gid_that_the_journal_does_not_know_yet_is_that_of_the_published_own_group(both: Offerings) -> None:
    both.publish()
    both.known = replace(both.known, gids={})
    both.a.lists(user(uid=10_001, primarygroup=10_777))
    assert both.user("alice").primarygroup == 10_001


def test_a_lost_journal_takes_uid_and_gid_from_the_published_file(both: Offerings) -> None:
    both.publish()
    both.known = replace(both.known, uids={}, gids={}, persons={}, usernames={}, holders={})
    both.a, both.b = both.b, both.a
    assert (both.user("alice").uidnumber, both.user("alice").primarygroup) == (10_001, 10_001)


def test_nobody_gets_a_uid_of_which_it_is_not_known_whose_it_was(both: Offerings) -> None:
    """The journal is lost, or of a version that did not know whose a record was: the name may be another's now."""
    both.publish()
    both.known = replace(both.known, persons={})
    both.b.people = {"alice": "another"}
    both.a.lists(ZOE)
    both.b.lists(user(uid=50_001, sshkeys=("x",)))
    result = both.admitted()
    assert names(result) == ["zoe"]
    assert "alice" in reasons(result)
    both.known = replace(both.known, holders={}, usernames={})
    assert "it was 10001 before" in reasons(both.admitted())["alice"]


def test_a_person_who_was_served_before_anything_but_the_name_was_known_is_that_person(both: Offerings) -> None:
    both.a.people, both.b.people = {}, {}
    both.b.lists(ZOE)
    both.publish()
    assert both.known.persons["alice"] == "name alice"
    both.a.people = {"alice": "alice"}
    both.known = replace(both.known, holders={"alice": uuid_of("alice")})
    both.a.lists(user(disabled=True))
    result = both.admitted()
    assert (both.user("alice").disabled, result.refused) == (True, ())
    assert result.persons["alice"] == uuid_of("alice")


def test_a_retired_uid_gives_nobody_a_name(both: Offerings) -> None:
    both.b.lists(ZOE)
    both.known = replace(
        both.known, uids={"alice (once 10009)": 10_009}, persons={"alice (once 10009)": uuid_of("alice")}
    )
    assert both.user("alice").uidnumber == 10_001


def test_where_one_offering_lets_a_person_in_the_other_gives_neither_keys_nor_groups(both: Offerings) -> None:
    shell = {"loginshell": "/bin/sh"}
    both.a.lists(user(othergroups=(20_001,), disabled=True), groups=(group("20001", 20_001),))
    both.b.lists(user(uid=50_001, othergroups=(60_001,), **shell), groups=(group("60001", 60_001),))
    served = both.user("alice")
    assert (served.uidnumber, served.loginshell, served.othergroups) == (10_001, "/bin/sh", (60_001,))


def test_a_group_that_is_served_keeps_its_gid_whoever_s_own_group_comes_with_it(both: Offerings) -> None:
    both.publish()
    both.a.lists(user(othergroups=(20_001,)), user("bob", 60_001), groups=(group("20001", 20_001),))
    result = both.admitted()
    assert both.user("alice").othergroups == (20_001, 60_001)
    assert "belongs to the group 60001" in reasons(result)["bob"]


def test_a_group_that_is_served_keeps_its_name_whoever_comes_with_it(both: Offerings) -> None:
    both.a.lists(user(othergroups=(20_001,)), groups=(group("chem", 20_001),))
    both.publish()
    both.b.lists(user(uid=50_001), user("chem", 5))
    assert (both.user("alice").othergroups, "chem" in names(both.admitted())) == ((20_001,), False)
    assert group("chem", 20_001) in both.admitted().directory.groups


def test_no_group_gets_the_gid_of_another_that_is_still_served(both: Offerings) -> None:
    both.publish()
    both.a.lists(user(othergroups=(20_001,)), groups=(group("proj-b", 20_001),))
    assert "belongs to the group 20001" in reasons(both.admitted())["proj-b"]


def test_a_stranger_with_the_name_of_somebody_who_left_does_not_keep_the_login_open(twins) -> None:
    twins.publish()
    twins.a.lists(ZOE)
    assert [(one.name, one.stranger) for one in twins.admitted().refused] == [("alice", True)]


def test_a_person_who_was_renamed_in_the_marketplace_keeps_the_name_and_the_attributes_follow(both: Offerings) -> None:
    both.publish()
    both.a.people = {"alison": "alice"}
    both.a.lists(user("alison", mail="alison@uni.example"), groups=(group("20001", 20_001),))
    served = both.user("alice")
    assert (served.mail, served.homedir, served.othergroups) == ("alison@uni.example", "/home/alice", (60_001,))
    assert [one.name for one in both.admitted().directory.groups] == ["alice", "20001", "60001"]
    assert both.admitted().refused == ()


def test_a_second_name_of_a_person_is_not_served_and_its_groups_come_to_the_first(both: Offerings) -> None:
    both.b.people = {"asmith": "alice"}
    both.b.lists(user("asmith", 50_001, othergroups=(60_001,)), groups=(group("60001", 60_001),))
    result = both.admitted()
    assert [(one.name, one.othergroups) for one in result.directory.users] == [("alice", (20_001, 60_001))]
    assert "the same person is served as alice" in reasons(result)["asmith"]
    assert "agent users release asmith" in reasons(result)["asmith"]


def test_the_name_that_was_served_first_stays_whichever_offering_comes_first(both: Offerings) -> None:
    both.b.people = {"asmith": "alice"}
    both.b.lists(user("asmith", 50_001))
    both.publish()
    both.a, both.b = both.b, both.a
    assert names(both.admitted()) == ["alice"]


def test_a_person_whom_only_the_other_offering_lists_is_served_under_the_name_of_the_ledger(both: Offerings) -> None:
    both.b.people = {"asmith": "alice"}
    both.b.lists(user("asmith", 50_001))
    both.publish()
    both.a.lists(ZOE)
    result = both.admitted()
    assert [(one.name, one.uidnumber) for one in result.directory.users] == [("alice", 10_001), ("zoe", 10_099)]


@pytest.fixture
def twins() -> Offerings:
    """Two people with one name: the first offering's alice is not the second one's."""
    site = Offerings()
    site.a.people, site.b.people = {"alice": "alice"}, {"alice": "another", "bob": "bob"}
    site.a.lists(user())
    site.b.lists(
        user(uid=50_001, othergroups=(60_001,), sshkeys=("x",)),
        user("bob", 50_002, othergroups=(60_001,)),
        groups=(group("60001", 60_001),),
    )
    return site


def test_of_two_people_with_one_name_the_later_is_refused_and_its_groups_do_not_reach_the_first(twins) -> None:
    result = twins.admitted()
    assert [(one.name, one.othergroups) for one in result.directory.users] == [("alice", ()), ("bob", (60_001,))]
    assert f"the name is that of somebody else ({uuid_of('alice')[:8]})" in reasons(result)["alice"]
    assert "agent users release alice" in reasons(result)["alice"]


def test_a_name_that_was_served_stays_its_person_s_although_another_comes_first_now(twins) -> None:
    twins.publish()
    twins.known = replace(twins.known, holders={}, usernames={})
    twins.a, twins.b = twins.b, twins.a
    assert twins.admitted().persons["alice"] == uuid_of("alice")


def test_whoever_has_a_name_after_its_person_left_does_not_get_the_uid(twins) -> None:
    twins.publish()
    twins.a.lists(ZOE)
    twins.a.people = {}
    result = twins.admitted()
    assert names(result) == ["zoe", "bob"]
    assert "alice" in reasons(result)


def test_a_name_that_two_accounts_of_one_offering_have_is_served_for_neither() -> None:
    site = Offerings()
    site.a.people = {"alice": "alice"}
    site.a.services = [service_account("robot", AccountKind.ROBOT), service_account("robot")]
    site.a.lists(user(), user("robot", 10_002))
    assert names(site.admitted()) == ["alice"]
    assert "several accounts" in reasons(site.admitted())["robot"]


def test_a_robot_is_known_by_its_account_and_keeps_its_record_when_accounts_are_not_read_any_more() -> None:
    site = Offerings()
    site.a.services = [service_account("robot", AccountKind.ROBOT)]
    site.a.lists(user("robot"))
    assert site.admitted().persons == {"robot": ROBOT}
    site.publish()
    site.a.services = []
    site.known = replace(site.known, holders={"robot": ROBOT})
    assert names(site.admitted()) == ["robot"]


def test_a_robot_with_a_person_s_name_is_refused_and_a_person_s_keys_stay(both: Offerings) -> None:
    both.publish()
    both.b.people = {}
    both.known = replace(both.known, usernames={})
    result = both.admitted()
    assert [(one.name, one.othergroups) for one in result.directory.users] == [("alice", (20_001,))]
    assert "the name is that of somebody else" in reasons(result)["alice"]


@pytest.mark.parametrize("gap", [Missing("away"), Partial((), "cut off")])
def test_an_unknown_person_with_a_known_name_is_taken_for_the_same_while_users_are_not_known(both, gap) -> None:
    both.publish()
    both.b.people = {}
    both.b.sections["users"] = gap
    both.known = replace(both.known, usernames={})
    result = both.admitted()
    assert [(one.name, one.othergroups) for one in result.directory.users] == [("alice", (20_001, 60_001))]
    assert result.refused == ()


def test_of_two_records_the_one_that_is_surely_the_person_s_counts_whatever_their_order(both: Offerings) -> None:
    both.publish()
    both.b.people = {"asmith": "alice"}
    both.b.sections["users"] = Partial(both.b.snapshot().users.value, "cut off")
    both.known = replace(both.known, usernames={})
    both.a.lists(ZOE)
    both.b.lists(user(uid=50_009, sn="Thief"), user("asmith", 50_001, sn="Smith"))
    assert both.user("alice").sn == "Smith"


def test_who_is_only_taken_for_a_person_does_not_change_the_person_s_record(both: Offerings) -> None:
    both.publish()
    both.a.lists(ZOE)
    both.known = replace(both.known, usernames={})
    both.b.sections["users"] = Missing("away")
    both.b.lists(user(uid=50_001, mail="thief@uni.example"))
    result = both.admitted()
    assert names(result) == ["zoe"]
    assert "cannot be said" in reasons(result)["alice"]


def test_a_name_whose_uid_may_not_be_served_is_served_with_the_next_offering_s(both: Offerings) -> None:
    both.a.lists(user(uid=500))
    assert both.user("alice").uidnumber == 50_001


def test_a_released_name_is_only_served_with_the_uid_of_before(both: Offerings) -> None:
    both.publish()
    both.known = replace(both.known, let_go={"alice": 1.0}, holders={}, usernames={}, persons={})
    both.b.lists(ZOE)
    assert both.user("alice").uidnumber == 10_001
    both.a.lists(user(uid=10_777))
    assert "but it was 10001 before" in reasons(both.admitted())["alice"]


def test_a_user_s_own_group_never_has_the_gid_of_a_group_that_others_are_in(both: Offerings) -> None:
    both.a.lists(user(primarygroup=20_001), groups=(group("20001", 20_001),))
    both.b.lists(ZOE)
    result = both.admitted()
    assert names(result) == ["zoe"]
    assert "its gid 20001 belongs to the group 20001" in reasons(result)["alice"]


def test_an_own_group_of_an_earlier_offering_takes_its_gid_from_a_group_of_a_later_one(both: Offerings) -> None:
    bob = user("bob", 50_002, othergroups=(10_001,))
    both.b.lists(user(uid=50_001, othergroups=(10_001,)), bob, groups=(group("physics", 10_001),))
    result = both.admitted()
    assert result.directory.groups == (group("alice", 10_001), group("20001", 20_001), group("bob", 50_002))
    assert "belongs to the group alice" in reasons(result)["physics"]
    assert [one.othergroups for one in result.directory.users] == [(20_001,), ()]


def test_no_group_gets_the_gid_that_an_own_group_once_had(both: Offerings) -> None:
    both.publish()
    both.a.lists(ZOE, groups=(group("physics", 10_001),))
    both.b.lists(ZOE)
    result = both.admitted()
    assert result.directory.groups == (group("zoe", 10_099),)
    assert "belongs to the group alice" in reasons(result)["physics"]


def test_no_group_has_the_name_of_a_user_who_was_ever_served(both: Offerings) -> None:
    both.publish()
    both.a.lists(ZOE, groups=(group("alice", 20_005),))
    both.b.lists(ZOE)
    assert both.admitted().directory.groups == (group("zoe", 10_099),)


def test_a_person_is_never_served_under_a_name_that_was_released(both: Offerings) -> None:
    both.publish()
    both.known = replace(both.known, let_go={"alice": 1.0}, holders={}, usernames={})
    both.a.people = {"alison": "alice"}
    both.a.lists(user("alison", 10_002))
    both.b.lists(ZOE)
    assert names(both.admitted()) == ["alison", "zoe"]


@pytest.mark.parametrize("section", ["users", "services"])
def test_a_robot_stays_itself_while_users_or_accounts_are_not_known(section: str) -> None:
    site = Offerings()
    site.a.services = [service_account("robot", AccountKind.ROBOT)]
    site.a.lists(user("robot"))
    site.publish()
    site.known = replace(site.known, holders={"robot": ROBOT})
    site.a.services, site.a.sections[section] = [], Missing("away")
    site.a.lists(user("robot", sn="New"))
    assert [(one.name, one.sn) for one in site.admitted().directory.users] == [("robot", "New")]


def test_a_new_record_of_which_only_the_name_is_known_waits_until_the_users_are(both: Offerings) -> None:
    both.a.lists(user(), user("robot", 10_007))
    both.a.sections["users"] = Missing("away")
    assert "robot" not in names(both.admitted())
    del both.a.sections["users"]
    assert "robot" in names(both.admitted())
    both.publish()
    both.a.sections["users"] = Missing("away")
    assert "robot" in names(both.admitted()), "it was served before"


def test_a_person_never_takes_over_the_record_of_an_account_of_which_only_the_name_is_known(both: Offerings) -> None:
    both.a.lists(user("robot", 10_007))
    both.b.lists(ZOE)
    both.publish()
    both.b.people = {"robot": "thief"}
    both.b.lists(ZOE, user("robot", 50_007, sshkeys=("x",)))
    both.a.lists(user("zed", 10_008))
    result = both.admitted()
    assert names(result) == ["zed", "zoe"]
    assert "an account of which only the name is known" in reasons(result)["robot"]


def test_a_person_disabled_everywhere_is_named_as_such_even_when_the_record_is_refused(both: Offerings) -> None:
    both.policy = replace(both.policy, uid_range=(70_000, 80_000))
    both.a.lists(user(disabled=True))
    assert [record.locked for record in both.admitted().refused if record.kind == "user"] == [False]
    both.b.lists(user(uid=50_001, disabled=True))
    assert [record.locked for record in both.admitted().refused if record.kind == "user"] == [True]


def test_somebody_else_s_being_disabled_is_no_word_about_the_person_who_has_the_name(twins) -> None:
    twins.publish()
    twins.b.lists(user(uid=50_001, disabled=True))
    assert [record.locked for record in twins.admitted().refused if record.kind == "user"] == [False]


def test_neither_an_old_feed_nor_somebody_who_may_be_another_says_that_a_refused_record_is_disabled(both) -> None:
    both.publish()
    both.a.lists(ZOE)
    both.known = replace(both.known, usernames={})
    both.b.lists(user(uid=50_001, disabled=True))
    both.b.sections["users"] = Missing("away")
    assert [(one.name, one.locked) for one in both.admitted().refused] == [("alice", False)]
    del both.b.sections["users"]
    both.policy = replace(both.policy, uid_range=(70_000, 80_000))
    refused = {one.name: one.locked for one in both.admitted().refused}
    assert refused == {"alice": True, "zoe": False}
    both.last_good[B] = both.b.feed.value
    both.b.feed = Missing("away")
    assert not any(one.locked for one in both.admitted().refused)
