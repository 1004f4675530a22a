"""Which directory records are served, sentence by sentence."""

from dataclasses import replace

import pytest

from agent.core.admission import Admitted, admit
from agent.core.admission.identity import GROUP_NAMES, USER_NAMES
from agent.core.admission.ledger import ledger
from agent.core.known import Known
from agent.core.model.directory import Directory
from tests.core.admission.slices import POLICY, A, B, admitted, book, feed, group, names, reasons, sliced, user


def test_a_good_user_is_served_as_it_is_with_its_groups_in_order():
    alice = user(othergroups=(20_002, 20_001, 20_002), givenname="Alice", sn="Smith", mail="alice@uni.example")
    result = admitted(feed(alice, groups=(group("20002", 20_002), group("20001", 20_001))))
    assert result.directory == Directory(
        users=(replace(alice, othergroups=(20_001, 20_002)),),
        groups=(group("alice", 10_001), group("20001", 20_001), group("20002", 20_002)),
    )
    assert result.refused == ()


def test_users_come_out_by_uid_and_groups_by_gid():
    result = admitted(feed(user("zoe", 10_003), user("adam", 10_009), user("mia", 10_001)))
    assert names(result) == ["mia", "zoe", "adam"]
    assert [one.gidnumber for one in result.directory.groups] == [10_001, 10_003, 10_009]


def test_nothing_listed_is_nothing_served():
    assert admitted(Directory()) == Admitted()


@pytest.mark.parametrize(
    "name", ["", "Alice", "ALICE", "1a", "-x", "al ice", "a,b", "a=b", "a/b", "é", "a\n", "x" * 33]
)
def test_a_name_that_is_no_plain_unix_name_is_refused(name):
    result = admitted(feed(user(name)))
    assert result.directory == Directory()
    assert "must be 1 to 32" in result.refused[0].reason


def words(text: str) -> list[str]:
    return text.split()


# Asked here one by one, so that none is deleted unnoticed.
DENIED_USERS = words("""
root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc nobody slurm munge sshd sssd glauth
ldap dbus messagebus polkitd systemd-network systemd-resolve systemd-timesync admin administrator operator postgres
mysql
""")
DENIED_GROUPS = words("""
root wheel sudo admin adm docker podman disk shadow kmem lxd lxc libvirt kvm slurm munge staff tty tape video render
systemd-journal sssd ssh sshd ssl-cert daemon bin sys mail nogroup nobody users sasl netdev plugdev dialout ssh_keys sgx
input audio cdrom floppy lpadmin wireshark
""")


def test_every_name_that_is_denied_is_asked_about():
    assert (set(DENIED_USERS), set(DENIED_GROUPS)) == (USER_NAMES, GROUP_NAMES)


@pytest.mark.parametrize("name", DENIED_USERS)
def test_a_name_of_the_system_is_refused(name):
    assert "belongs to the system" in reasons(admitted(feed(user(name))))[name]


def test_a_name_of_this_host_is_refused_however_it_is_written_there():
    policy = replace(POLICY, reserved_names=frozenset({"Debian-Exim", "bob"}))
    result = admitted(feed(user("debian-exim", 10_001), user("bob", 10_002), user("carol", 10_003)), policy=policy)
    assert names(result) == ["carol"]
    assert set(reasons(result)) == {"debian-exim", "bob"}


@pytest.mark.parametrize("uid", [-1, 0, 27, 999, 9_999, 2_000_000_001, 2**31, 2**32])
def test_a_uid_outside_the_range_is_refused_and_the_reason_names_the_range(uid):
    result = admitted(feed(user(uid=uid)))
    assert result.directory == Directory()
    assert f"its uid {uid} is not in 10000-2000000000 (uid_range" in reasons(result)["alice"]


@pytest.mark.parametrize("uid", [10_000, 2_000_000_000])
def test_the_ends_of_the_range_may_be_served(uid):
    assert names(admitted(feed(user(uid=uid)))) == ["alice"]


def test_not_even_the_settings_can_open_the_system_s_ids():
    wide = replace(POLICY, uid_range=(1, 2**32 - 2), gid_range=(1, 2**32 - 2))
    for number in (1, 999, 2**31, 2**32 - 2, 61_184, 65_519, 65_534, 65_535):
        assert admitted(feed(user(uid=number)), policy=wide).directory == Directory(), number
    assert names(admitted(feed(user(uid=1000)), policy=wide)) == ["alice"]


def test_a_uid_and_a_gid_of_this_host_are_refused():
    policy = replace(POLICY, reserved_uids=frozenset({10_001}), reserved_gids=frozenset({20_001}))
    result = admitted(feed(user(), user("bob", 10_002), groups=(group("20001", 20_001),)), policy=policy)
    assert names(result) == ["bob"]
    assert "in use by this host" in reasons(result)["alice"]
    assert "in use by this host" in reasons(result)["20001"]


def test_of_two_users_with_one_uid_the_first_is_served():
    result = admitted(feed(user("alice"), user("bob", 10_001, primarygroup=10_002)))
    assert names(result) == ["alice"]
    assert reasons(result) == {"bob": "its uid 10001 belongs to alice"}


def test_a_name_listed_twice_by_one_offering_is_served_once_and_its_second_record_gives_nothing():
    twice = Directory(
        users=(user(), user(uid=10_009, primarygroup=10_001, othergroups=(20_001,))),
        groups=(group("alice", 10_001), group("20001", 20_001)),
    )
    result = admitted(twice)
    assert [(one.uidnumber, one.othergroups) for one in result.directory.users] == [(10_001, ())]
    assert "listed twice" in reasons(result)["alice"]


def test_a_name_that_cannot_be_printed_is_escaped_and_cut():
    shown = admitted(feed(user("evil\x1b[2J\n" + "x" * 500))).refused[0].name
    assert shown.startswith("evil\\x1b[2J\\n")
    assert shown.isprintable()
    assert len(shown) < 80


def test_the_one_good_record_is_served_beside_the_bad_ones():
    assert names(admitted(feed(user("root", 10_002), user("carol", 0), user("alice")))) == ["alice"]


# The ledger


def test_a_name_keeps_the_uid_it_had():
    result = admitted(feed(user(uid=10_009)), uids={"alice": 10_001})
    assert result.directory == Directory()
    assert reasons(result)["alice"] == "its uid is 10009, but it was 10001 before, and the files belong to 10001"


def test_a_uid_is_never_given_to_another_name():
    result = admitted(feed(user("mallory", 10_001)), uids={"alice": 10_001})
    assert result.directory == Directory()
    assert reasons(result) == {"mallory": "its uid 10001 belongs to alice"}


def test_whoever_is_in_the_ledger_with_the_same_uid_is_served():
    assert names(admitted(feed(user()), uids={"alice": 10_001, "bob": 10_002})) == ["alice"]


# Groups


@pytest.mark.parametrize("name", DENIED_GROUPS)
def test_a_group_with_power_over_the_host_is_refused(name):
    result = admitted(feed(user(othergroups=(20_001,)), groups=(group(name, 20_001),)))
    assert [one.name for one in result.directory.groups] == ["alice"]
    assert result.directory.users[0].othergroups == ()
    assert "belongs to the system" in reasons(result)[name]


def test_a_group_with_a_gid_of_the_system_is_refused():
    result = admitted(feed(user(othergroups=(27,)), groups=(group("project", 27),)))
    assert result.directory.users[0].othergroups == ()
    assert "gid 27 is not in" in reasons(result)["project"]


def test_a_group_called_by_a_number_must_have_that_number():
    result = admitted(feed(groups=(group("20001", 20_002), group("20003", 20_003))))
    assert [one.name for one in result.directory.groups] == ["20003"]
    assert "the gid is another, 20002" in reasons(result)["20001"]


def test_a_group_of_this_host_is_not_shadowed():
    policy = replace(POLICY, reserved_group_names=frozenset({"Physics"}))
    assert "physics" in reasons(admitted(feed(groups=(group("physics", 20_001),)), policy=policy))


def test_of_two_groups_with_one_gid_or_one_name_the_first_is_served():
    result = admitted(feed(groups=(group("one", 20_001), group("two", 20_001), group("one", 20_002))))
    assert result.directory.groups == (group("one", 20_001),)
    assert [record.name for record in result.refused] == ["two", "one"]


def test_a_group_that_is_listed_twice_alike_is_no_offence():
    result = admitted(feed(groups=(group("20001", 20_001), group("20001", 20_001))))
    assert result == Admitted(directory=Directory(groups=(group("20001", 20_001),)))


def test_a_membership_of_a_group_nobody_lists_is_dropped():
    assert admitted(feed(user(othergroups=(31_000,)))).directory.users[0].othergroups == ()


def test_a_user_whose_primary_group_is_not_there_is_refused():
    result = admitted(Directory(users=(user(primarygroup=31_000),)))
    assert result.directory == Directory()
    assert "primary group 31000" in reasons(result)["alice"]


def test_a_user_whose_primary_group_is_refused_is_refused():
    result = admitted(Directory(users=(user(primarygroup=27),), groups=(group("sudo", 27),)))
    assert result.directory == Directory()
    assert set(reasons(result)) == {"alice", "sudo"}


def test_users_may_share_a_primary_group():
    pair = (user("alice", 10_001, primarygroup=20_000), user("bob", 10_002, primarygroup=20_000))
    result = admitted(Directory(users=pair, groups=(group("people", 20_000),)))
    assert names(result) == ["alice", "bob"]


def test_nobody_else_gets_into_a_personal_group():
    mallory = user("mallory", 10_002, othergroups=(10_001,))
    carol = user("carol", 10_003, primarygroup=10_001)
    result = admitted(Directory(users=(user(), mallory, carol), groups=feed(user(), mallory).groups))
    assert [(one.name, one.othergroups) for one in result.directory.users] == [("alice", ()), ("mallory", ())]
    assert "primary group 10001" in reasons(result)["carol"]


def test_a_group_with_a_user_s_name_must_be_that_user_s_primary_group():
    bob = user("bob", 10_002, othergroups=(20_001,))
    sneaky = Directory(
        users=(user(primarygroup=20_000), bob),
        groups=(group("people", 20_000), group("alice", 20_001), group("bob", 10_002)),
    )
    result = admitted(sneaky)
    assert result.directory.users[1].othergroups == ()
    assert "whose primary group is not 20001" in reasons(result)["alice"]


def test_the_personal_group_of_a_refused_user_is_not_served_and_not_reported_apart():
    result = admitted(feed(user("root", 10_001)))
    assert result.directory == Directory()
    assert [record.kind for record in result.refused] == ["user"]


# Several offerings


def test_a_person_in_two_offerings_is_one_user_with_the_memberships_of_both():
    here = feed(user(othergroups=(20_001,)), groups=(group("20001", 20_001),))
    there = feed(user(uid=50_001, othergroups=(60_001,)), groups=(group("60001", 60_001),))
    result = admitted(here, there)
    assert result.directory.users == (user(othergroups=(20_001, 60_001)),)
    assert [one.gidnumber for one in result.directory.groups] == [10_001, 20_001, 60_001]
    assert result.refused == ()


def test_the_ledger_decides_which_offering_s_record_counts():
    result = admitted(feed(user()), feed(user(uid=50_001)), uids={"alice": 50_001})
    assert [one.uidnumber for one in result.directory.users] == [50_001]
    assert result.directory.groups == (group("alice", 50_001),)


def test_a_record_whose_uid_may_not_be_served_leaves_the_place_to_the_next_offering_s():
    result = admitted(feed(user(uid=500)), feed(user(uid=50_001)))
    assert [one.uidnumber for one in result.directory.users] == [50_001]
    assert result.refused == ()


def test_a_user_is_disabled_only_when_every_offering_says_so():
    one, two = user(disabled=True), user(uid=50_001, disabled=True)
    assert admitted(feed(one), feed(two)).directory.users[0].disabled
    assert not admitted(feed(one), feed(replace(two, disabled=False))).directory.users[0].disabled


def test_one_offering_cannot_put_its_users_into_a_group_of_another():
    here = feed(user(), groups=(group("20001", 20_001),))
    there = feed(user("bob", 50_001, othergroups=(20_001,)))
    assert [one.othergroups for one in admitted(here, there).directory.users] == [(), ()]


def test_a_number_that_two_offerings_give_to_a_group_is_two_groups_and_the_first_keeps_it():
    here = feed(user(othergroups=(20_001,)), groups=(group("20001", 20_001),))
    there = feed(user("bob", 50_001, othergroups=(20_001,)), groups=(group("20001", 20_001),))
    result = admitted(here, there)
    assert [one.othergroups for one in result.directory.users] == [(20_001,), ()]
    assert "give the offerings ranges that do not meet" in reasons(result)["20001"]


def test_a_named_group_with_the_same_gid_in_two_offerings_is_one_group():
    here = feed(user(othergroups=(20_001,)), groups=(group("physics", 20_001),))
    there = feed(user("bob", 50_001, othergroups=(20_001,)), groups=(group("physics", 20_001),))
    result = admitted(here, there)
    assert [one.othergroups for one in result.directory.users] == [(20_001,), (20_001,)]
    assert result.refused == ()


def test_a_refused_record_says_which_offering_it_is_from():
    result = admitted(feed(user()), feed(user("root", 50_001)))
    assert [(record.name, record.offering) for record in result.refused] == [("root", B)]


# Addresses


def test_an_address_of_the_base_is_nobody_s_and_its_record_is_served_without_it():
    policy = replace(POLICY, reserved_mails=frozenset({"Service@uni.example"}))
    pair = feed(user(mail="SERVICE@uni.example"), user("bob", 10_002, mail="bob@uni.example"))
    found = admitted(pair, policy=policy)
    assert [(one.name, one.mail) for one in found.directory.users] == [("alice", ""), ("bob", "bob@uni.example")]
    assert found.refused == ()


# One group for all


@pytest.mark.parametrize(
    ("shared", "why"),
    [
        (("sudo", 9_999), "the group belongs to the system"),
        (("users", 9_999), "the group belongs to the system"),
        (("staff2", 9_999), "the group belongs to the system, to this host or to the directory's own accounts"),
        (("people", 9_001), "its gid 9001 is in use by this host or by the directory's own accounts"),
        (("people", 65_534), "its gid 65534 is one the operating system keeps for itself"),
        (("people", 999), "its gid 999 is not in 1000-2147483647"),
        (("10001", 9_999), "the name is a number, and the gid is another, 9999"),
        (("proj", 20_002), "its gid 20002 belongs to the group chem, and so do the files"),
        (("proj", 20_003), "its gid 20003 belongs to the group alice, and so do the files"),
    ],
)
def test_nobody_is_served_with_a_group_for_all_that_no_feed_could_have(shared, why):
    reserved = {"reserved_gids": frozenset({9_001}), "reserved_group_names": frozenset({"Staff2"})}
    known = book({"alice": 10_001}, gids={"alice": 20_003}, groups={20_002: "chem"})
    found = admit([sliced(A, feed(user()))], replace(POLICY, shared_group=shared, **reserved), known)
    assert found.directory == Directory()
    assert found.refusal.startswith(
        f"the directory stays as it is: the group {shared[0]} of glauth.shared_group may not"
    )
    assert why in found.refusal


@pytest.mark.parametrize("shared", [("staff2", 9_999), ("people", 9_999)], ids=["since reserved", "renamed"])
def test_a_group_for_all_that_is_published_stays_and_may_be_renamed(shared):
    policy = replace(POLICY, shared_group=shared, reserved_group_names=frozenset({"staff2"}))
    published = Directory(users=(user(primarygroup=9_999),), groups=(group("staff2", 9_999),))
    found = admit([sliced(A, feed(user()))], policy, ledger(Known(), published))
    assert found.refusal == ""
    assert found.directory.groups == (group(*shared),)


def test_a_good_group_for_all_may_be_outside_of_the_range_for_the_feeds():
    policy = replace(POLICY, shared_group=("people", 9_999))
    assert admitted(feed(user()), policy=policy).directory.groups == (group("people", 9_999),)


# A disabled user


def test_a_disabled_user_stays_known_but_has_neither_keys_nor_a_shell():
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    enabled = admitted(feed(user(sshkeys=(key,)))).directory.users[0]
    assert len(enabled.sshkeys) == 1
    disabled = admitted(feed(user(sshkeys=(key,), disabled=True))).directory.users[0]
    assert disabled == replace(enabled, disabled=True, sshkeys=(), loginshell="/usr/sbin/nologin")
