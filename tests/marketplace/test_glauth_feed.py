import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser, Feed
from agent.errors import Incomplete, Unavailable
from agent.marketplace.glauth_feed import read_feed

OFFERING = "0" * 32
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
NEW = """
[[groups]]
name = "bbrown"
gidnumber = 6002

[[users]]
name = "bbrown"
uidnumber = 5002
primarygroup = 6002
otherGroups = []
displayName = "Bob Brown"
disabled = true

[users.customattributes]
preferredUsername = ["bbrown"]
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


def test_the_table_of_2026_is_read_too():
    assert read_feed(NEW).directory.users == (
        DirectoryUser(name="bbrown", uidnumber=5002, primarygroup=6002, disabled=True),
    )


def test_without_a_preferred_name_the_name_is_the_name():
    assert read_feed(user()).directory.users[0].name == "bob"


@pytest.mark.parametrize("empty", ["", "\n\n", "users = []\ngroups = []\n"])
def test_an_empty_feed_is_an_empty_directory(empty):
    assert read_feed(empty).directory == Directory()


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


def test_the_place_of_a_mistake_is_named():
    with pytest.raises(Incomplete, match="line 3, column"):
        read_feed('\n[[users]]\nname = "Eve "Q" Back"\n')


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
        {"homeDir": '"/a"', "homedir": '"/b"'},
        {"customattributes": "{preferredUsername = []}"}, {"customattributes": '{preferredUsername = ["a", "b"]}'},
        {"customattributes": "{preferredUsername = [1]}"}, {"customattributes": "5"},
        {"customattributes": '[{preferredUsername = ["a"]}, {preferredUsername = ["b"]}]'},
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_read_is_left_out_and_said(changes):
    good = user(name='"alice"', uidnumber="5001")
    with pytest.raises(Incomplete, match="1 records cannot be read, the first: user 2: ") as caught:
        read_feed(good + user(**changes))
    (found,) = caught.value.rows
    assert [each.name for each in found.directory.users] == ["alice"]


def test_dangerous_but_readable_records_are_for_the_admission():
    feed = user(name='"root"', uidnumber="0") + user(name='""', uidnumber="-1") + user() + user()
    assert [(each.name, each.uidnumber) for each in read_feed(feed).directory.users] == [
        ("root", 0),
        ("", -1),
        ("bob", 5002),
        ("bob", 5002),
    ]


def test_keys_that_give_power_are_not_even_read():
    feed = user(passsha256='"29a0"', otpsecret='"x"', capabilities='[{action = "search", object = "*"}]', unixid="0")
    assert read_feed(feed).directory.users == (DirectoryUser(name="bob", uidnumber=5002, primarygroup=6002),)


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
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\')), min_size=1, max_size=4)
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


def test_the_feed_is_asked_for_as_text(server, client):
    server.on(
        "GET", f"marketplace-provider-offerings/{OFFERING}/glauth_users_config/", OLD, kind="text/plain; charset=utf-8"
    )
    assert len(client.directory_feed(OFFERING).directory.users) == 2
    assert server.asked[0].headers["Accept"] == "text/plain"


def test_a_feed_that_is_switched_off_says_how_to_switch_it_on(server, client):
    said = "Offering HPC doesn't have feature service_provider_can_create_offering_user enabled"
    server.on("GET", f"marketplace-provider-offerings/{OFFERING}/glauth_users_config/", said, 400, "text/plain")
    with pytest.raises(Unavailable, match="switch service_provider_can_create_offering_user on"):
        client.directory_feed(OFFERING)
