import pytest

from agent.core.model.marketplace import OfferingUser
from agent.errors import Incomplete, Rejected, Unavailable

OFFERING = "0" * 32
FEATURE = "service_provider_can_create_offering_user"
DETAILS = f"marketplace-provider-offerings/{OFFERING}/"


def test_users_are_read_with_and_without_names_and_states(server, client):
    rows = [
        {"uuid": "1" * 32, "user_uuid": "a" * 32, "username": "alice", "state": "OK", "is_restricted": True, "offering_uuid": OFFERING},
        {"uuid": "2" * 32, "user_uuid": "b" * 32, "username": None, "offering_uuid": OFFERING},
        {"uuid": "3" * 32, "user_uuid": "c" * 32, "username": "eve", "offering_uuid": "9" * 32},
    ]  # fmt: skip
    server.listing("marketplace-offering-users/", rows)
    assert client.offering_users(OFFERING) == (
        OfferingUser(uuid="1" * 32, user_uuid="a" * 32, username="alice", state="OK", restricted=True),
        OfferingUser(uuid="2" * 32, user_uuid="b" * 32),
    )


@pytest.mark.parametrize(
    "options", [{"plugin_options": {}}, {"plugin_options": {FEATURE: False}, "secret_options": {}}]
)
def test_an_empty_list_behind_a_switched_off_feature_is_no_answer(server, client, options):
    server.listing("marketplace-offering-users/", [])
    server.on("GET", DETAILS, options)
    with pytest.raises(Unavailable, match=FEATURE):
        client.offering_users(OFFERING)


@pytest.mark.parametrize(
    "options", [{"plugin_options": {FEATURE: True}}, {"plugin_options": {}, "secret_options": {FEATURE: True}}, {}]
)
def test_an_empty_list_of_an_offering_that_has_the_feature_is_empty(server, client, options):
    server.listing("marketplace-offering-users/", [])
    server.on("GET", DETAILS, options)
    assert client.offering_users(OFFERING) == ()


def test_a_user_who_cannot_be_read_makes_the_list_incomplete(server, client):
    server.listing("marketplace-offering-users/", [{"uuid": "1" * 32, "username": "x", "offering_uuid": OFFERING}])
    with pytest.raises(Incomplete, match="user_uuid"):
        client.offering_users(OFFERING)


ALICE = {"uuid": "1" * 32, "user_uuid": "a" * 32, "username": "alice", "offering_uuid": OFFERING}
PERSONAL = {
    "user_full_name": "Alice Adams",
    "user_email": "alice@example.org",
    "user_username": "",
    "user_groups": ["x"],
}


def test_attributes_of_a_person_are_asked_for_by_name_and_kept_where_they_are_shown(server, client):
    server.listing("marketplace-offering-users/", [{**ALICE, **PERSONAL, "user_eduperson": None}])
    (alice,) = client.offering_users(OFFERING, ["email", "username", "groups", "eduperson", "hidden", "email"])
    assert alice.attributes == {"email": "alice@example.org"}
    asked = [name for name in server.asked[-1].query["field"] if name.startswith("user_")]
    assert asked == ["user_uuid", "user_email", "user_username", "user_groups", "user_eduperson", "user_hidden"]


def test_without_attributes_nothing_of_the_person_is_asked_for_or_kept(server, client):
    server.listing("marketplace-offering-users/", [{**ALICE, **PERSONAL}])
    assert client.offering_users(OFFERING)[0].attributes == {}
    assert [name for name in server.asked[-1].query["field"] if name.startswith("user_")] == ["user_uuid"]


def test_a_username_that_is_no_text_is_a_row_that_cannot_be_read(server, client):
    server.listing("marketplace-offering-users/", [ALICE, {**ALICE, "uuid": "2" * 32, "username": 7}])
    with pytest.raises(Incomplete, match="1 of 2 rows") as caught:
        client.offering_users(OFFERING)
    assert [user.username for user in caught.value.rows] == ["alice"]


def test_a_username_is_written(server, client):
    server.on("PATCH", f"marketplace-offering-users/{'1' * 32}/", ALICE)
    client.set_username("1" * 32, "aadams")
    assert server.last("PATCH").body == {"username": "aadams"}


def test_a_username_whose_reply_is_lost_is_written_again(server, client):
    path = f"marketplace-offering-users/{'1' * 32}/"
    server.on("PATCH", path, reply=False)
    server.on("PATCH", path, ALICE)
    client.set_username("1" * 32, "aadams")
    assert server.count("PATCH", path) == 2


def test_a_username_that_the_server_refuses_is_rejected_with_its_words(server, client):
    refusal = {"username": ["Ensure this field has no more than 100 characters."]}
    server.on("PATCH", f"marketplace-offering-users/{'1' * 32}/", refusal, 400)
    with pytest.raises(Rejected, match="username: Ensure this field has no more than 100"):
        client.set_username("1" * 32, "x" * 101)
