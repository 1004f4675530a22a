"""How large a directory may be, one shared group instead of a group each, and what belongs to one person only."""

from dataclasses import replace

from agent.core.model.directory import Directory
from tests.core.admission.slices import POLICY, admitted, feed, group, names, reasons, user

SHARED = replace(POLICY, shared_group=("people", 5_000))


def many(count: int) -> Directory:
    return feed(*(user(f"u{number}", 10_000 + number) for number in range(count)))


def test_a_directory_of_more_users_or_groups_than_the_policy_has_is_refused_whole():
    policy = replace(POLICY, most_users=3, most_groups=1)
    assert (names(admitted(many(3), policy=policy)), admitted(many(3), policy=policy).refusal) == (
        ["u0", "u1", "u2"],
        "",
    )
    result = admitted(many(4), policy=policy)
    assert result.directory == Directory()
    assert "the feeds list 4 users, and more than 3 are taken for a mistake" in result.refusal
    groups = Directory(groups=(group("20001", 20_001), group("20002", 20_002)))
    assert "the feeds list 2 groups, and more than 1" in admitted(groups, policy=policy).refusal


def test_users_own_groups_do_not_count_as_groups():
    assert admitted(many(4), policy=replace(POLICY, most_groups=0)).refusal == ""


def test_where_lookups_get_slower_than_sssd_waits_a_notice_says_so_once():
    assert admitted(many(4000)).notices == ()
    (notice,) = admitted(many(4001)).notices
    assert notice.startswith("directory: with 4001 users and 4001 groups one lookup in GLAuth takes longer")
    assert admitted(many(4001), policy=SHARED).notices == ()


def test_with_a_shared_group_everybody_is_in_it_and_nobody_has_a_group_alone():
    directory = feed(user(othergroups=(20_001,)), user("bob", 10_002), groups=(group("20001", 20_001),))
    result = admitted(directory, policy=SHARED)
    assert [(one.primarygroup, one.othergroups) for one in result.directory.users] == [(5_000, (20_001,)), (5_000, ())]
    assert result.directory.groups == (group("people", 5_000), group("20001", 20_001))
    assert (result.refused, result.own_groups) == ((), {})


def test_no_feed_s_group_has_the_name_or_the_gid_of_the_shared_one():
    policy = replace(SHARED, shared_group=("people", 20_000))
    result = admitted(feed(user(), groups=(group("people", 20_001), group("physics", 20_000))), policy=policy)
    assert result.directory.groups == (group("people", 20_000),)
    assert "the group with gid 20000 already" in reasons(result)["people"]
    assert "belongs to the group people" in reasons(result)["physics"]


def test_of_two_people_with_one_address_the_later_has_none():
    pair = feed(user(mail="lab@uni.example"), user("bob", 10_002, mail="Lab@Uni.example"), user("eve", 10_003))
    assert [one.mail for one in admitted(pair).directory.users] == ["lab@uni.example", "", ""]
