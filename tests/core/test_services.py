"""Service, course and robot accounts: where they work, and when they count."""

from collections.abc import Sequence

import pytest

from agent.core.model.marketplace import AccountKind, Resource, ResourceState, ServiceAccount
from agent.core.services import DAY, Accounts, Member, Services
from agent.core.usernames import Claims
from tests.fixtures.worlds import NOW, World, service_account, uuid_of

ALLOC = Resource(
    uuid=uuid_of("alloc"),
    name="alloc",
    slug="alloc",
    state=ResourceState.OK,
    project_uuid=uuid_of("project"),
    customer_uuid=uuid_of("customer"),
)
HERE = {"project_uuid": uuid_of("project")}


def services(*accounts: ServiceAccount, now: float = NOW, **holders: str) -> Services:
    return Services(accounts, Claims(holders=holders, reserved={"munge"}), now)


def at_alloc(*accounts: ServiceAccount, now: float = NOW, **holders: str) -> Accounts:
    return services(*accounts, now=now, **holders).of(ALLOC)


def usable(found: Accounts) -> list[str]:
    return [one.username for one in found.members if not one.reason]


def reasons(members: Sequence[Member]) -> list[str]:
    return [one.reason for one in members]


@pytest.mark.parametrize(
    ("where", "works"),
    [
        ({"resource_uuid": uuid_of("alloc")}, True),
        ({"project_uuid": uuid_of("project")}, True),
        ({"customer_uuid": uuid_of("customer")}, True),
        ({"resource_uuid": uuid_of("other"), "project_uuid": uuid_of("project")}, False),
        ({"project_uuid": uuid_of("other"), "customer_uuid": uuid_of("customer")}, False),
        ({"customer_uuid": uuid_of("other")}, False),
        ({}, False),
    ],
)
def test_an_account_works_at_the_nearest_place_it_names(where, works):
    assert usable(at_alloc(service_account("svc", **where))) == (["svc"] if works else [])


def test_an_account_that_works_nowhere_is_no_member_of_a_resource_without_a_project():
    bare = Resource(uuid=uuid_of("bare"), name="bare", slug="bare", state=ResourceState.OK)
    assert services(service_account("svc")).of(bare) == Accounts(members=(), ended={})


def test_all_that_work_in_a_resource_are_members_of_the_resource_first():
    found = at_alloc(
        service_account("team", AccountKind.CUSTOMER_SERVICE, customer_uuid=ALLOC.customer_uuid),
        service_account("course", AccountKind.COURSE, **HERE),
        service_account("robot", AccountKind.ROBOT, resource_uuid=ALLOC.uuid),
    )
    assert [(one.username, one.reason) for one in found.members] == [("robot", ""), ("course", ""), ("team", "")]


@pytest.mark.parametrize("state", ["", "OK"])
def test_an_account_counts_in_these_states(state):
    assert usable(at_alloc(service_account("svc", state=state, **HERE))) == ["svc"]


@pytest.mark.parametrize("state", ["Requested", "Creating", "Erred", "Whatever comes"])
def test_in_another_state_it_waits_and_keeps_its_name(state):
    (found,) = at_alloc(service_account("svc", state=state, **HERE)).members
    assert (found.username, found.reason) == ("svc", f"is a project service account in state {state}")


@pytest.mark.parametrize("state", ["Closed", "Requested deletion", "Deleted"])
def test_a_state_that_says_that_it_is_over_ends_its_name(state):
    found = at_alloc(service_account("svc", state=state, **HERE))
    assert found == Accounts(members=(), ended={"svc": f"the project service account is {state}"})


def test_a_course_account_counts_until_its_last_day_is_over():
    course = service_account("course", AccountKind.COURSE, ends=NOW, **HERE)
    assert usable(at_alloc(course, now=NOW + DAY - 1)) == ["course"]
    over = at_alloc(course, now=NOW + DAY)
    assert (over.members, over.ended) == ((), {"course": "the last day of the course account was 2027-01-15"})


def test_a_course_account_waits_for_its_first_day():
    course = service_account("course", AccountKind.COURSE, starts=NOW, **HERE)
    assert reasons(at_alloc(course, now=NOW - 1).members) == ["is a course account that starts on 2027-01-15"]
    assert usable(at_alloc(course, now=NOW)) == ["course"]


@pytest.mark.parametrize(
    ("name", "shown", "reason"),
    [
        ("", "", "is a project service account without a username"),
        (
            "Bad\nname",
            "",
            "is a project service account and has a username that cannot be used on the cluster: 'Bad\\nname'",
        ),
        ("munge", "munge", "is a project service account and has the username munge, which is one of the system's"),
        (
            "alice",
            "alice",
            "is a project service account and has the username alice, which is that of somebody else (alice's)",
        ),
    ],
)
def test_an_account_whose_name_cannot_be_used_waits_with_the_reason(name, shown, reason):
    (found,) = at_alloc(service_account(name, **HERE), alice="alice's").members
    assert (found.username, found.reason) == (shown, reason)


def test_a_name_that_is_another_s_does_not_end_with_a_closed_account():
    closed = service_account("alice", state="Closed", **HERE)
    assert at_alloc(closed, alice=uuid_of("alice")).ended == {}
    assert list(at_alloc(closed).ended) == ["alice"]


def test_a_name_that_a_second_account_still_has_does_not_end():
    closed = service_account("svc", state="Closed", **HERE)
    again = service_account("svc", AccountKind.ROBOT, state="Erred", resource_uuid=ALLOC.uuid)
    assert at_alloc(closed, again).ended == {}


def test_nobody_else_is_to_have_the_names_that_accounts_use():
    robot = service_account("robot", AccountKind.ROBOT, resource_uuid=uuid_of("elsewhere"))
    found = services(
        robot,
        service_account("closed", state="Closed", **HERE),
        service_account("soon", starts=NOW + 1, **HERE),
        service_account("munge", **HERE),
    )
    assert found.names == {"robot": f"robot account {robot.uuid}"}


def test_accounts_are_told_in_the_order_of_their_uuids_whatever_the_list_says():
    accounts = [service_account(name, **HERE) for name in ("one", "two", "three", "four")]
    found = at_alloc(*accounts)
    assert [one.uuid for one in found.members] == sorted(one.uuid for one in accounts)
    assert at_alloc(*reversed(accounts)) == found


def test_whose_a_name_is_is_written_down_once():
    world = World()
    svc = service_account("svc", project_uuid=uuid_of("project of alloc"))
    world.services.append(svc)
    assert world.plan().holders == {"svc": f"project service account {svc.uuid}"}
    world.remember(holders=world.plan().holders)
    assert world.plan().holders == {}
