"""Tree or text: which one is asked, how often, and what each answer means."""

from threading import Barrier, Semaphore, Thread
from time import sleep

import pytest

from agent.core.model.directory import Feed
from agent.errors import Incomplete, Unavailable
from agent.marketplace import http as transport
from agent.marketplace.client import Client
from agent.marketplace.failure import NoRoute, Refused

OFFERINGS = [f"{number:032x}" for number in range(1, 7)]
FIRST, SECOND = OFFERINGS[:2]
PLAIN = "text/plain; charset=utf-8"
TEXT = '[[users]]\nname = "bob"\nuidnumber = 5002\nprimarygroup = 6002\n'
SWITCHED_OFF = "Offering HPC doesn't have feature service_provider_can_create_offering_user enabled"


def path(offering, source):
    return f"marketplace-provider-offerings/{offering}/{source}/"


def tree(offering, name="alice"):
    user = dict.fromkeys(("mail", "givenname", "sn", "login_shell", "home_dir"), "")
    user |= {"username": name, "uidnumber": 5001, "personal_group": 6001, "disabled": False}
    user |= {"ssh_keys": [], "memberships": []}
    return {"offering": {"uuid": offering}, "users": [user], "groups": [], "robot_accounts": []}


def names(feed):
    return [user.name for user in feed.directory.users]


def asked(server):
    return [each.path.split("/")[-2] for each in server.asked]


@pytest.fixture
def old(server):
    for offering in OFFERINGS:
        server.on("GET", path(offering, "glauth_users_config"), TEXT, kind=PLAIN)
    return server


@pytest.fixture
def modern(server):
    for offering in OFFERINGS:
        server.on("GET", path(offering, "glauth_tree"), tree(offering))
        server.on("GET", path(offering, "glauth_users_config"), TEXT, kind=PLAIN)
    return server


def test_the_tree_is_preferred_and_the_text_not_asked_for(modern, client):
    assert [names(client.directory_feed(offering)) for offering in (FIRST, SECOND, FIRST)] == [["alice"]] * 3
    assert asked(modern) == ["glauth_tree"] * 3


def test_a_server_without_a_tree_is_asked_for_it_once_whatever_the_offering(old, client):
    for offering in (FIRST, SECOND, FIRST):
        assert names(client.directory_feed(offering)) == ["bob"]
    assert asked(old) == ["glauth_tree", *["glauth_users_config"] * 3]
    assert [each.headers["Accept"] for each in old.asked[:2]] == ["application/json", "text/plain"]


def test_offerings_that_are_read_together_ask_once_too(old, client):
    begin, found = Barrier(len(OFFERINGS)), []

    def read(offering):
        begin.wait()
        found.append(names(client.directory_feed(offering)))

    threads = [Thread(target=read, args=(offering,)) for offering in OFFERINGS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["bob"]] * len(OFFERINGS)
    assert asked(old).count("glauth_tree") == 1


def test_who_waited_for_an_answer_that_left_it_open_does_not_make_the_others_wait_again(server, client):
    begin, others, refused = Barrier(len(OFFERINGS)), Barrier(len(OFFERINGS) - 1), []
    one_by_one = Semaphore(1)

    def answer(_query):
        if one_by_one.acquire(blocking=False):
            sleep(0.5)  # the first: the others come meanwhile
        else:
            others.wait(5)  # broken unless all of them are asking at the same time
        return {"detail": "Not now."}, {}, 403

    for offering in OFFERINGS:
        server.on("GET", path(offering, "glauth_tree"), answer)

    def read(offering):
        begin.wait()
        try:
            client.directory_feed(offering)
        except Refused:
            refused.append(offering)

    threads = [Thread(target=read, args=(offering,)) for offering in OFFERINGS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(refused) == OFFERINGS


def test_a_404_about_the_offering_is_no_word_about_the_server(modern, client):
    gone = "f" * 32
    modern.on("GET", path(gone, "glauth_tree"), {"detail": "No Offering matches the given query."}, 404)
    with pytest.raises(Refused, match="does not exist, or the token does not see it"):
        client.directory_feed(gone)
    assert names(client.directory_feed(FIRST)) == ["alice"]
    with pytest.raises(Refused):
        client.directory_feed(gone)
    assert asked(modern) == ["glauth_tree"] * 3


def test_a_stray_page_does_not_make_a_server_that_has_the_tree_an_old_one(modern, client):
    assert names(client.directory_feed(FIRST)) == ["alice"]
    modern.replies[("GET", f"/api/{path(SECOND, 'glauth_tree')}")].clear()
    modern.on("GET", path(SECOND, "glauth_tree"), "<h1>Not Found</h1>", 404, "text/html")
    modern.on("GET", path(SECOND, "glauth_tree"), tree(SECOND))
    assert names(client.directory_feed(SECOND)) == ["bob"]
    assert names(client.directory_feed(SECOND)) == ["alice"]


def test_neither_tree_nor_text_is_an_error(server, client):
    with pytest.raises(NoRoute, match="no such route"):
        client.directory_feed(FIRST)


@pytest.mark.parametrize("status", [500, 502, 429])
def test_a_tree_that_fails_is_not_replaced_by_the_text(server, client, status):
    server.on("GET", path(FIRST, "glauth_tree"), "<h1>Error</h1>", status, "text/html")
    server.on("GET", path(FIRST, "glauth_users_config"), TEXT, kind=PLAIN)
    with pytest.raises(Unavailable, match=str(status)):
        client.directory_feed(FIRST)
    assert set(asked(server)) == {"glauth_tree"}


def test_what_the_token_may_not_see_is_said_with_the_remedy(server, client):
    server.on("GET", path(FIRST, "glauth_tree"), {"detail": "You do not have permission."}, 403)
    with pytest.raises(Refused, match="owner of the provider organization"):
        client.directory_feed(FIRST)
    assert asked(server) == ["glauth_tree"]


def test_an_offering_without_users_says_how_to_switch_them_on(server, client):
    server.on("GET", path(FIRST, "glauth_tree"), f'"{SWITCHED_OFF}"', 400)
    server.on("GET", path(SECOND, "glauth_users_config"), SWITCHED_OFF, 400, PLAIN)
    for offering in (FIRST, SECOND):
        with pytest.raises(Unavailable, match=f"{SWITCHED_OFF}; switch service_provider_can_create_offering_user on"):
            client.directory_feed(offering)
    assert asked(server) == ["glauth_tree", "glauth_tree", "glauth_users_config"]


@pytest.mark.parametrize("cut", ['{"offering": {"uuid"', "[" * 100_000, '{"users": ' + "9" * 5000 + "}", ""])
def test_a_tree_that_is_no_json_is_no_tree(server, client, cut):
    server.on("GET", path(FIRST, "glauth_tree"), cut)
    with pytest.raises(Unavailable, match="not valid JSON"):
        client.directory_feed(FIRST)


def test_a_tree_of_another_offering_is_refused_with_its_address(server, client):
    server.on("GET", path(FIRST, "glauth_tree"), tree(SECOND))
    with pytest.raises(
        Incomplete, match=rf"{server.url}/api/{path(FIRST, 'glauth_tree')}: .* another offering"
    ) as caught:
        client.directory_feed(FIRST)
    assert caught.value.rows == ()


def test_an_unreadable_text_is_named_by_its_address(server, client):
    server.on("GET", path(FIRST, "glauth_users_config"), '[[users]]\nname = "Eve "Q""', kind=PLAIN)
    with pytest.raises(Incomplete, match=rf"{path(FIRST, 'glauth_users_config')} is not valid TOML: line 2, column"):
        client.directory_feed(FIRST)


def test_the_rule_for_the_unix_name_reaches_the_text(old, http):
    with pytest.raises(Incomplete, match=r"glauth\.unix_name") as caught:
        Client(http, unix_name="preferredUsername").directory_feed(FIRST)
    assert caught.value.rows == (Feed(tells_disabled=False),)


@pytest.mark.parametrize("source", ["glauth_tree", "glauth_users_config"])
def test_neither_is_read_beyond_the_limit(server, client, monkeypatch, source):
    monkeypatch.setattr(transport, "LARGEST_REPLY", 1000)
    server.on("GET", path(FIRST, source), b"#" * 1001, kind=PLAIN)
    with pytest.raises(Refused, match="larger than 1000 bytes"):
        client.directory_feed(FIRST)
