import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser, Feed
from agent.errors import Incomplete
from agent.marketplace.glauth_tree import read_tree

OFFERING = "0f" * 16
KEY = "ssh-ed25519 AAAA bob@laptop"
SCOPE = {"type": "project", "uuid": "a" * 32, "name": "Climate", "slug": "climate", "resource_uuid": None}
BOB = {
    "username": "bbrown",
    "uidnumber": 5002,
    "disabled": True,
    "personal_group": 6002,
    "mail": "bob@uni.invalid",
    "givenname": "Bob",
    "sn": "Brown",
    "login_shell": "/bin/bash",
    "home_dir": "/home/bbrown",
    "ssh_keys": [KEY],
    "memberships": [
        {"gid": 7001, "group_name": "7001", "kind": "project", "role": None},
        {"gid": 60000, "group_name": "alloc_admin", "kind": "resource_role", "role": "ClusterAdmin"},
    ],
}
ROBOT = {
    "username": "robo1",
    "uidnumber": 5003,
    "personal_group": 6003,
    "login_shell": "/bin/bash",
    "home_dir": "/home/robo1",
    "ssh_keys": [],
}
GROUPS = [
    {"gid": 7001, "name": "7001", "kind": "project", "scope": SCOPE, "role": None, "members": ["bob", "eve"]},
    {"gid": 60000, "name": "alloc_admin", "kind": "resource_role", "scope": SCOPE, "role": "Admin", "members": ["bob"]},
]
PERSONAL = {"gid": 6002, "name": "bbrown", "kind": "personal", "scope": SCOPE, "role": None, "members": ["bbrown"]}


def tree(users=(BOB,), robots=(ROBOT,), groups=GROUPS):
    offering = {"uuid": OFFERING, "name": "HPC", "slug": "hpc"}
    return {"offering": offering, "users": list(users), "groups": list(groups), "robot_accounts": list(robots)}


def refused(found):
    """The readable records of a tree that is not read whole; None when there are none."""
    with pytest.raises(Incomplete) as caught:
        read_tree(found, OFFERING)
    return caught.value.rows[0].directory if caught.value.rows else None


def test_users_robot_accounts_and_their_own_groups_come_out():
    assert read_tree(tree(), OFFERING) == Feed(
        directory=Directory(
            users=(
                DirectoryUser(
                    name="bbrown", uidnumber=5002, primarygroup=6002, othergroups=(7001, 60000), givenname="Bob",
                    sn="Brown", mail="bob@uni.invalid", loginshell="/bin/bash", homedir="/home/bbrown", sshkeys=(KEY,),
                    disabled=True,
                ),
                DirectoryUser(
                    name="robo1", uidnumber=5003, primarygroup=6003, loginshell="/bin/bash", homedir="/home/robo1"
                ),
            ),
            groups=(
                DirectoryGroup(name="7001", gidnumber=7001), DirectoryGroup(name="alloc_admin", gidnumber=60000),
                DirectoryGroup(name="bbrown", gidnumber=6002), DirectoryGroup(name="robo1", gidnumber=6003),
            ),
        )
    )  # fmt: skip


def test_a_server_that_lists_personal_groups_too_says_the_same():
    assert read_tree(tree(groups=[*GROUPS, PERSONAL]), OFFERING) == read_tree(tree(), OFFERING)


def test_who_is_in_a_group_is_what_the_users_say():
    alone = tree([{**BOB, "memberships": []}])
    assert read_tree(alone, OFFERING).directory.users[0].othergroups == ()


def test_nobody_is_an_empty_directory():
    assert read_tree(tree((), (), ()), OFFERING) == Feed()


@pytest.mark.parametrize("key", ["username", "uidnumber", "personal_group"])
def test_who_has_no_account_yet_is_left_out_as_in_the_text(key):
    found = read_tree(tree([{**BOB, key: None}], [{**ROBOT, key: None}]), OFFERING)
    assert (found.directory.users, len(found.directory.groups)) == ((), 2)


@pytest.mark.parametrize("key", ["username", "uidnumber", "personal_group", "disabled", "ssh_keys", "memberships"])
def test_a_key_that_is_not_there_at_all_is_no_null(key):
    user = {name: value for name, value in BOB.items() if name != key}
    assert [each.name for each in refused(tree([user])).users] == ["robo1"]


@pytest.mark.parametrize(
    "changes",
    [
        {"username": 5}, {"username": ["bob"]}, {"username": "\ud800"},
        {"uidnumber": "5002"}, {"uidnumber": 5002.0}, {"uidnumber": True}, {"uidnumber": 2**63}, {"uidnumber": -(2**63)},
        {"uidnumber": float("nan")}, {"personal_group": {"gid": 6002}}, {"personal_group": False}, {"disabled": None},
        {"disabled": 0}, {"disabled": "false"}, {"mail": 1}, {"givenname": ["Bob"]}, {"sn": {}}, {"sn": "\udfff"},
        {"login_shell": 0}, {"home_dir": []}, {"ssh_keys": None}, {"ssh_keys": KEY}, {"ssh_keys": [1]},
        {"ssh_keys": [[KEY]]}, {"memberships": None}, {"memberships": {"gid": 1}}, {"memberships": [7001]},
        {"memberships": [None]}, {"memberships": [{}]}, {"memberships": [{"gid": "7001"}]}, {"memberships": [[7001]]},
    ],
)  # fmt: skip
def test_a_user_that_cannot_be_read_is_left_out_and_said(changes):
    with pytest.raises(Incomplete, match="a record cannot be read: user 2") as caught:
        read_tree(tree([{**BOB, "username": "alice"}, {**BOB, **changes}]), OFFERING)
    (found,) = caught.value.rows
    assert [each.name for each in found.directory.users] == ["alice", "robo1"]
    assert {group.name for group in found.directory.groups} == {"7001", "alloc_admin", "alice", "robo1"}


@pytest.mark.parametrize("bad", [None, "bob", 5, [BOB], True])
def test_what_is_no_record_is_said_of_each_list(bad):
    assert [each.name for each in refused(tree([BOB, bad])).users] == ["bbrown", "robo1"]
    assert [each.name for each in refused(tree([BOB], [bad])).users] == ["bbrown"]
    assert len(refused(tree(groups=[bad])).groups) == 2


@pytest.mark.parametrize("changes", [{"gid": None}, {"gid": "7001"}, {"name": None}, {"name": 7001}])
def test_a_group_that_cannot_be_read_is_left_out_and_said(changes):
    assert [group.name for group in refused(tree(groups=[{**GROUPS[0], **changes}])).groups] == ["bbrown", "robo1"]


@pytest.mark.parametrize("key", ["users", "groups", "robot_accounts", "offering"])
@pytest.mark.parametrize("value", [None, {}, "", 5, {"uuid": None}, {"uuid": "1" * 32}, ...])
def test_what_is_no_tree_of_this_offering_is_refused_whole(key, value):
    found = {name: value if name == key else good for name, good in tree().items()}
    if value is ...:
        del found[key]
    assert refused(found) is None


@pytest.mark.parametrize("reply", [None, [], [BOB], "users", 5, {}, {"detail": "Not found."}, {"users": []}])
def test_a_reply_that_is_no_tree_is_refused_whole(reply):
    assert refused(reply) is None


def test_dangerous_but_readable_records_are_for_the_admission():
    root = {**BOB, "username": 'root"\n[[users]]\n', "uidnumber": 0, "ssh_keys": ['command="x" ssh-rsa A\nssh-rsa B']}
    sudo = {"gid": 27, "name": "sudo", "kind": "provider_project", "includegroups": [27]}
    found = read_tree(tree([root, BOB, BOB], groups=[sudo]), OFFERING).directory
    assert [(user.name, user.uidnumber) for user in found.users[:3]] == [
        ('root"\n[[users]]\n', 0),
        ("bbrown", 5002),
        ("bbrown", 5002),
    ]
    assert found.users[0].sshkeys == ('command="x" ssh-rsa A\nssh-rsa B',)
    assert found.groups[0] == DirectoryGroup(name="sudo", gidnumber=27)


def test_keys_that_give_power_are_not_even_read_and_those_that_no_server_writes_are_named():
    powerful = {**BOB, "passsha256": "29a0", "otpsecret": "x", "capabilities": [{"action": "search", "object": "*"}]}
    found, plain = read_tree(tree([powerful]), OFFERING), read_tree(tree(), OFFERING)
    assert (found.directory, found.strange, plain.strange) == (plain.directory, ("capabilities", "otpsecret"), ())


@pytest.mark.parametrize("key", ["username", "uidnumber", "mail", "ssh_keys", "memberships", "disabled"])
def test_a_value_that_is_nested_as_deep_as_json_goes_is_left_out_and_said(key):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert [each.name for each in refused(tree([{**BOB, key: deep}])).users] == ["robo1"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def paths(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from paths(each, (*path, key))


def replaced(value, path, by):
    if not path:
        return by
    changed = copy.copy(value)
    changed[path[0]] = replaced(value[path[0]], path[1:], by)
    return changed


@given(st.sampled_from(list(paths(tree()))), JSON)
def test_whatever_arrives_it_is_read_or_refused(path, value):
    try:
        found = read_tree(replaced(tree(), path, value), OFFERING)
    except Incomplete as error:
        (found,) = error.rows or (Feed(),)
    json.dumps([(user.name, user.mail, user.sshkeys) for user in found.directory.users], ensure_ascii=False).encode()
    assert all(type(user.uidnumber) is int and type(user.disabled) is bool for user in found.directory.users)
