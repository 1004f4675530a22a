"""What is served against what is meant, told of people."""

from collections.abc import Mapping, Sequence

import pytest

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from backends.glauth.base import Base
from backends.glauth.compare import compare
from backends.glauth.meant import meant_by
from backends.glauth.sentinel import Sentinel
from tests.glauth.records import ALICE, DIRECTORY

SITE = Base(
    basedn="dc=x",
    nameformat="cn",
    groupformat="ou",
    sshkeyattr="sshPublicKey",
    user_names=frozenset({"reader"}),
    uids=frozenset({9001}),
    groups={9001: "service"},
    members={"reader": (9001, 20_001)},
)
Entries = dict[str, dict[str, tuple[str, ...]]]


def served(directory: Directory = DIRECTORY) -> tuple[Entries, Entries]:
    """The entries as they should be, by name."""
    meant = meant_by(directory, SITE, Sentinel())
    users = {name: {"uid": (name,), **_listed(entry)} for name, entry in meant.users.items()}
    groups = {name: {"cn": (name,), **_listed(entry)} for name, entry in meant.groups.items()}
    return users, groups


def _listed(entry: Mapping[str, Sequence[str] | frozenset[str]]) -> dict[str, tuple[str, ...]]:
    return {attribute: tuple(sorted(values)) for attribute, values in entry.items()}


def differences(users: Entries, groups: Entries, directory: Directory = DIRECTORY) -> tuple[str, ...]:
    return compare(meant_by(directory, SITE, Sentinel()), users.values(), groups.values())


def test_what_is_meant_follows_glauth_s_own_rules():
    plain = DirectoryUser(name="bob", uidnumber=5, primarygroup=20_001, othergroups=(404,))
    users, groups = served(Directory(users=(plain,), groups=(DirectoryGroup(name="team", gidnumber=20_001),)))
    assert users["bob"] == {
        "uid": ("bob",),
        "uidnumber": ("5",),
        "gidnumber": ("20001",),
        "loginshell": ("/bin/bash",),
        "homedirectory": ("/home/bob",),
        "mail": (),
        "givenname": (),
        "sn": (),
        "sshpublickey": (),
        "accountstatus": ("active",),
        "memberof": ("ou=team,ou=groups,dc=x",),
    }
    assert groups["team"] == {"cn": ("team",), "gidnumber": ("20001",), "memberuid": ("bob", "reader")}


def test_the_same_is_no_difference_and_neither_are_the_site_s_own_entries():
    users, groups = served()
    users["reader"] = {"uid": ("reader",)}
    users["waldur-agent-probe"] = {"uid": ("waldur-agent-probe",)}
    groups["service"] = {"cn": ("service",)}
    assert differences(users, groups) == ()


@pytest.mark.parametrize(
    ("attribute", "values", "said"),
    [
        ("uidnumber", ("0",), "alice: uid is 0 instead of 10001"),
        ("gidnumber", ("10",), "alice: gid is 10 instead of 10001"),
        ("uidnumber", ("10001", "0"), "alice: uid is 0, 10001 instead of 10001"),
        ("uidnumber", ("10001", "10001"), "alice: uid is 10001 instead of 10001"),
        ("loginshell", (), "alice: login shell is nothing instead of /bin/bash"),
        ("homedirectory", ("/root",), "alice: home is /root instead of /home/alice"),
        ("mail", ("x=y@z\x1b[31m",), "alice: mail address is x=y@z\\x1b[31m instead of alice@uni.example"),
        ("givenname", ("Eve",), 'alice: given name is Eve instead of A"li\\ce 😀'),
        ("sn", ("Smith",), "alice: surname is Smith instead of Größe"),
        ("accountstatus", ("inactive",), "alice: status is inactive instead of active"),
        ("sshpublickey", ("ssh-rsa EVIL",), "alice: SSH keys are others: 1 are served, 2 are meant"),
        ("memberof", ("ou=alice,ou=groups,dc=x",), "alice: groups are served without 20001"),
        (
            "memberof",
            ("ou=20001,ou=groups,dc=x", "ou=alice,ou=groups,dc=x", "ou=sudo,ou=groups,dc=x"),
            "alice: groups are served with sudo besides",
        ),
    ],
)
def test_each_attribute_of_a_user_is_compared(attribute, values, said):
    users, groups = served()
    users["alice"][attribute] = values
    assert differences(users, groups) == (said,)


def test_groups_are_compared_by_number_and_members():
    users, groups = served()
    groups["20001"]["memberuid"] = ("alice", "gone")
    groups["alice"]["gidnumber"] = ("0",)
    assert differences(users, groups) == (
        "the group alice: gid is 0 instead of 10001",
        "the group 20001: members are served without reader and with gone besides",
    )


def test_who_is_missing_doubled_or_not_ours_is_named():
    users, groups = served()
    del users["gone"]
    twice = [*users.values(), users["alice"], {"uid": ("mallory\n",)}, {}]
    found = compare(meant_by(DIRECTORY, SITE, Sentinel()), twice, groups.values())
    assert found == (
        "alice is served 2 times",
        "gone is not served",
        "'' is served, and the file does not have it",
        "'mallory\\n' is served, and the file does not have it",
    )


def test_many_names_are_cut_short():
    users, groups = served()
    groups["20001"]["memberuid"] = tuple(f"u{number}" for number in range(9))
    assert "with u0, u1, u2, u3, u4 and 4 more besides" in differences(users, groups)[0]


def test_a_user_whose_every_attribute_is_served_is_the_one_that_is_meant():
    users, _ = served()
    assert set(users["alice"]) - {"uid"} == {
        *("uidnumber", "gidnumber", "loginshell", "homedirectory", "mail", "givenname", "sn", "sshpublickey"),
        *("accountstatus", "memberof"),
    }
    assert users["alice"]["sshpublickey"] == ALICE.sshkeys
