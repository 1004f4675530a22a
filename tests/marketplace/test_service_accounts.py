import pytest

from agent.core.model.marketplace import AccountKind, Resource, ResourceState, ServiceAccount
from agent.errors import Incomplete

OFFERING = "0" * 32
OURS, OTHER = "5" * 32, "6" * 32
PROJECT, CUSTOMER = "1" * 32, "2" * 32
RESOURCES = [Resource(uuid=OURS, name="r", slug="r", state=ResourceState.OK, project_uuid=PROJECT)]
LISTS = {
    AccountKind.PROJECT_SERVICE: f"marketplace-provider-offerings/{OFFERING}/list_project_service_accounts/",
    AccountKind.CUSTOMER_SERVICE: f"marketplace-provider-offerings/{OFFERING}/list_customer_service_accounts/",
    AccountKind.COURSE: f"marketplace-provider-offerings/{OFFERING}/list_course_accounts/",
    AccountKind.ROBOT: "marketplace-robot-accounts/",
}
ROWS = {
    AccountKind.PROJECT_SERVICE: [
        {"uuid": "a" * 32, "username": "svc", "state": "OK", "project_uuid": PROJECT, "customer_uuid": CUSTOMER}
    ],
    AccountKind.CUSTOMER_SERVICE: [{"uuid": "b" * 32, "username": None, "state": "Erred", "customer_uuid": CUSTOMER}],
    AccountKind.COURSE: [
        {"uuid": "c" * 32, "username": "course1", "state": "Closed", "project_uuid": PROJECT,
         "project_start_date": "2026-10-01", "project_end_date": "2026-12-31"},
    ],
    AccountKind.ROBOT: [
        {"uuid": "d" * 32, "username": "robo", "state": "OK", "resource_uuid": OURS, "keys": ["ssh-ed25519 AAAA"]},
        {"uuid": "e" * 32, "username": "old", "resource": f"http://host/api/marketplace-resources/{OURS}/"},
        {"uuid": "f" * 32, "username": "alien", "state": "OK", "resource_uuid": OTHER},
    ],
}  # fmt: skip
EXPECTED = {
    ServiceAccount(kind=AccountKind.PROJECT_SERVICE, uuid="a" * 32, username="svc", state="OK", project_uuid=PROJECT),
    ServiceAccount(kind=AccountKind.CUSTOMER_SERVICE, uuid="b" * 32, state="Erred", customer_uuid=CUSTOMER),
    ServiceAccount(
        kind=AccountKind.COURSE,
        uuid="c" * 32,
        username="course1",
        state="Closed",
        project_uuid=PROJECT,
        starts=1790812800.0,
        ends=1798675200.0,
    ),
    ServiceAccount(kind=AccountKind.ROBOT, uuid="d" * 32, username="robo", state="OK", resource_uuid=OURS),
    ServiceAccount(kind=AccountKind.ROBOT, uuid="e" * 32, username="old", resource_uuid=OURS),
}


def lists(server, *but):
    for kind, path in LISTS.items():
        if kind not in but:
            server.listing(path, ROWS[kind])


def test_every_kind_is_read_with_the_place_where_it_works(server, client):
    lists(server)
    assert set(client.service_accounts(OFFERING, AccountKind, RESOURCES)) == EXPECTED


def test_only_the_kinds_that_are_switched_on_are_asked_for(server, client):
    lists(server)
    found = client.service_accounts(OFFERING, [AccountKind.COURSE], RESOURCES)
    assert {account.kind for account in found} == {AccountKind.COURSE}
    assert len(server.asked) == 1
    assert client.service_accounts(OFFERING, [], RESOURCES) == ()
    assert len(server.asked) == 1


def test_tokens_keys_and_people_are_not_asked_for(server, client):
    lists(server)
    client.service_accounts(OFFERING, AccountKind, RESOURCES)
    asked = {name for each in server.asked for name in each.query["field"]}
    assert asked == {
        "uuid",
        "username",
        "state",
        "project_uuid",
        "customer_uuid",
        "project_start_date",
        "project_end_date",
        "resource_uuid",
        "resource",
    }


def test_a_list_that_the_server_does_not_know_is_empty(server, client):
    lists(server, AccountKind.PROJECT_SERVICE, AccountKind.CUSTOMER_SERVICE, AccountKind.COURSE)
    found = client.service_accounts(OFFERING, AccountKind, RESOURCES)
    assert {account.username for account in found} == {"robo", "old"}


def test_a_list_that_was_there_and_is_gone_is_not_empty(server, client):
    lists(server)
    client.service_accounts(OFFERING, AccountKind, RESOURCES)
    server.replies.pop(("GET", f"/api/{LISTS[AccountKind.COURSE]}"))
    with pytest.raises(Incomplete, match="no such route") as caught:
        client.service_accounts(OFFERING, AccountKind, RESOURCES)
    assert set(caught.value.rows) == {account for account in EXPECTED if account.kind is not AccountKind.COURSE}


@pytest.mark.parametrize(("status", "said"), [(403, "token must belong"), (503, "cannot answer now"), (404, "see it")])
def test_one_list_that_is_refused_leaves_the_others(server, client, status, said):
    lists(server, AccountKind.PROJECT_SERVICE)
    server.on("GET", LISTS[AccountKind.PROJECT_SERVICE], {"detail": "No."}, status)
    with pytest.raises(Incomplete, match=said) as caught:
        client.service_accounts(OFFERING, AccountKind, RESOURCES)
    assert len(caught.value.rows) == 4


def test_a_list_that_loses_a_row_is_incomplete(server, client):
    lists(server, AccountKind.ROBOT)
    server.listing(LISTS[AccountKind.ROBOT], ROWS[AccountKind.ROBOT], count=4)
    with pytest.raises(Incomplete, match="4 rows were announced and 3") as caught:
        client.service_accounts(OFFERING, AccountKind, RESOURCES)
    assert set(caught.value.rows) == EXPECTED


@pytest.mark.parametrize(
    "broken",
    [
        {"uuid": "7" * 32, "username": ["svc"], "state": "OK", "project_uuid": PROJECT},
        {"username": "svc", "state": "OK", "project_uuid": PROJECT},
        {"uuid": "7" * 32, "username": "svc", "state": 3, "project_uuid": PROJECT},
    ],
)
def test_a_row_that_cannot_be_read_makes_the_list_incomplete(server, client, broken):
    server.listing(LISTS[AccountKind.PROJECT_SERVICE], [*ROWS[AccountKind.PROJECT_SERVICE], broken])
    with pytest.raises(Incomplete, match="project service account") as caught:
        client.service_accounts(OFFERING, [AccountKind.PROJECT_SERVICE], RESOURCES)
    assert [account.username for account in caught.value.rows] == ["svc"]
