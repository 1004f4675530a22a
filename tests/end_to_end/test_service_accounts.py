"""Accounts that are no person's: each kind joins where it works, and leaves on the word of its own record."""

from collections.abc import Callable

import pytest

from tests.end_to_end.conftest import MakeSite
from tests.fixtures.site import Site

WEATHER, OCEAN, ICE = "climate-1-weather-1", "climate-1-ocean-1", "ice-1-ice-1"
SWITCHES = {
    "project_service_accounts": True,
    "customer_service_accounts": True,
    "course_accounts": True,
    "robot_accounts": True,
}


def two_projects(lab: Site) -> tuple[str, str]:
    """Two allocations of one project, and one of another of the same customer: (project, the first allocation)."""
    project = lab.project("Climate", "ada")
    ice = lab.world.create_project(lab.world._store.get("projects", project)["customer"], "Ice")
    weather = lab.order(project, "weather")
    lab.order(project, "ocean")
    lab.order(ice, "ice")
    return project, weather


def everywhere(lab: Site) -> dict[str, set[str]]:
    return {account: lab.users(account) for account in (WEATHER, OCEAN, ICE)}


def test_each_kind_of_account_works_where_it_belongs_and_is_gone_when_it_ended(make_site: MakeSite) -> None:
    lab = make_site(offering=SWITCHES)
    project, weather = two_projects(lab)
    customer = lab.world._store.get("projects", project)["customer"]
    ended: dict[str, Callable[[], None]] = {}
    for name, account in (
        ("svc-climate", lab.world.add_service_account("svc-climate", project=project)),
        ("svc-uni", lab.world.add_service_account("svc-uni", customer=customer)),
        ("course-1", lab.world.add_course_account("course-1", project)),
    ):
        ended[name] = lambda account=account: lab.world.close_service_account(account)
    robot = lab.world.add_robot_account(weather, "bot-weather")
    ended["bot-weather"] = lambda: lab.world.set_robot_account(robot, "Requested deletion")

    said = lab.sync()
    assert said.code == 0, said.text
    of_project = {"ada", "svc-climate", "course-1", "svc-uni"}
    assert everywhere(lab) == {WEATHER: of_project | {"bot-weather"}, OCEAN: of_project, ICE: {"svc-uni"}}
    lab.cluster.finish(lab.cluster.submit(WEATHER, "bot-weather"))
    assert lab.agent("plan", "--detailed-exitcode").code == 0

    for end in ended.values():
        end()
    said = lab.sync()
    assert said.code == 0, said.text
    assert everywhere(lab) == {WEATHER: {"ada"}, OCEAN: {"ada"}, ICE: set()}
    assert lab.agent("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_kind_that_is_not_switched_on_is_nobody(make_site: MakeSite, switch: str) -> None:
    lab = make_site(offering={**SWITCHES, switch: False})
    project, weather = two_projects(lab)
    names = {
        "project_service_accounts": "svc-climate",
        "customer_service_accounts": "svc-uni",
        "course_accounts": "course-1",
        "robot_accounts": "bot-weather",
    }
    lab.world.add_service_account("svc-climate", project=project)
    lab.world.add_service_account("svc-uni", customer=lab.world._store.get("projects", project)["customer"])
    lab.world.add_course_account("course-1", project)
    lab.world.add_robot_account(weather, "bot-weather")
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.users(WEATHER) == {"ada", *names.values()} - {names[switch]}


def test_an_account_that_a_list_lacks_or_that_is_in_error_is_not_removed_at_once(make_site: MakeSite) -> None:
    lab = make_site(offering=SWITCHES)
    project, _ = two_projects(lab)
    account = lab.world.add_service_account("svc-climate", project=project)
    lab.sync()
    lab.world.set_service_account(account, "Erred")
    said = lab.sync("--confirm-removals")
    assert said.code == 0, said.text
    lab.server.faults.add("status", "list_project_service_accounts/", value=503)
    said = lab.sync("--confirm-removals")
    assert "service accounts not known for sure, so nothing is removed on it" in said.text
    assert "svc-climate" in lab.users(WEATHER)

    lab.server.faults.clear()
    lab.server.faults.add("empty", "list_project_service_accounts/")
    assert lab.sync().code == 3
    assert "svc-climate" in lab.users(WEATHER)


def test_an_old_server_that_knows_no_such_accounts_is_no_trouble(make_site: MakeSite) -> None:
    lab = make_site("2024", offering=SWITCHES)
    lab.order(lab.project("Climate", "ada"), "weather")
    for _ in range(2):
        said = lab.sync()
        assert said.code == 0, said.text
    assert lab.users(WEATHER) == {"ada"}
    assert lab.agent("plan", "--detailed-exitcode").code == 0
