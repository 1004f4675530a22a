"""Whatever the feeds hold, what is admitted keeps every rule."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from agent.core.admission import Admitted, admit
from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from agent.core.policy import AdmissionPolicy

POLICY = AdmissionPolicy(
    uid_range=(10_000, 10_040),
    gid_range=(10_000, 10_040),
    reserved_names=frozenset({"Local"}),
    reserved_uids=frozenset({10_007}),
    reserved_group_names=frozenset({"staff2"}),
    reserved_gids=frozenset({10_008}),
)
NUMBERS = st.integers(9_998, 10_042) | st.integers(-5, 70_000)
NAMES = st.sampled_from(
    ["alice", "bob", "carol", "local", "root", "sudo", "ALICE", "x-1", "10001", "staff2"]
) | st.text(max_size=6)
KEYS = st.sampled_from(
    [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me",
        'from="x" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ]
)
USERS = st.builds(
    DirectoryUser,
    name=NAMES,
    uidnumber=NUMBERS,
    primarygroup=NUMBERS,
    othergroups=st.lists(NUMBERS, max_size=4).map(tuple),
    givenname=st.text(max_size=8),
    sn=st.text(max_size=8),
    mail=st.text(max_size=8) | st.just("a@b.c"),
    loginshell=st.sampled_from(["", "/bin/zsh", "/bin/evil"]) | st.text(max_size=4),
    homedir=st.sampled_from(["", "/home/", "/home/alice", "/etc", "/home/../etc/alice"]) | st.text(max_size=6),
    sshkeys=st.lists(KEYS | st.text(max_size=9), max_size=3).map(tuple),
    disabled=st.booleans(),
)
GROUPS = st.builds(DirectoryGroup, name=NAMES, gidnumber=NUMBERS)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    users = draw(st.lists(USERS, max_size=6))
    personal = [DirectoryGroup(name=one.name, gidnumber=one.primarygroup) for one in users if draw(st.booleans())]
    return Directory(
        users=tuple(users), groups=tuple(draw(st.permutations([*personal, *draw(st.lists(GROUPS, max_size=5))])))
    )


FEEDS = st.lists(directories(), max_size=3).map(lambda found: [(str(number), one) for number, one in enumerate(found)])
LEDGERS = st.dictionaries(
    st.sampled_from(["alice", "bob", "carol", "dave"]), st.integers(10_000, 10_040), max_size=3
).filter(lambda ledger: len(set(ledger.values())) == len(ledger))


@given(FEEDS, LEDGERS)
def test_every_name_and_number_is_allowed_unique_and_the_ledger_s(feeds, ledger):
    found = admit(feeds, POLICY, ledger).directory
    assert all(re.fullmatch(r"[a-z_][a-z0-9_.-]{0,31}", one.name) for one in found.users)
    assert all(one.name.isdecimal() <= (one.name == str(one.gidnumber)) for one in found.groups)
    assert not {one.name for one in found.users} & {"root", "local"}
    assert not {one.name for one in found.groups} & {"sudo", "staff2", "root"}
    for numbers, reserved in (
        ([u.uidnumber for u in found.users], 10_007),
        ([g.gidnumber for g in found.groups], 10_008),
    ):
        assert all(10_000 <= number <= 10_040 and number != reserved for number in numbers)
        assert numbers == sorted(set(numbers))
    for records in (found.users, found.groups):
        assert len({one.name.casefold() for one in records}) == len(records)
    assert all(ledger.get(one.name, one.uidnumber) == one.uidnumber for one in found.users)
    holders = {uid: name for name, uid in ledger.items()}
    assert all(holders.get(one.uidnumber, one.name) == one.name for one in found.users)


@given(FEEDS)
def test_every_membership_is_of_a_served_group_its_own_offerings_list_and_never_another_s_personal_one(feeds):
    found = admit(feeds, POLICY, {}).directory
    served = {one.gidnumber: one.name for one in found.groups}
    users = {one.name for one in found.users}
    for user in found.users:
        listed = {
            gid
            for _, directory in feeds
            for one in directory.users
            if one.name == user.name
            for gid in (one.primarygroup, *one.othergroups)
        }
        assert {user.primarygroup, *user.othergroups} <= set(served) & listed
        assert user.primarygroup not in user.othergroups
        assert list(user.othergroups) == sorted(set(user.othergroups))
        assert all(served[gid] not in users - {user.name} for gid in (user.primarygroup, *user.othergroups))


@given(FEEDS)
def test_every_other_field_is_clean(feeds):
    for user in admit(feeds, POLICY, {}).directory.users:
        assert user.loginshell in POLICY.shells
        assert user.homedir.startswith("/home/")
        assert user.homedir.endswith(f"/{user.name}")
        assert ".." not in user.homedir
        assert all(re.fullmatch(r"\S+ [A-Za-z0-9+/=]+ \S+@waldur", key) for key in user.sshkeys)
        for text in (user.givenname, user.sn, user.mail):
            assert text == unicodedata.normalize("NFC", text)
            assert not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} for sign in text)
        if user.disabled:
            assert (user.sshkeys, user.loginshell) == ((), "/usr/sbin/nologin")


@given(FEEDS, LEDGERS)
def test_what_was_admitted_is_admitted_again_unchanged(feeds, ledger):
    once = admit(feeds, POLICY, ledger).directory
    assert admit([("0", once)], POLICY, ledger) == Admitted(directory=once)


@given(FEEDS)
def test_every_user_is_either_served_or_refused(feeds):
    result = admit(feeds, POLICY, {})
    served = {one.name for one in result.directory.users}
    listed = {one.name for _, directory in feeds for one in directory.users}
    assert len(listed - served) <= len({record.name for record in result.refused if record.kind == "user"})
