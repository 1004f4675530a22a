"""Offering users: who gets one and when, names, states."""

import pytest

LIST = "marketplace-offering-users/"
BLANK = {"options": {"username_generation_policy": "service_provider"}}


def listed(site):
    return {row["user_username"]: row for row in site.api.get(LIST, offering_uuid=site.offering).json()}


def test_users_appear_when_the_create_order_is_done_in_2024_and_when_it_is_placed_later(old, modern):
    old.order()
    assert listed(old) == {}
    old.active("second")
    assert listed(old)["alice"]["username"] == "alice"
    modern.order()
    assert listed(modern)["alice"]["username"] == "alice"


def test_a_role_granted_later_makes_a_user_and_losing_it_keeps_the_row(each):
    each.active()
    bob = each.world.create_user("bob")
    each.world.add_member(each.project, bob)
    assert listed(each).keys() == {"alice", "bob"}
    each.world.remove_member(each.project, bob)
    assert listed(each).keys() == {"alice", "bob"}


def test_an_order_that_waits_for_the_consumer_makes_no_users_until_it_is_approved(modern):
    order = modern.world.order_create(modern.project, modern.offering, "held", {"cpu": 1}, awaits_consumer=True)
    assert listed(modern) == {}
    modern.world.approve_as_consumer(order)
    assert modern.world.order(order)["state"] == "pending-provider"
    assert listed(modern).keys() == {"alice"}
    with pytest.raises(ValueError, match="pending-consumer"):
        modern.world.approve_as_consumer(order)


def test_states_came_in_2025_and_the_propagation_date_went(old, modern):
    old.active()
    modern.active()
    before, after = listed(old)["alice"], listed(modern)["alice"]
    assert "state" not in before
    assert "propagation_date" in before
    assert after["state"] == "OK"
    assert "propagation_date" not in after


def test_naming_a_waiting_user_makes_it_ok_and_set_ok_after_it_is_a_400(site):
    found = site("2025", offering=BLANK)
    found.active()
    row = listed(found)["alice"]
    assert (row["username"], row["state"]) == ("", "Requested")
    named = found.api.patch(f"{LIST}{row['uuid']}/", {"username": "aadams"})
    assert (named.status_code, named.json()["username"], named.json()["state"]) == (200, "aadams", "OK")
    again = found.api.post(f"{LIST}{row['uuid']}/set_ok/")
    assert again.status_code == 400
    assert again.json()["detail"].startswith("Cannot transition to OK from current state: 5. Valid states")


@pytest.mark.parametrize("username", ["dup", None, 'q"uote', "new\nline", ""])
def test_any_name_of_up_to_a_hundred_characters_is_taken(each, username):
    each.active()
    row = listed(each)["alice"]
    assert each.api.patch(f"{LIST}{row['uuid']}/", {"username": username}).json()["username"] == username


def test_a_longer_name_is_refused(each):
    each.active()
    row = listed(each)["alice"]
    answer = each.api.patch(f"{LIST}{row['uuid']}/", {"username": "x" * 101})
    assert answer.status_code == 400
    assert "100 characters" in answer.json()["username"][0]


def test_states_follow_their_table(site):
    found = site("2025", offering=BLANK)
    found.active()
    one = f"{LIST}{listed(found)['alice']['uuid']}/"
    for action, state in (
        ("begin_creating", "Creating"),
        ("set_pending_account_linking", "Pending account linking"),
        ("set_validation_complete", "OK"),
        ("request_deletion", "Requested deletion"),
        ("set_deleting", "Deleting"),
        ("set_deleted", "Deleted"),
    ):
        answer = found.api.post(f"{one}{action}/")
        assert (answer.status_code, answer.content) == (200, b"")
        assert found.api.get(one).json()["state"] == state
    assert found.api.get(LIST, state="Deleted").headers["X-Result-Count"] == "1"


def test_without_the_feature_no_rows_are_seen_and_none_can_be_made(site):
    bare = site("2025", offering={"users_enabled": False})
    bare.active()
    assert listed(bare) == {}
    answer = bare.api.post(LIST, {"user_uuid": bare.alice, "offering_uuid": bare.offering})
    assert (answer.status_code, answer.json()) == (400, "It is not allowed to create users for current offering.")


def test_a_user_made_by_hand_is_unique_and_can_be_deleted(each):
    url = each.server.url
    body = {
        "user": f"{url}/api/users/{each.alice}/",
        "offering": f"{url}/api/marketplace-provider-offerings/{each.offering}/",
        "username": "alice",
    }
    made = each.api.post(LIST, body)
    assert made.status_code == 201
    again = each.api.post(LIST, body)
    assert again.json() == {"non_field_errors": ["The fields offering, user must make a unique set."]}
    assert each.api.client.delete(f"{LIST}{made.json()['uuid']}/").status_code == 204
    assert listed(each) == {}


def test_the_restriction_and_the_comment_are_kept(modern):
    modern.active()
    one = f"{LIST}{listed(modern)['alice']['uuid']}/"
    assert modern.api.post(f"{one}update_restricted/", {"is_restricted": True}).status_code == 200
    modern.api.patch(f"{one}update_comments/", {"service_provider_comment": "call us"})
    row = modern.api.get(one).json()
    assert (row["is_restricted"], row["service_provider_comment"]) == (True, "call us")


def test_changing_an_option_names_everybody_anew_and_blanks_names_set_by_the_provider(site):
    found = site("2025", offering=BLANK)
    found.active()
    found.api.patch(f"{LIST}{listed(found)['alice']['uuid']}/", {"username": "aadams"})
    found.world.set_options(found.offering, homedir_prefix="/data/")
    assert listed(found)["alice"]["username"] == ""


def test_only_the_owner_may_name_users(each):
    each.active()
    one = f"{LIST}{listed(each)['alice']['uuid']}/"
    manager = each.world.create_user("manager")
    each.world.add_manager(each.offering, manager)
    assert each.as_user(each.world.token(manager)).patch(one, {"username": "x"}).status_code == 403
    assert each.as_user(each.world.token(each.alice)).patch(one, {"username": "x"}).status_code == 404


def test_one_counter_gives_uids_over_all_offerings(each):
    each.active()
    second = each.world.create_offering("Second", options={"initial_uidnumber": 30000})
    each.world.order_create(each.project, second, "b", {"cpu": 1})
    for row in each.world.resources(second):
        order = each.world.orders(second)[0]["uuid"]
        each.act(order, "approve_by_provider")
        each.act(order, "set_state_done")
        assert row["offering"] == second
    uids = {row["uidnumber"] for row in each.world.offering_users(each.offering)}
    others = {row["uidnumber"] for row in each.world.offering_users(second)}
    assert (uids, others) == ({20001}, {30001})
