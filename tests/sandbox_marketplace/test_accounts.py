"""Service, course and robot accounts: what is listed, to whom, and in which states."""

import pytest

from agent.sandbox.marketplace.robot_accounts import STATES

ROBOTS = "marketplace-robot-accounts/"
KINDS = ("list_project_service_accounts", "list_customer_service_accounts", "list_course_accounts")


def accounts(site, kind, **params):
    return site.api.get(f"marketplace-provider-offerings/{site.offering}/{kind}/", **params)


@pytest.fixture
def crew(modern):
    """One account of each kind, in a project that has a resource; (project's, customer's, course's)."""
    modern.active()
    world = modern.world
    return (
        world.add_service_account("svc", project=modern.project),
        world.add_service_account("csvc", customer=modern.customer),
        world.add_course_account("course1", modern.project),
    )


def test_each_list_shows_its_kind_with_the_place_where_it_works(modern, crew):
    modern.world.end_project(modern.project, "2027-01-31")
    rows = [accounts(modern, kind).json() for kind in KINDS]
    assert [[row["uuid"] for row in shown] for shown in rows] == [[uuid] for uuid in crew]
    (project,), (customer,), (course,) = rows
    assert (project["username"], project["project_uuid"], project["state"]) == ("svc", modern.project, "OK")
    assert (customer["username"], customer["customer_uuid"]) == ("csvc", modern.customer)
    assert "project_uuid" not in customer
    assert (course["project_uuid"], course["project_start_date"], course["project_end_date"]) == (
        modern.project,
        None,
        "2027-01-31",
    )
    assert course["user_uuid"] not in {modern.alice, None}


def test_a_token_is_sent_to_whoever_does_not_choose_fields(modern, crew):
    assert len(accounts(modern, KINDS[0]).json()[0]["token"]) == 40
    assert accounts(modern, KINDS[0], field=["uuid", "username"]).json() == [{"uuid": crew[0], "username": "svc"}]


def test_a_closed_account_stays_in_the_list(modern, crew):
    for uuid in crew:
        modern.world.close_service_account(uuid)
    assert [accounts(modern, kind).json()[0]["state"] for kind in KINDS] == ["Closed"] * 3
    modern.world.set_service_account(crew[0], "Erred")
    assert modern.world.service_account(crew[0])["state"] == "Erred"
    with pytest.raises(ValueError, match="cannot be Gone"):
        modern.world.set_service_account(crew[0], "Gone")


def test_only_projects_and_customers_with_a_live_resource_count(modern, crew):
    resource = modern.world.resources(modern.offering)[0]["uuid"]
    elsewhere = modern.world.create_project(modern.world.create_customer("Elsewhere"), "Other")
    modern.world.add_service_account("other", project=elsewhere)
    assert len(accounts(modern, KINDS[0]).json()) == 1
    order = modern.world.order_terminate(resource)
    modern.act(order, "approve_by_provider")
    modern.act(order, "set_state_done")
    assert [accounts(modern, kind).json() for kind in KINDS] == [[], [], []]


def test_the_lists_are_paged_and_counted(modern):
    modern.active()
    for number in range(12):
        modern.world.add_service_account(f"svc{number:02d}", project=modern.project)
    first, second = (accounts(modern, KINDS[0], page=page) for page in (1, 2))
    assert first.headers["X-Result-Count"] == "12"
    names = [row["username"] for page in (first, second) for row in page.json()]
    assert names == [f"svc{number:02d}" for number in range(12)]


def test_whoever_sees_the_offering_may_read_them_and_nobody_else(modern, crew):
    manager = modern.world.create_user("manager")
    modern.world.add_manager(modern.offering, manager)
    path = f"marketplace-provider-offerings/{modern.offering}/{KINDS[0]}/"
    assert modern.as_user(modern.world.token(manager)).get(path).status_code == 200
    assert modern.as_user(modern.world.token(modern.alice)).get(path).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_of_2024_has_no_such_list(old, kind):
    answer = accounts(old, kind)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (404, "text/html")


def test_a_service_account_belongs_to_a_project_or_a_customer_that_is_there(modern):
    for where in ({}, {"project": modern.project, "customer": modern.customer}):
        with pytest.raises(ValueError, match="either"):
            modern.world.add_service_account("svc", **where)
    with pytest.raises(LookupError, match="projects has no"):
        modern.world.add_service_account("svc", project="0" * 32)


def test_robots_are_listed_over_all_offerings_with_their_resources(each):
    first, second = each.active(), each.active("alloc-two")
    each.world.add_robot_account(first, "robo1", sshkeys=["ssh-ed25519 AAAA"])
    each.world.add_robot_account(second, "robo2")
    rows = each.api.get(ROBOTS).json()
    assert [(row["username"], row["resource_uuid"], row["project_uuid"]) for row in rows] == [
        ("robo1", first, each.project),
        ("robo2", second, each.project),
    ]
    assert rows[0]["keys"] == ["ssh-ed25519 AAAA"]
    assert ("state" in rows[0]) is not each.world._dialect.old
    assert [row["username"] for row in each.api.get(ROBOTS, resource_uuid=second).json()] == ["robo2"]
    assert each.as_user(each.world.token(each.alice)).get(ROBOTS).json() == []


def test_robots_are_filtered_by_the_number_of_their_state(modern):
    modern.world.add_robot_account(modern.active(), "robo", state="Requested deletion")
    assert len(modern.api.get(ROBOTS, state="4").json()) == 1
    assert modern.api.get(ROBOTS, state="3").json() == []
    answer = modern.api.get(ROBOTS, state="OK")
    assert (answer.status_code, list(answer.json())) == (400, ["state"])


def test_a_robot_goes_through_its_states(modern):
    robot = modern.world.add_robot_account(modern.active(), "robo", state="Requested")
    for action, state in (
        ("set_state_creating", "Creating"),
        ("set_state_erred", "Error"),
        ("set_state_ok", "OK"),
        ("set_state_request_deletion", "Requested deletion"),
        ("set_state_deleted", "Deleted"),
    ):
        answer = modern.api.post(f"{ROBOTS}{robot}/{action}/", {"error_message": "no room"})
        assert (answer.status_code, answer.json()["state"]) == (200, state)
        assert modern.api.get(f"{ROBOTS}{robot}/").json()["error_message"] == ("no room" if state == "Error" else "")
    assert modern.api.post(f"{ROBOTS}{robot}/set_state_ok/").status_code == 400


def test_a_robot_is_put_into_a_state_that_there_is(modern):
    robot = modern.world.add_robot_account(modern.active(), "robo")
    for state in STATES:
        modern.world.set_robot_account(robot, state)
        assert modern.api.get(f"{ROBOTS}{robot}/").json()["state"] == state
    with pytest.raises(ValueError, match="cannot be Gone"):
        modern.world.set_robot_account(robot, "Gone")
