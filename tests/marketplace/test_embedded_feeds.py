"""The directory's feeds of the embedded marketplace, in each of its three dialects, over a real socket."""

import pytest

from agent.errors import Incomplete, Unavailable
from agent.marketplace.client import Client
from agent.marketplace.glauth_feed import read_feed
from agent.sandbox.marketplace.server import MarketplaceServer

HOSTILE = 'x"\n[[users]]\nname = "root2"\nuidnumber = 0\nprimarygroup = 0\n[[users.customattributes]]\n"y'
PLANTED = 'Eve"\n[[users]]\nname = "root2"\nuidnumber = 0\nprimarygroup = 0\n[[users]]\nname = "x"\ngivenname="'


@pytest.fixture(params=["2024", "2025", "2026"])
def dialect(request):
    return request.param


@pytest.fixture
def http(site, connect):
    return connect(site)


@pytest.fixture
def offering(client, story, provision):
    """An offering with alice, bob and a resource."""
    provision(client, story[2])
    return story[0]


@pytest.fixture
def join(site, story):
    """Adds a person to the project; the user."""

    def add(name, *more, **person):
        user = site.world.create_user(name, *more, **person)
        site.world.add_member(story[1], user)
        return user

    return add


def people(client, offering):
    return {user.name: user for user in client.directory_feed(offering).directory.users}


def uuid_of(client, offering, username):
    return next(user.user_uuid for user in client.offering_users(offering) if user.username == username)


def feeds_asked(site):
    return [path.split("/")[-2] for _, path, _ in site.requests if "glauth" in path]


def test_the_offering_users_are_listed_by_their_unix_names(site, client, offering):
    assert {user.username for user in client.offering_users(offering)} == {"alice", "bob"}
    feed = client.directory_feed(offering).directory
    assert {user.name for user in feed.users} == {"alice", "bob"}
    assert {user.primarygroup for user in feed.users} <= {group.gidnumber for group in feed.groups}
    site.world.rename_user(offering, uuid_of(client, offering, "bob"), "bbrown")
    feed = client.directory_feed(offering).directory
    assert {user.name for user in feed.users} == {"alice", "bbrown"}
    assert {group.name for group in feed.groups} >= {"alice", "bbrown"}


def test_the_tree_is_asked_where_there_is_one_and_else_once(site, client, offering, dialect):
    site.reset_counts()
    for each in (offering, site.world.create_offering("Other"), offering):
        client.directory_feed(each)
    if dialect == "2026":
        assert feeds_asked(site) == ["glauth_tree"] * 3
    else:
        assert feeds_asked(site) == ["glauth_tree", *["glauth_users_config"] * 3]


def test_an_empty_feed_is_empty(site, client):
    found = client.directory_feed(site.world.create_offering("Empty")).directory
    assert (found.users, found.groups) == ((), ())


def test_without_the_feature_neither_users_nor_feed_are_an_answer(site, client):
    offering = site.world.create_offering("Closed", users_enabled=False)
    for read in (client.directory_feed, client.offering_users):
        with pytest.raises(Unavailable, match="switch service_provider_can_create_offering_user on"):
            read(offering)


def test_a_name_with_quotes_costs_an_old_server_the_whole_feed(client, offering, join, dialect):
    join("eve", 'Eve "Q"', "Back \\ slash")
    if dialect != "2024":
        assert people(client, offering)["eve"].givenname == 'Eve "Q"'
        return
    with pytest.raises(
        Incomplete, match=r"glauth_users_config/ is not valid TOML: line [0-9]+, column [0-9]+"
    ) as caught:
        client.directory_feed(offering)
    assert caught.value.rows == ()


def test_a_line_break_in_a_key_costs_text_servers_the_whole_feed(client, offering, join, dialect):
    join("eve", sshkeys=["ssh-ed25519 AAAA eve\nlaptop"])
    if dialect == "2026":
        assert people(client, offering)["eve"].sshkeys == ("ssh-ed25519 AAAA eve\nlaptop",)
        return
    with pytest.raises(Incomplete, match="not valid TOML"):
        client.directory_feed(offering)


def test_a_planted_user_reaches_the_admission_from_a_server_of_2024_alone(client, offering, join, dialect):
    join("eve", PLANTED)
    if dialect == "2026":
        assert people(client, offering)["eve"].givenname == PLANTED
        return
    with pytest.raises(Incomplete) as caught:
        client.directory_feed(offering)
    found = {user.name: user.uidnumber for feed in caught.value.rows for user in feed.directory.users}
    assert found.get("root2") == (0 if dialect == "2024" else None)


def test_who_lost_every_role_is_disabled_where_the_server_tells_it(site, client, story, offering, dialect):
    site.world.remove_member(story[1], uuid_of(client, offering, "bob"))
    feed = client.directory_feed(offering)
    assert feed.tells_disabled is (dialect != "2024")
    assert {user.name: user.disabled for user in feed.directory.users} == {"alice": False, "bob": dialect != "2024"}


def test_a_robot_account_is_a_user_who_is_not_disabled(site, client, offering):
    (resource,) = client.resources(offering)
    site.world.add_robot_account(resource.uuid, "robo1", sshkeys=["ssh-ed25519 AAAA"])
    feed = client.directory_feed(offering).directory
    (robot,) = (user for user in feed.users if user.name == "robo1")
    assert (robot.disabled, robot.mail, robot.sshkeys) == (False, "", ("ssh-ed25519 AAAA",))
    assert robot.primarygroup in {group.gidnumber for group in feed.groups if group.name == "robo1"}


def test_a_robot_account_without_a_name_is_nobody(site, client, offering):
    (resource,) = client.resources(offering)
    site.world.add_robot_account(resource.uuid, "")
    assert set(people(client, offering)) == {"alice", "bob"}


def test_a_name_that_is_null_is_nobodys(site, client, offering):
    site.world.rename_user(offering, uuid_of(client, offering, "bob"), None)
    feed = client.directory_feed(offering).directory
    assert ({user.name for user in feed.users}, {group.name for group in feed.groups}) == ({"alice"}, {"alice"})


def test_groups_of_other_offerings_are_in_the_text_and_not_in_the_tree(site, client, story, offering, dialect):
    own = site.world.add_project_group(offering, story[1])
    foreign = site.world.add_project_group(site.world.create_offering("Other"), story[1])
    feed = client.directory_feed(offering).directory
    assert {user.othergroups for user in feed.users} == {(own,) if dialect == "2026" else (own, foreign)}
    assert own in {group.gidnumber for group in feed.groups}
    assert foreign not in {group.gidnumber for group in feed.groups}


def test_the_text_of_2026_says_what_its_tree_says(connect):
    with MarketplaceServer(dialect="2026") as site:
        world, http = site.world, connect(site)
        client, offering = Client(http), world.create_offering("HPC")
        project = world.create_project(world.create_customer("University"), "Climate")
        for name in ("alice", "bob", "eve"):
            world.add_member(
                project, world.create_user(name, HOSTILE, '"\\', sshkeys=[f"ssh-ed25519 {name}\n", HOSTILE])
            )
        order = world.order_create(project, offering, "alloc", {"cpu": 1})
        client.approve_order(order)
        client.set_order_done(order)
        world.add_project_group(offering, project)
        world.add_robot_account(client.order(order).resource_uuid, "robo1", sshkeys=["a", "b"])
        world.remove_member(project, uuid_of(client, offering, "eve"))
        tree = client.directory_feed(offering)
        text = read_feed(http.text("marketplace-provider-offerings/{uuid}/glauth_users_config/", offering))
    assert set(text.directory.users) == set(tree.directory.users)
    assert set(text.directory.groups) == set(tree.directory.groups)
    assert (len(text.directory.users), text.tells_disabled, tree.tells_disabled) == (4, True, True)


@pytest.mark.parametrize("kind", ["cut", "drop"])
def test_a_feed_that_is_cut_off_is_not_a_shorter_one(site, client, offering, kind):
    site.faults.add(kind, "glauth")
    with pytest.raises((Incomplete, Unavailable)) as caught:
        client.directory_feed(offering)
    assert getattr(caught.value, "rows", ()) == ()
