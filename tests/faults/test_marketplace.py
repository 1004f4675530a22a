"""The marketplace fails or lies: nothing is removed, no order moves, and the next good cycle finishes the work."""

import time

import pytest

from agent.core.usage.months import month_start
from tests.faults.conftest import OCEAN, WEATHER, Busy

ROLES = "project_permissions/"
RESOURCES = "marketplace-provider-resources/"
USERS = "marketplace-offering-users/"
EVERY_TEAM = "project_permissions/|list_customer_users/|/team/"
"""All the routes that tell who has a role."""


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("drop", 0, "check the network and marketplace.url"),
        ("stall", 5, "check the network and marketplace.url"),
        ("status", 401, "put a valid token into"),
        ("status", 403, "the token must belong to an owner of the provider organization"),
        ("status", 500, "the marketplace cannot answer now"),
        ("status", 503, "the marketplace cannot answer now"),
        ("cut", 0, "the reply is not valid JSON, perhaps cut off"),
        ("tear", 0, "check the network and marketplace.url"),
    ],
)
def test_a_marketplace_that_fails_changes_nothing_and_says_what_to_do(
    busy: Busy, kind: str, value: float, said: str
) -> None:
    busy.lab.server.faults.add(kind, "/api/", value=value)
    answer = busy.lab.sync()
    assert answer.code == 75
    assert said in answer.text
    assert busy.lab.server.url in answer.text
    assert busy.nothing_happened()
    assert busy.lab.agent("plan").code == 75

    busy.lab.server.faults.clear()
    assert busy.lab.sync().code == 0
    assert busy.finished()


def test_the_refused_token_is_named_by_its_file_and_never_printed(busy: Busy) -> None:
    busy.lab.server.faults.add("status", "/api/", value=401)
    answer = busy.lab.sync()
    assert str(busy.lab.settings.with_name("token")) in answer.text
    assert busy.lab.server.token not in answer.text


@pytest.mark.parametrize("section", [ROLES, RESOURCES, USERS])
@pytest.mark.parametrize(("kind", "value"), [("status", 503), ("cut", 0), ("lose row", 0)])
def test_one_list_that_cannot_be_trusted_removes_nobody(busy: Busy, section: str, kind: str, value: float) -> None:
    struck = busy.lab.server.faults.add(kind, section, value=value, times=200)
    answer = busy.lab.sync()
    assert struck.times is not None
    assert struck.times < 200, "the list was not read by this route"
    assert "not known for sure, so nothing is removed on it" in answer.text
    assert busy.nobody_was_removed()
    assert not [state for _, state in busy.lab.order_states(busy.ocean) if state == "erred"]

    busy.lab.server.faults.clear()
    busy.lab.sync()
    assert busy.finished()


def test_a_row_that_is_missing_is_counted_and_said(busy: Busy) -> None:
    busy.lab.server.faults.add("lose row", RESOURCES)
    answer = busy.lab.sync()
    assert "2 rows were announced and 1 different ones arrived" in answer.text


def test_an_allocation_on_a_page_that_went_missing_is_no_orphan(busy: Busy) -> None:
    project = busy.lab.project("Others")
    with busy.lab.world.at_once():
        for number in range(300):
            busy.lab.world.order_create(project, busy.lab.offering, f"later{number}", {"cpu": 1}, awaits_consumer=True)
    busy.lab.server.faults.add("status", rf"{RESOURCES}.*[?&]page=2&", value=404)
    answer = busy.lab.sync("--confirm-removals")
    assert "HPC 1: resources" in answer.text
    assert "nothing is removed on it" in answer.text
    assert busy.nobody_was_removed()

    busy.lab.server.faults.clear()
    busy.lab.server.faults.add("lose row", rf"{RESOURCES}.*[?&]page=1&")
    busy.lab.sync("--confirm-removals")
    assert busy.nobody_was_removed()

    busy.lab.server.faults.clear()
    assert busy.lab.sync().code == 0
    assert busy.finished()


def test_an_empty_list_of_roles_is_no_word_against_the_teams(busy: Busy) -> None:
    busy.lab.server.faults.add("empty", ROLES)
    for _ in range(3):
        answer = busy.lab.sync()
        assert answer.code in {0, 3}, answer.text
        assert "emmy" in busy.lab.users(WEATHER)
    assert "remove user emmy" not in answer.text


def test_an_empty_team_after_a_full_one_is_held_and_forgotten_when_the_team_is_back(busy: Busy) -> None:
    busy.lab.server.faults.add("empty", EVERY_TEAM)
    for name in "abcd":
        busy.lab.server.world.add_member(
            busy.lab.world.resource(busy.weather)["project"], busy.lab.world.create_user(f"user{name}")
        )
    busy.lab.server.faults.clear()
    busy.lab.sync()
    everybody = {"emmy", "usera", "userb", "userc", "userd"}
    assert busy.lab.users(WEATHER) == everybody

    busy.lab.server.faults.add("empty", EVERY_TEAM)
    for _ in range(3):
        answer = busy.lab.sync()
        assert answer.code == 3
        assert busy.lab.users(WEATHER) == everybody
        assert busy.lab.users(OCEAN) == everybody
    assert "it would empty an account of 5 users; agent guard release lets them go" in answer.text

    busy.lab.server.faults.clear()
    assert busy.lab.sync().code == 0
    assert busy.lab.agent("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize(
    "route", ["approve_by_provider/", "set_backend_id/", "set_state_done/", "set_backend_metadata/"]
)
@pytest.mark.parametrize("kind", ["drop", "lose reply"])
def test_a_write_that_fails_or_whose_answer_is_lost_leaves_an_order_that_is_finished_later(
    busy: Busy, route: str, kind: str
) -> None:
    struck = busy.lab.server.faults.add(kind, route, method="POST", times=50)
    busy.lab.sync()
    assert struck.times is not None
    assert struck.times < 50, "no such request was made"
    assert busy.lab.order_states(busy.ocean)[0][1] != "erred"

    busy.lab.server.faults.clear()
    assert busy.lab.sync().code == 0
    assert busy.finished()
    assert busy.lab.account(busy.ocean) == OCEAN


def test_usage_that_cannot_be_told_keeps_a_terminated_account_until_it_can(busy: Busy) -> None:
    busy.lab.sync()
    now = time.time()
    busy.lab.cluster.record_job(OCEAN, "emmy", start=month_start(now), end=month_start(now) + 3600, tres={"cpu": 1})
    busy.lab.world.order_terminate(busy.ocean)
    busy.lab.server.faults.add("status", "set_usage/", method="POST", value=500)
    answer = busy.lab.sync()
    assert answer.code != 0
    assert "its last usage could not be told" in answer.text
    assert OCEAN in busy.lab.accounts()
    assert busy.lab.order_states(busy.ocean)[-1] == ("Terminate", "executing")

    busy.lab.server.faults.clear()
    assert busy.lab.sync().code == 0
    assert busy.lab.accounts() == {WEATHER}
    assert busy.lab.order_states(busy.ocean)[-1] == ("Terminate", "done")
