import itertools

import pytest

from agent.errors import Rejected, Unavailable
from agent.marketplace.failure import Conflict
from agent.marketplace.moves import MOVES, way

STATES = sorted({move.to for move in MOVES} | {state for move in MOVES for state in move.states})
USER = "a" * 32
ONE = f"marketplace-offering-users/{USER}/"


@pytest.mark.parametrize(
    ("state", "to", "actions"),
    [
        ("OK", "OK", []),
        ("Requested", "OK", ["set_ok"]),
        ("Pending account linking", "OK", ["set_validation_complete"]),
        ("Requested", "Pending account linking", ["begin_creating", "set_pending_account_linking"]),
        ("Error creating", "Pending additional validation", ["set_pending_additional_validation"]),
        ("OK", "Deleted", ["request_deletion", "set_deleting", "set_deleted"]),
        ("Error deleting", "Deleted", ["set_deleting", "set_deleted"]),
        ("Deleting", "OK", ["set_error_deleting", "set_ok"]),
    ],
)
def test_the_shortest_way_is_taken(state, to, actions):
    assert [move.action for move in way(state, to)] == actions


def test_every_way_begins_and_ends_where_it_should():
    for state, to in itertools.product(STATES, STATES):
        at = state
        for move in way(state, to) or ():
            assert at in move.states
            at = move.to
        assert at == to or way(state, to) is None


def test_every_state_is_reached_from_requested_and_none_from_deleted():
    assert [state for state in STATES if way("Requested", state) is None] == []
    assert [state for state in STATES if way("Deleted", state) is not None] == ["Deleted"]


def moved(server):
    return [each.path.removeprefix(f"/api/{ONE}") for each in server.asked if each.method in {"POST", "PATCH"}]


def accepts(server, *actions):
    for action in actions:
        server.on("POST", f"{ONE}{action}/")


def refuses(server, action, state):
    detail = "Cannot transition to Deleted from current state: 6. Valid states for operation: Deleting."
    server.on("POST", f"{ONE}{action}/", {"detail": detail}, 400)
    server.on("GET", ONE, {"uuid": USER, "state": state})


def test_a_deletion_goes_through_every_state_between(server, client):
    accepts(server, "set_deleting", "set_deleted")
    client.move_offering_user(USER, "Requested deletion", "Deleted")
    assert moved(server) == ["set_deleting/", "set_deleted/"]


def test_a_move_takes_its_comment_along(server, client):
    accepts(server, "begin_creating", "set_pending_account_linking")
    client.move_offering_user(USER, "Requested", "Pending account linking", "Link your account.")
    assert [each.body for each in server.asked] == [{}, {"comment": "Link your account."}]


def test_a_comment_that_a_move_does_not_take_is_written_before_it(server, client):
    server.on("PATCH", f"{ONE}update_comments/", {"service_provider_comment": "no"})
    accepts(server, "set_error_creating")
    client.move_offering_user(USER, "Creating", "Error creating", "No name is free.")
    assert moved(server) == ["update_comments/", "set_error_creating/"]
    assert server.asked[0].body == {"service_provider_comment": "No name is free."}


def test_one_that_is_there_gets_the_comment_and_nothing_else(server, client):
    server.on("PATCH", f"{ONE}update_comments/", {})
    client.move_offering_user(USER, "OK", "OK")
    assert moved(server) == []
    client.move_offering_user(USER, "OK", "OK", "Welcome.")
    assert moved(server) == ["update_comments/"]


def test_a_refused_move_that_was_made_already_is_fine(server, client):
    refuses(server, "set_ok", "OK")
    client.move_offering_user(USER, "Requested", "OK")
    assert moved(server) == ["set_ok/"]


def test_what_is_half_way_already_goes_on_from_there(server, client):
    refuses(server, "set_deleting", "Deleting")
    accepts(server, "set_deleted")
    client.move_offering_user(USER, "Requested deletion", "Deleted")
    assert moved(server) == ["set_deleting/", "set_deleted/"]


@pytest.mark.parametrize("state", ["OK", "Requested deletion"])
def test_one_that_stands_elsewhere_by_now_is_left_there(server, client, state):
    refuses(server, "set_deleting", state)
    with pytest.raises(Conflict, match=f"the offering user is {state}"):
        client.move_offering_user(USER, "Requested deletion", "Deleted")
    assert moved(server) == ["set_deleting/"]


def test_a_state_that_cannot_be_read_after_a_refusal_is_unavailable(server, client):
    refuses(server, "set_ok", None)
    with pytest.raises(Unavailable, match="does not say which state"):
        client.move_offering_user(USER, "Requested", "OK")


@pytest.mark.parametrize(("state", "to"), [("Deleted", "OK"), ("OK", "Requested"), ("Frozen", "OK")])
def test_where_no_way_leads_nothing_is_sent(server, client, state, to):
    with pytest.raises(Rejected, match=f"no way leads from {state} to {to}"):
        client.move_offering_user(USER, state, to, "comment")
    assert server.asked == []


def test_a_server_without_states_is_asked_nothing_and_one_without_the_route_is_fine(server, client):
    client.move_offering_user(USER, "", "Deleted", "comment")
    assert server.asked == []
    client.move_offering_user(USER, "Requested deletion", "Deleted")
    assert moved(server) == ["set_deleting/"]


def test_a_token_that_may_not_is_told_what_to_do(server, client):
    server.on("POST", f"{ONE}set_ok/", {"detail": "You do not have permission to perform this action."}, 403)
    with pytest.raises(Unavailable, match="owner of the provider organization"):
        client.move_offering_user(USER, "Requested", "OK")
