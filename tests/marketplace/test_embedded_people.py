"""People against the embedded marketplace of both years: names, states, and accounts that are no person's."""

import pytest

from agent.core.model.marketplace import AccountKind
from agent.errors import Incomplete, Rejected
from agent.marketplace.client import Client
from agent.marketplace.failure import Conflict
from agent.marketplace.moves import MOVES, way
from agent.sandbox.marketplace.offering_user_states import STATES, TRANSITIONS
from agent.sandbox.marketplace.scenario import populate


@pytest.fixture
def client(site, connect):
    return Client(connect(site))


@pytest.fixture
def unnamed(site):
    """An offering that leaves names to the provider, with one user: (offering, project, user)."""
    offering = site.world.create_offering("HPC", options={"username_generation_policy": "service_provider"})
    project = site.world.create_project(site.world.create_customer("University"), "Climate")
    user = site.world.create_user("alice", "Alice", "Adams", attributes={"organization": "MPI"})
    site.world.add_member(project, user)
    order = site.world.order_create(project, offering, "alloc", {"cpu": 1})
    site.world.approve_as_provider(order)
    if not site.world.offering_users(offering):  # a server of 2024 makes them when the order is done
        site.world.add_member(project, user, "PROJECT.ADMIN")
    return offering, project, user


@pytest.fixture
def alice(client, unnamed):
    offering, _, user = unnamed
    for order in client.orders(offering):
        client.set_order_done(order.uuid)
    (found,) = client.offering_users(offering)
    assert found.user_uuid == user
    return found


def test_the_moves_are_the_servers():
    assert {move.action: (move.states, move.to, move.commented) for move in MOVES} == {
        name: (transition.valid, transition.state, transition.commented) for name, transition in TRANSITIONS.items()
    }


def test_an_offering_says_who_names_its_users(client, unnamed, site):
    assert client.offering(unnamed[0]).leaves_usernames
    assert client.offering(site.world.create_offering("Named")).username_naming == "waldur_username"


def test_a_name_is_given_blanked_by_a_change_of_options_and_put_back(site, client, unnamed, alice, dialect):
    offering = unnamed[0]
    for _ in range(2):
        client.set_username(alice.uuid, "aadams")
        (named,) = client.offering_users(offering)
        assert (named.username, named.state) == ("aadams", "" if dialect == "2024" else "OK")
        site.world.set_options(offering, homedir_prefix="/data/")
        assert client.offering_users(offering)[0].username == ""


def test_a_name_that_is_too_long_is_rejected(client, alice):
    with pytest.raises(Rejected, match="no more than 100 characters"):
        client.set_username(alice.uuid, "x" * 101)


def test_attributes_are_read_where_they_are_shown(site, client, unnamed, alice, dialect):
    offering = unnamed[0]
    asked = ["username", "full_name", "email", "organization"]
    before = {"username": "alice", "full_name": "Alice Adams"}
    later = {**before, "email": "alice@example.org", "organization": "MPI"}
    assert client.offering_users(offering, asked)[0].attributes == (before if dialect == "2024" else later)
    site.world.hide_attributes(offering, "full_name", "email", "uuid")
    (hidden,) = client.offering_users(offering, asked)
    assert hidden.user_uuid == alice.user_uuid
    assert hidden.attributes == (before if dialect == "2024" else {"username": "alice", "organization": "MPI"})


def test_a_server_of_2024_knows_no_states_and_is_left_in_peace(site, client, alice, dialect):
    if dialect == "2025":
        assert alice.state == "Requested"
        return
    site.reset_counts()
    client.move_offering_user(alice.uuid, alice.state, "OK", "Welcome.")
    assert site.requests == []
    client.move_offering_user(alice.uuid, "Requested deletion", "Deleted", "Bye.")
    assert [status for _, _, status in site.requests] == [404]


def test_every_way_can_be_gone(site, client, unnamed, alice, dialect):
    offering, _, user = unnamed
    if dialect == "2024":
        with pytest.raises(ValueError, match="cannot be"):
            site.world.put_user(offering, user, "OK")
        return
    for state in STATES:
        for to in STATES:
            site.world.put_user(offering, user, state)
            if way(state, to) is None:
                with pytest.raises(Rejected, match="no way leads"):
                    client.move_offering_user(alice.uuid, state, to)
                continue
            client.move_offering_user(alice.uuid, state, to, f"{state} to {to}")
            row = site.world.offering_user(offering, user)
            told = "" if "set_validation_complete" in [move.action for move in way(state, to)] else f"{state} to {to}"
            assert (row["state"], row["service_provider_comment"]) == (to, told)


@pytest.mark.parametrize("kind", ["lose reply", "drop"])
def test_a_move_whose_reply_is_lost_is_made_once(site, client, unnamed, alice, dialect, kind):
    if dialect == "2024":
        assert alice.state == ""
        return
    offering, _, user = unnamed
    site.world.put_user(offering, user, "Requested deletion")
    site.faults.add(kind, "set_deleting", times=1)
    client.move_offering_user(alice.uuid, "Requested deletion", "Deleted")
    assert site.world.offering_user(offering, user)["state"] == "Deleted"


def test_somebody_who_came_back_is_not_deleted(site, client, unnamed, alice, dialect):
    if dialect == "2024":
        assert alice.state == ""
        return
    offering, _, user = unnamed
    site.world.put_user(offering, user, "OK")
    with pytest.raises(Conflict, match="the offering user is OK"):
        client.move_offering_user(alice.uuid, "Requested deletion", "Deleted")
    assert site.world.offering_user(offering, user)["state"] == "OK"


def test_accounts_of_every_kind_are_read_as_far_as_the_server_knows_them(site, client, unnamed, dialect):
    offering, project, _ = unnamed
    world, resources = site.world, client.resources(offering)
    world.add_service_account("svc", project=project)
    world.close_service_account(world.add_service_account("csvc", customer=resources[0].customer_uuid))
    world.end_project(project, "2027-01-31")
    world.add_course_account("course1", project)
    world.add_robot_account(resources[0].uuid, "robo")
    other = world.create_offering("Other")
    order = world.order_create(project, other, "other", {"cpu": 1})
    world.add_robot_account(world.order(order)["resource"], "alien")
    found = {account.username: account for account in client.service_accounts(offering, AccountKind, resources)}
    robot = found.pop("robo")
    assert (robot.resource_uuid, robot.state) == (resources[0].uuid, "" if dialect == "2024" else "OK")
    if dialect == "2024":
        assert found == {}
        return
    assert {name: (account.kind, account.state) for name, account in found.items()} == {
        "svc": (AccountKind.PROJECT_SERVICE, "OK"),
        "csvc": (AccountKind.CUSTOMER_SERVICE, "Closed"),
        "course1": (AccountKind.COURSE, "OK"),
    }
    assert found["svc"].project_uuid == found["course1"].project_uuid == project
    assert found["csvc"].customer_uuid == resources[0].customer_uuid
    assert (found["course1"].starts, found["course1"].ends) == (None, 1801353600.0)


def test_a_list_of_accounts_that_loses_a_row_is_incomplete(site, client, unnamed):
    offering, _, _ = unnamed
    resources = client.resources(offering)
    for number in range(3):
        site.world.add_robot_account(resources[0].uuid, f"robo{number}", kind=f"k{number}")
    site.faults.add("lose row", "marketplace-robot-accounts")
    with pytest.raises(Incomplete, match="3 rows were announced and 2") as caught:
        client.service_accounts(offering, [AccountKind.ROBOT], resources)
    assert [account.username for account in caught.value.rows] == ["robo1", "robo2"]


def test_the_roles_of_a_private_offering_are_found_by_agreement(site, client, unnamed):
    offering, project, user = unnamed
    site.world.set_shared(offering, False)
    found = client.project_roles(client.offering(offering), client.resources(offering))
    assert {(role.project_uuid, role.user_uuid) for role in found} == {(project, user)}


def test_a_project_that_everybody_left_is_known_to_be_empty(site, client, unnamed):
    offering, project, user = unnamed
    site.world.remove_member(project, user)
    assert client.project_roles(client.offering(offering), client.resources(offering)) == ()


def test_many_people_are_read_in_pages_of_three_hundred(site, client):
    offering = populate(site.world, resources=40, users_per_resource=40, distinct_users=800, customers=4, projects=40)
    for order in client.orders(offering) if not site.world.offering_users(offering) else ():
        client.approve_order(order.uuid)
        client.set_order_done(order.uuid)
    resources, sold = client.resources(offering), client.offering(offering)
    site.reset_counts()
    assert len({user.user_uuid for user in client.offering_users(offering)}) == 800
    assert len(client.project_roles(sold, resources)) == 1600
    assert len(site.requests) == 3 + 1 + 6
