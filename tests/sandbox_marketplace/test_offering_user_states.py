"""The states of offering users: every transition from every state, what is said when it is a wrong one, comments."""

import pytest

from agent.sandbox.marketplace.offering_user_states import STATES, TRANSITIONS, WAITING

LIST = "marketplace-offering-users/"


@pytest.fixture
def alice(modern):
    """The path of the row of somebody who is at the offering."""
    modern.active()
    return f"{LIST}{modern.world.offering_user(modern.offering, modern.alice)['uuid']}/"


def put(site, state):
    site.world.put_user(site.offering, site.alice, state)


@pytest.mark.parametrize("action", TRANSITIONS)
def test_a_transition_is_made_from_its_states_and_refused_with_the_number_of_any_other(modern, alice, action):
    transition = TRANSITIONS[action]
    for number, state in enumerate(STATES, 1):
        put(modern, state)
        answer = modern.api.post(f"{alice}{action}/")
        now = modern.api.get(alice).json()["state"]
        if state in transition.valid:
            assert (answer.status_code, answer.content, now) == (200, b"", transition.state)
            continue
        said = f"Cannot transition to {transition.state} from current state: {number}. Valid states for operation: "
        assert (answer.status_code, now) == (400, state)
        assert answer.json() == {"detail": said + ", ".join(transition.valid) + "."}


@pytest.mark.parametrize("state", STATES)
def test_a_new_name_makes_those_ok_that_wait_for_one_and_nobody_else(modern, alice, state):
    put(modern, state)
    row = modern.api.patch(alice, {"username": "aadams"}).json()
    assert row["state"] == ("OK" if state in WAITING else state)


@pytest.mark.parametrize("username", ["", None, "alice"])
def test_no_name_and_the_same_name_change_no_state(modern, alice, username):
    put(modern, "Creating")
    assert modern.api.patch(alice, {"username": username}).json()["state"] == "Creating"


def comment(site, alice):
    row = site.api.get(alice).json()
    return row["service_provider_comment"], row["service_provider_comment_url"]


def test_a_pending_state_takes_a_comment_and_the_end_of_the_validation_clears_it(modern, alice):
    put(modern, "Creating")
    body = {"comment": "Link your account.", "comment_url": "https://example.org/link"}
    modern.api.post(f"{alice}set_pending_account_linking/", body)
    assert comment(modern, alice) == ("Link your account.", "https://example.org/link")
    modern.api.post(f"{alice}set_validation_complete/")
    assert comment(modern, alice) == ("", "")


def test_other_transitions_leave_the_comment_and_it_can_be_changed_in_any_state(modern, alice):
    for state in STATES:
        put(modern, state)
        answer = modern.api.patch(f"{alice}update_comments/", {"service_provider_comment": f"was {state}"})
        assert answer.json() == {"service_provider_comment": f"was {state}", "service_provider_comment_url": ""}
    put(modern, "Creating")
    modern.api.post(f"{alice}set_error_creating/", {"comment": "not taken"})
    assert comment(modern, alice)[0] == "was Error deleting"


def test_only_the_owner_moves_users_and_a_stranger_does_not_see_them(modern, alice):
    manager = modern.world.create_user("manager")
    modern.world.add_manager(modern.offering, manager)
    for user, status in ((manager, 403), (modern.alice, 404)):
        answer = modern.as_user(modern.world.token(user)).post(f"{alice}request_deletion/")
        assert answer.status_code == status
    assert modern.api.get(alice).json()["state"] == "OK"


@pytest.mark.parametrize("action", [*TRANSITIONS, "update_comments"])
def test_a_server_of_2024_has_neither_states_nor_transitions(old, action):
    old.active()
    row = old.api.get(LIST).json()[0]
    answer = old.api.post(f"{LIST}{row['uuid']}/{action}/")
    assert "state" not in row
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (404, "text/html")
