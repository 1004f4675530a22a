"""The rendered file and what is read back from it."""

import hashlib
import hmac
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from agent.errors import ConfigError
from backends.glauth.parse import MARKER, in_order, parse
from backends.glauth.render import password_of, render
from backends.glauth.sentinel import Sentinel

BASE = (Path(__file__).parents[2] / "config" / "glauth-base.toml").read_text()
KEY = bytes(range(32))
PROBE = Sentinel()
ALICE = DirectoryUser(
    name="alice",
    uidnumber=10_001,
    primarygroup=10_001,
    othergroups=(20_001, 20_002),
    givenname='A"l\\ice',
    sn="Größe\n[[users]]",
    mail="alice@uni.example",
    loginshell="/bin/bash",
    homedir="/home/alice",
    sshkeys=("ssh-ed25519 AAAA alice@waldur",),
)
BOB = DirectoryUser(name="bob", uidnumber=10_002, primarygroup=20_001, disabled=True)
GROUPS = (DirectoryGroup(name="alice", gidnumber=10_001), DirectoryGroup(name="20001", gidnumber=20_001))
DIRECTORY = Directory(users=(ALICE, BOB), groups=GROUPS)


def rendered(directory: Directory = DIRECTORY, base: str = BASE) -> bytes:
    return render(base, directory, PROBE, KEY)


def test_the_base_comes_first_and_untouched():
    text = rendered().decode()
    assert text.startswith(BASE.rstrip() + f"\n\n{MARKER}\n")
    assert tomllib.loads(text)["backend"] == tomllib.loads(BASE)["backend"]


def test_records_come_by_number_whatever_the_order_they_are_given_in():
    turned = Directory(users=DIRECTORY.users[::-1], groups=DIRECTORY.groups[::-1])
    assert rendered(turned) == rendered()
    tables = tomllib.loads(rendered().decode())
    assert [one["uidnumber"] for one in tables["users"]] == [9_001, 10_001, 10_002, 9_999]
    assert [one["gidnumber"] for one in tables["groups"]] == [9_001, 9_999, 10_001, 20_001]


def test_no_record_has_a_password_but_the_site_s_and_the_sentinel_s():
    users = tomllib.loads(rendered().decode())["users"]
    assert [one["passsha256"] for one in users[1:-1]] == ["!", "!"]
    assert users[0]["passsha256"] == "0" * 64


def test_the_sentinel_s_password_is_made_of_everything_before_it():
    content = rendered()
    before = content[: content.rindex(b"\npasssha256 = ")]
    password = hmac.new(KEY, before, "sha256").hexdigest()
    last = tomllib.loads(content.decode())["users"][-1]
    assert last["name"] == "waldur-agent-probe"
    assert last["passsha256"] == hashlib.sha256(password.encode()).hexdigest()
    assert password_of(content, KEY) == password


def test_any_change_of_base_records_or_key_changes_the_sentinel_s_password():
    contents = [
        rendered(),
        rendered(Directory()),
        rendered(base=BASE + "# changed\n"),
        render(BASE, DIRECTORY, PROBE, bytes(32)),
    ]
    assert len({tomllib.loads(one.decode())["users"][-1]["passsha256"] for one in contents}) == 4


def test_neither_key_nor_password_is_in_the_file():
    content = rendered()
    assert KEY not in content
    assert KEY.hex().encode() not in content
    assert password_of(content, KEY).encode() not in content


def test_keys_come_in_one_order_and_nothing_is_nested():
    block = rendered(Directory(users=(ALICE,), groups=GROUPS)).decode().split("\n[[users]]\n")[-2]
    assert [line.split(" = ")[0] for line in block.splitlines() if " = " in line] == [
        *("name", "uidnumber", "primarygroup", "othergroups", "givenname", "sn", "mail", "loginshell", "homedir"),
        *("sshkeys", "disabled", "passsha256"),
    ]


def test_what_is_written_is_read_back_without_base_and_sentinel():
    assert parse(rendered()) == DIRECTORY
    assert parse(rendered(Directory())) == Directory()


def test_a_base_without_users_and_groups_is_fine():
    base = BASE[: BASE.index("[[groups]]")]
    assert parse(rendered(base=base)) == DIRECTORY


def test_a_base_made_of_a_published_file_does_not_hide_the_records():
    assert parse(rendered(base=rendered(Directory(users=(BOB,))).decode())) == DIRECTORY


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBER = st.integers(-(2**63), 2**63 - 1)
USERS = st.builds(
    DirectoryUser,
    name=TEXT,
    uidnumber=NUMBER,
    primarygroup=NUMBER,
    othergroups=st.lists(NUMBER, max_size=3).map(tuple),
    givenname=TEXT,
    sn=TEXT,
    mail=TEXT,
    loginshell=TEXT,
    homedir=TEXT,
    sshkeys=st.lists(TEXT, max_size=3).map(tuple),
    disabled=st.booleans(),
)
GROUP = st.builds(DirectoryGroup, name=TEXT, gidnumber=NUMBER)
DIRECTORIES = st.builds(
    Directory,
    users=st.lists(USERS, max_size=4).map(tuple),
    groups=st.lists(GROUP, max_size=4).map(tuple),
)


@given(DIRECTORIES)
def test_any_directory_goes_there_and_back(directory):
    assert parse(rendered(directory)) == in_order(directory)


KEYS = {
    *("name", "uidnumber", "primarygroup", "othergroups", "givenname", "sn", "mail", "loginshell", "homedir"),
    *("sshkeys", "disabled", "passsha256"),
}
SITE = tomllib.loads(BASE)


@given(DIRECTORIES)
def test_whatever_is_listed_nothing_gets_into_the_file_but_records_that_cannot_bind(directory):
    tables = tomllib.loads(rendered(directory).decode())
    assert {key: value for key, value in tables.items() if key not in {"users", "groups"}} == {
        key: value for key, value in SITE.items() if key not in {"users", "groups"}
    }
    site, *records, probe = tables["users"]
    assert [site] == SITE["users"]
    assert len(records) == len(directory.users)
    assert all(set(record) == KEYS and record["passsha256"] == "!" for record in records)
    assert (probe["name"], probe["capabilities"]) == ("waldur-agent-probe", [{"action": "search", "object": "*"}])
    assert tables["groups"][0] == SITE["groups"][0]
    assert all(set(group) == {"name", "gidnumber"} for group in tables["groups"])
    assert len(tables["groups"]) == 2 + len(directory.groups)


@pytest.mark.parametrize(
    "base",
    [
        BASE + 'note = """',
        "users = 1\n" + BASE[: BASE.index("[[groups]]")],
        'users = [{name="x"}]\n' + BASE[: BASE.index("[[groups]]")],
        "not toml",
    ],
)
def test_a_base_that_cannot_be_continued_is_a_configuration_error(base):
    with pytest.raises(ConfigError, match="GLAuth file would not be valid"):
        rendered(base=base)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (MARKER, "# something", "did not write it"),
        ('name = "bob"', 'name = "bob', "Illegal character"),
        ('name = "bob"', 'name = "bob"\ncapabilities = []', "other keys"),
        ('name = "20001"', 'name = "20001"\nincludegroups = [1]', "other keys"),
        ('passsha256 = "!"', 'passsha256 = "00"', "has a password"),
        ('[[users]]\nname = "waldur-agent-probe"', '[other]\nname = "x"', "end is missing"),
    ],
)
def test_a_file_changed_by_hand_is_not_read_as_ours(old, new, reason):
    text = rendered().decode()
    assert old in text
    with pytest.raises(ValueError, match=reason):
        parse(text.replace(old, new).encode())


def test_a_file_cut_short_is_not_read_as_ours():
    content = rendered()
    with pytest.raises(ValueError, match="its end is missing"):
        parse(content[: content.rindex(b"\n[[users]]\n")])
    with pytest.raises(ValueError):
        parse(b"\xff" + content)
