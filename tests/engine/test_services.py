"""Service, course and robot accounts as members: added, ended by a record, spared by an error, kept in an outage."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.engine.conftest import MakeLab
from tests.fixtures.memory_site import MemorySite, only_reading, results

WEATHER = "climate-1-weather-1"
SWITCHES = ("project_service_accounts", "customer_service_accounts", "course_accounts", "robot_accounts")
PEOPLE = {"ada", "emmy"}
DAY = 86_400.0


def served(make_lab: MakeLab, *switches: str) -> tuple[MemorySite, str, str]:
    """A site in use with these kinds of accounts switched on: (site, project, resource)."""
    lab = make_lab(**dict.fromkeys(switches or SWITCHES, True))
    project, weather = lab.in_use()
    return lab, project, weather


def of_project(lab: MemorySite, project: str, _: str) -> str:
    return str(lab.world.add_service_account("svc-ci", project=project))


def of_customer(lab: MemorySite, _: str, weather: str) -> str:
    return str(lab.world.add_service_account("svc-ci", customer=customer(lab, weather)))


def of_course(lab: MemorySite, project: str, _: str) -> str:
    return str(lab.world.add_course_account("svc-ci", project))


def of_resource(lab: MemorySite, _: str, weather: str) -> str:
    return str(lab.world.add_robot_account(weather, "svc-ci"))


def customer(lab: MemorySite, resource: str) -> str:
    """The customer that a resource belongs to."""
    with lab.world_of() as (_, world):
        return world.marketplace.resource(resource).customer_uuid


Add = Callable[[MemorySite, str, str], str]
KINDS: dict[str, Add] = {
    "project_service_accounts": of_project,
    "customer_service_accounts": of_customer,
    "course_accounts": of_course,
    "robot_accounts": of_resource,
}
LISTS = {
    "project_service_accounts": "list_project_service_accounts",
    "customer_service_accounts": "list_customer_service_accounts",
    "course_accounts": "list_course_accounts",
    "robot_accounts": "marketplace-robot-accounts/",
}
each_kind = pytest.mark.parametrize("switch", SWITCHES)


def end(lab: MemorySite, switch: str, account: str) -> str:
    """Ends an account by a record; gives its state then."""
    if switch == "robot_accounts":
        lab.world.set_robot_account(account, "Requested deletion")
        return "Requested deletion"
    lab.world.close_service_account(account)
    return "Closed"


def err(lab: MemorySite, switch: str, account: str) -> None:
    if switch == "robot_accounts":
        lab.world.set_robot_account(account, "Error")
    else:
        lab.world.set_service_account(account, "Erred")


@each_kind
def test_an_account_is_a_member_until_a_record_ends_it(make_lab: MakeLab, switch: str) -> None:
    lab, project, weather = served(make_lab, switch)
    account = KINDS[switch](lab, project, weather)
    lab.cycle()
    assert lab.memory.users(WEATHER) == {*PEOPLE, "svc-ci"}
    lab.run()
    assert lab.run(only_reading)[0].plan.empty

    state = end(lab, switch, account)
    cycle = lab.cycle()
    assert results(cycle) == {f"remove association {WEATHER}/svc-ci": "done"}
    assert cycle.outcomes[0].action.describe().endswith(f"account is {state}")
    assert lab.memory.users(WEATHER) == PEOPLE
    assert lab.run(only_reading)[0].plan.empty


@each_kind
def test_without_its_switch_an_account_is_no_member_and_its_list_is_not_read(make_lab: MakeLab, switch: str) -> None:
    lab, project, weather = served(make_lab, *(name for name in SWITCHES if name != switch))
    KINDS[switch](lab, project, weather)
    lab.server.reset_counts()
    assert lab.cycle().outcomes == ()
    assert not [path for _, path, _ in lab.server.requests if LISTS[switch] in path]


@each_kind
def test_an_account_in_error_keeps_what_it_has_and_gets_nothing(make_lab: MakeLab, switch: str) -> None:
    lab, project, weather = served(make_lab, switch)
    account = KINDS[switch](lab, project, weather)
    lab.cycle()
    err(lab, switch, account)
    storm = lab.order(project, "storm")
    for _ in range(2):
        lab.clock.at += 4000
        cycle = lab.cycle(confirmed=True)
    assert lab.memory.users(WEATHER) == {*PEOPLE, "svc-ci"}
    assert lab.memory.users(lab.account(storm)) == PEOPLE
    robot = switch == "robot_accounts"  # a robot is of one resource alone
    assert {one.account for one in cycle.plan.waiting} == ({WEATHER} if robot else {WEATHER, lab.account(storm)})


@each_kind
@pytest.mark.parametrize("fault", ["status", "empty", "lose row"])
def test_while_a_list_cannot_be_trusted_nobody_is_removed(make_lab: MakeLab, switch: str, fault: str) -> None:
    lab, project, weather = served(make_lab)
    KINDS[switch](lab, project, weather)
    lab.cycle()
    lab.leave(project, "emmy")
    lab.server.faults.add(fault, LISTS[switch], value=403)
    for _ in range(2):
        cycle = lab.cycle()
        lab.clock.at += 1700
    assert {"ada", "svc-ci"} < lab.memory.users(WEATHER)
    if fault != "empty":
        assert lab.memory.users(WEATHER) == {*PEOPLE, "svc-ci"}
        assert any("service accounts not known for sure" in notice for notice in cycle.plan.notices)
    lab.server.faults.clear()
    lab.cycle()
    assert "svc-ci" in lab.memory.users(WEATHER)


def test_a_customers_account_works_in_all_its_projects_and_in_no_other(make_lab: MakeLab) -> None:
    lab, _, weather = served(make_lab)
    sibling = lab.world.create_project(customer(lab, weather), "Ocean")
    ocean, rain = lab.order(sibling, "ocean"), lab.order(lab.project("Rain", "grace"), "rain")
    lab.world.add_service_account("svc-all", customer=customer(lab, weather))
    lab.cycle()
    assert lab.memory.users(WEATHER) == {*PEOPLE, "svc-all"}
    assert lab.memory.users(lab.account(ocean)) == {"svc-all"}
    assert lab.memory.users(lab.account(rain)) == {"grace"}


def test_a_course_account_works_to_the_end_of_its_last_day(make_lab: MakeLab) -> None:
    lab, project, _ = served(make_lab, "course_accounts")
    midnight = lab.clock.at - lab.clock.at % DAY
    lab.clock.at = midnight + DAY
    lab.world.end_project(project, f"{datetime.fromtimestamp(lab.clock.at, UTC):%Y-%m-%d}")
    lab.world.add_course_account("course", project)
    lab.cycle()
    assert lab.memory.users(WEATHER) == {*PEOPLE, "course"}
    lab.clock.at += DAY - 1
    assert lab.plan().empty
    lab.clock.at += 1
    assert results(lab.cycle())[f"remove association {WEATHER}/course"] == "done"


def test_an_account_under_the_name_of_a_person_waits_and_the_person_stays(make_lab: MakeLab) -> None:
    lab, project, _ = served(make_lab)
    account = lab.world.add_service_account("ada", project=project)
    cycle = lab.cycle()
    assert [one.reason for one in cycle.plan.waiting] == [
        f"is a project service account and has the username ada, which is that of somebody else ({lab.people['ada'][:8]})"
    ]
    lab.world.close_service_account(account)
    lab.cycle()
    assert lab.memory.users(WEATHER) == PEOPLE


def test_a_person_does_not_get_the_name_of_a_service_account(make_lab: MakeLab) -> None:
    lab, project, _ = served(make_lab)
    lab.world.add_service_account("grace", project=project)
    lab.cycle()
    lab.join(project, "grace")
    lab.cycle()
    row = lab.world.offering_user(lab.offering, lab.people["grace"])
    assert lab.memory.users(WEATHER) == {*PEOPLE, "grace"}
    waiting = lab.plan().waiting
    assert [one.user_uuid for one in waiting] == [lab.people["grace"]], "the account was there first"
    assert row["username"] == "grace"
