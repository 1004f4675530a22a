import pytest

from agent.core.model.marketplace import OfferingUser
from agent.errors import Incomplete, Unavailable

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
