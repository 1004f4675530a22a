import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser, Feed
from agent.errors import Incomplete
from agent.marketplace.glauth_feed import read_feed

OLD = """

[[users]]
  name = "bob"
  givenname="Bob"
  sn="Brown"
  mail = "bob@uni.invalid"
  uidnumber = 5002
  primarygroup = 6002
  otherGroups = [7001]
  sshkeys = ["ssh-ed25519 AAAA bob@laptop",
    "ssh-ed25519 BBBB bob@desk"]
  loginShell = "/bin/bash"
  homeDir = "/home/"
  passsha256 = "29a068d6"
    [[users.customattributes]]
    preferredUsername = ["bbrown"]

[[groups]]
  name = "bbrown"
  gidnumber = 6002

[[users]]
  name = "robo1"
  uidnumber = 5003
  primarygroup = 6003
  sshkeys = [""]
  loginShell = "/bin/bash"
  homeDir = "/home/robo1"
  passsha256 = ""
    [[users.customattributes]]
    preferredUsername = ["robo1"]

[[groups]]
  name = "7001"
  gidnumber = 7001
"""
MIDDLE = """
[[users]]
  name = "bob"
  givenname="Bob \\"B\\""
  sn=""
  mail = "bob@uni.invalid"
  uidnumber = 5002
  primarygroup = 6002
  otherGroups = []
  sshkeys = []
  loginShell = "/bin/bash"
  homeDir = "/home/bbrown"
  passsha256 = ""
  disabled = true
    [[users.customattributes]]
    preferredUsername = ["bbrown"]

[[groups]]
  name = "bbrown"
  gidnumber = 6002

[[users]]
  name = "robo1"
  uidnumber = 5003
  primarygroup = 6003
  sshkeys = []
  loginShell = "/bin/bash"
  homeDir = "/home/robo1"
  passsha256 = ""
    [[users.customattributes]]
    preferredUsername = ["robo1"]
"""
NEW = """
[[groups]]
name = "bbrown"
gidnumber = 6002

[[users]]
name = "bbrown"
uidnumber = 5002
primarygroup = 6002
otherGroups = []
disabled = true

[users.customattributes]
preferredUsername = ["bbrown"]
displayName = ["Bob Brown"]
waldurUsername = ["bob"]
"""


def user(**changes):
    lines = {"name": '"bob"', "uidnumber": "5002", "primarygroup": "6002"} | changes
    return "[[users]]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items() if value is not None)


def test_the_unix_name_of_2024_is_the_preferred_one():
    assert read_feed(OLD).directory == Directory(
        users=(
            DirectoryUser(
                name="bbrown", uidnumber=5002, primarygroup=6002, othergroups=(7001,), givenname="Bob", sn="Brown",
                mail="bob@uni.invalid", loginshell="/bin/bash", homedir="/home/",
                sshkeys=("ssh-ed25519 AAAA bob@laptop", "ssh-ed25519 BBBB bob@desk"),
            ),
            DirectoryUser(name="robo1", uidnumber=5003, primarygroup=6003, loginshell="/bin/bash", homedir="/home/robo1"),
        ),
        groups=(DirectoryGroup(name="bbrown", gidnumber=6002), DirectoryGroup(name="7001", gidnumber=7001)),
    )  # fmt: skip


def test_a_server_of_2024_does_not_tell_who_is_disabled():
    assert not read_feed(OLD).tells_disabled
    assert not any(user.disabled for user in read_feed(OLD).directory.users)


def test_a_server_of_2025_tells_it_of_people_and_not_of_robot_accounts():
    found = read_feed(MIDDLE)
    assert found.tells_disabled
    assert {user.name: user.disabled for user in found.directory.users} == {"bbrown": True, "robo1": False}
    assert found.directory.users[0].givenname == 'Bob "B"'


@pytest.mark.parametrize("person", [{"mail": '"eve@uni.invalid"'}, {"otherGroups": "[]"}])
def test_who_is_listed_without_a_word_while_others_have_one_is_not_thereby_enabled(person):
    with pytest.raises(Incomplete, match=r"user 3 \('eve'\): it does not say whether the user is disabled") as caught:
        read_feed(MIDDLE + user(name='"eve"', **person))
    (found,) = caught.value.rows
    assert found.tells_disabled
    assert [each.name for each in found.directory.users] == ["bbrown", "robo1"]


def test_the_table_of_2026_is_read_too():
    assert read_feed(NEW).directory.users == (
        DirectoryUser(name="bbrown", uidnumber=5002, primarygroup=6002, disabled=True),
    )


def test_without_a_preferred_name_the_name_is_the_name():
    assert read_feed(user()).directory.users[0].name == "bob"


@pytest.mark.parametrize(("rule", "name"), [("auto", "bbrown"), ("preferredUsername", "bbrown"), ("name", "bob")])
def test_the_rule_says_which_key_is_the_unix_name(rule, name):
    assert read_feed(user(customattributes='[{preferredUsername = ["bbrown"]}]'), rule).directory.users[0].name == name


def test_a_record_without_the_name_that_was_asked_for_is_not_called_by_another():
    with pytest.raises(
        Incomplete, match=r"user 1 .'bob'.: it has no preferredUsername, which glauth.unix_name asks for"
    ):
        read_feed(user(customattributes='{displayName = ["Bob"]}'), "preferredUsername")


def test_the_name_alone_is_read_whatever_else_is_wrong_with_the_other():
    assert read_feed(user(customattributes="{preferredUsername = [1]}"), "name").directory.users[0].name == "bob"


@pytest.mark.parametrize(
    "nameless",
    [
        user(customattributes='[{preferredUsername = ["None"]}]'),
        user(customattributes='[{preferredUsername = [""]}]'),
        user(name='"None"'),
        user(name='""'),
        '[[groups]]\nname = "None"\ngidnumber = 6002\n',
        '[[groups]]\nname = ""\ngidnumber = 6002\n',
    ],
)
def test_who_has_no_name_yet_is_nobody(nameless):
    found = read_feed(user(name='"alice"') + nameless)
    assert ([each.name for each in found.directory.users], found.directory.groups) == (["alice"], ())


@pytest.mark.parametrize("empty", ["", "\n\n", "users = []\ngroups = []\n"])
def test_an_empty_feed_is_an_empty_directory(empty):
    assert read_feed(empty) == Feed()


def test_short_users_of_2026_that_land_in_the_last_group_are_not_taken_for_an_empty_list():
    feed = '[[groups]]\nname = "7001"\ngidnumber = 7001\nusers = [\n    { name = "eve", uidnumber = 1, primarygroup = 1 },\n]\n'
    with pytest.raises(Incomplete, match=r"group 1 .'7001'.: it holds users of its own"):
        read_feed(feed)


def test_the_empty_users_of_2026_inside_the_last_group_are_no_mistake():
    feed = '[[groups]]\nname = "7001"\ngidnumber = 7001\nusers = []\n'
    assert read_feed(feed).directory == Directory(groups=(DirectoryGroup(name="7001", gidnumber=7001),))


def test_users_inside_a_group_are_not_taken():
    feed = '[[groups]]\nname = "g"\ngidnumber = 7001\nusers = [{name = "eve", uidnumber = 1, primarygroup = 1}]\n'
    with pytest.raises(Incomplete, match="users of its own") as caught:
        read_feed(feed)
    assert caught.value.rows == (Feed(),)


@pytest.mark.parametrize(
    "feed",
    [
        '[[users]]\nname = "Eve "Q" Back"\n',
        '[[users]]\nname = "a\nb"\n',
        '[[users]]\nname = "bad \\ escape"\n',
        "<html>Welcome</html>",
        "[[users]]\nuidnumber = " + "9" * 5000,
        "a = " + "[" * 5000,
        "users = 1\nusers = 2",
    ],
)
def test_what_is_no_toml_is_never_half_read(feed):
    with pytest.raises(Incomplete, match="not valid TOML") as caught:
        read_feed(feed)
    assert caught.value.rows == ()


@pytest.mark.parametrize(
    ("feed", "place"),
    [
        ('\n[[users]]\nname = "Eve "Q" Back"\n', "line 3, column 14: Expected newline or end of document after"),
        ('[[users]]\r\nname = "a\r\n', "line 2, column 10: Illegal character"),
        ('[[users]]\nsshkeys = ["a",\n  "b"', "line 3, column 6: Unclosed array"),
        ('[[users]]\nsshkeys = ["a",\r\n', "line 3, column 1: Invalid value"),
        ("[[users", "line 1, column 8: Expected"),
        ("[[users]]\nx = " + "[" * 5000, "it is nested too deeply to be read"),
        ("[[users]]\nuidnumber = " + "9" * 5000, "one of its numbers is too long to be read"),
    ],
)
def test_the_place_of_a_mistake_is_named_and_what_to_look_for(feed, place):
    with pytest.raises(Incomplete) as caught:
        read_feed(feed, source="http://m/glauth_users_config/")
    said = str(caught.value)
    assert said.startswith(f"http://m/glauth_users_config/ is not valid TOML: {place}")
    assert said.endswith(": look for quotes or line breaks in a name or an SSH key of one of its users")


@given(st.text(alphabet="[]us{}=\"\\\n\r'.,#n 01", max_size=60))
def test_the_place_is_always_one_of_the_text(feed):
    try:
        read_feed(feed)
    except Incomplete as error:
        place = re.search(r"not valid TOML: line ([0-9]+), column ([0-9]+): ", str(error))
        if "not valid TOML" in str(error):
            lines = feed.replace("\r\n", "\n").split("\n")
            assert 1 <= int(place[1]) <= len(lines)
            assert 1 <= int(place[2]) <= len(lines[int(place[1]) - 1]) + 1


@pytest.mark.parametrize(
    "planted", ["[backend]\ndatastore = 'config'\n", "[ldap]\nlisten = '0.0.0.0'\n", "debug = true\n"]
)
def test_more_than_users_and_groups_is_refused_whole(planted):
    with pytest.raises(Incomplete, match="neither users nor groups") as caught:
        read_feed(planted + user())
    assert caught.value.rows == ()


@pytest.mark.parametrize("feed", ["users = 5", 'users = ["bob"]', "[users]\nname = 'bob'", "groups = {}"])
def test_a_section_that_is_no_list_of_records_is_refused(feed):
    with pytest.raises(Incomplete):
        read_feed(feed)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": None}, {"name": "5"}, {"uidnumber": None}, {"uidnumber": "true"}, {"uidnumber": '"5002"'}, {"uidnumber": "1.0"},
        {"primarygroup": None}, {"primarygroup": "false"}, {"otherGroups": "7001"}, {"otherGroups": "[true]"},
        {"sshkeys": '"key"'}, {"sshkeys": "[1]"}, {"mail": "1"}, {"disabled": '"no"'}, {"disabled": "1"},
        {"homeDir": '"/a"', "homedir": '"/b"'}, {"uidnumber": "9" * 19}, {"uidnumber": "-" + "9" * 19},
        {"customattributes": "{preferredUsername = []}"}, {"customattributes": '{preferredUsername = ["a", "b"]}'},
        {"customattributes": "{preferredUsername = [1]}"}, {"customattributes": "5"},
        {"customattributes": '[{preferredUsername = ["a"]}, {preferredUsername = ["b"]}]'},
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_read_is_left_out_and_said(changes):
    good = user(name='"alice"', uidnumber="5001")
    with pytest.raises(Incomplete, match="a record cannot be read: user 2") as caught:
        read_feed(good + user(**changes))
    (found,) = caught.value.rows
    assert [each.name for each in found.directory.users] == ["alice"]


def test_dangerous_but_readable_records_are_for_the_admission():
    group = '[[groups]]\nname = "sudo"\ngidnumber = 27\nincludegroups = [27]\n'
    feed = user(name='"root"', uidnumber="0") + user(name='"a,b=c d"', uidnumber="-1") + user() + user() + group
    found = read_feed(feed).directory
    assert [(each.name, each.uidnumber) for each in found.users] == [
        ("root", 0),
        ("a,b=c d", -1),
        ("bob", 5002),
        ("bob", 5002),
    ]
    assert found.groups == (DirectoryGroup(name="sudo", gidnumber=27),)


def test_keys_that_give_power_are_not_even_read_and_those_that_no_server_writes_are_named():
    feed = user(passsha256='"29a0"', otpsecret='"x"', capabilities='[{action = "search", object = "*"}]', unixid="0")
    assert read_feed(feed).directory.users == (DirectoryUser(name="bob", uidnumber=5002, primarygroup=6002),)
    assert read_feed(feed).strange == ("capabilities", "otpsecret", "unixid")
    assert read_feed(user(passsha256='"29a0"')).strange == ()
    assert read_feed('[[groups]]\nname = "g"\ngidnumber = 7001\nIncludeGroups = [1]').strange == ("includegroups",)


@given(st.text(alphabet="[]us{}=\"\\\n'.,#nameuidbrp 0123456789", max_size=200))
def test_whatever_arrives_it_is_read_or_refused(feed):
    try:
        found = read_feed(feed)
    except Incomplete:
        return
    assert all(each.name in feed for each in found.directory.users)


def written_by_2024(names):
    """The feed of a server that puts names into its text as they are."""
    return "\n".join(
        f'[[users]]\nname = "x"\nuidnumber = {5000 + number}\nprimarygroup = 6000\n'
        f'[[users.customattributes]]\npreferredUsername = ["{name}"]\n'
        for number, name in enumerate(names)
    )


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\'), min_size=1).filter(
            lambda name: name != "None"
        ),
        min_size=1,
        max_size=4,
    )
)
def test_harmless_names_come_out_as_they_went_in(names):
    assert [user.name for user in read_feed(written_by_2024(names)).directory.users] == names


@given(st.lists(st.text(alphabet='ab"\n[]= ', max_size=12), min_size=1, max_size=4))
def test_an_unescaped_feed_never_yields_a_name_that_was_not_there(names):
    feed = written_by_2024(names)
    try:
        found = read_feed(feed)
    except Incomplete as partial:
        found = partial.rows[0] if partial.rows else Feed()
    assert all(user.name in feed for user in found.directory.users)


@given(st.text(alphabet='ab=[]"\n', max_size=12).filter(lambda name: ("\n" in name) != ('"' in name)))
def test_a_line_break_or_a_quote_alone_in_a_name_spoils_the_feed_and_nothing_else(name):
    try:
        found = read_feed(written_by_2024(["alice", name]))
    except Incomplete:
        return
    assert found.directory.users[0].name == "alice"
    assert len(found.directory.users) == 2
