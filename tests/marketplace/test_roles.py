import pytest

from agent.core.model.marketplace import Offering, ProjectRole, Resource, ResourceState
from agent.errors import Incomplete, Unavailable

OFFERING = Offering(uuid="0" * 32, name="HPC", state="Active", customer_uuid="f" * 32)
P1, P2, ELSEWHERE = "1" * 32, "2" * 32, "3" * 32
ALICE, BOB = "a" * 32, "b" * 32
PROVIDER = "e" * 32
RESOURCES = [
    Resource(uuid=letter * 32, name="r", slug="r", state=ResourceState.OK, project_uuid=project)
    for letter, project in (("5", P1), ("6", P1), ("7", P2))
]
EXPECTED = {
    ProjectRole(project_uuid=P1, user_uuid=ALICE, role="PROJECT.MANAGER"),
    ProjectRole(project_uuid=P1, user_uuid=BOB, role="PROJECT.MEMBER", expires=1795392000),
    ProjectRole(project_uuid=P2, user_uuid=BOB, role="PROJECT.ADMIN"),
}
EXPIRES = "2026-11-23T00:00:00Z"
USERS = f"marketplace-provider-offerings/{OFFERING.uuid}/list_customer_users/"
PERMISSIONS = f"marketplace-service-providers/{PROVIDER}/project_permissions/"
PERMISSION_ROWS = [
    {"project_uuid": P1, "user_uuid": ALICE, "role": "manager", "expiration_time": None},
    {"project_uuid": P1, "user_uuid": BOB, "role": "x-17", "role_name": "PROJECT.MEMBER", "expiration_time": EXPIRES},
    {"project_uuid": P2, "user_uuid": BOB, "role": "admin", "expiration_time": None},
    {"project_uuid": ELSEWHERE, "user_uuid": BOB, "role": "admin", "expiration_time": None},
]
USER_ROWS = [
    {"uuid": ALICE, "permissions": [
        {"role_name": "PROJECT.MANAGER", "scope_type": "project", "scope_uuid": P1},
        {"role_name": "CUSTOMER.OWNER", "scope_type": "customer", "scope_uuid": "9" * 32},
        {"role_name": "SUPPORT", "scope_type": None, "scope_uuid": None},
    ]},
    {"uuid": BOB, "permissions": [
        {"role_name": "PROJECT.MEMBER", "scope_type": "project", "scope_uuid": P1, "expiration_time": EXPIRES},
        {"role_name": "PROJECT.ADMIN", "scope_type": "project", "scope_uuid": P2},
        {"role_name": "PROJECT.ADMIN", "scope_type": "project", "scope_uuid": ELSEWHERE},
    ]},
]  # fmt: skip


def permissions(server):
    server.listing("marketplace-service-providers/", [{"uuid": PROVIDER, "customer_uuid": OFFERING.customer_uuid}])
    server.listing(PERMISSIONS, PERMISSION_ROWS, per_page=2)


def teams(server):
    bob = {"uuid": BOB, "role": "member", "expiration_time": EXPIRES}
    for resource in ("5", "6"):
        server.on(
            "GET", f"marketplace-provider-resources/{resource * 32}/team/", [{"uuid": ALICE, "role": "manager"}, bob]
        )
    server.on("GET", f"marketplace-provider-resources/{'7' * 32}/team/", [{"uuid": BOB, "role": "admin"}])


def test_project_permissions_give_every_role_at_once(server, client):
    permissions(server)
    assert set(client.project_roles(OFFERING, RESOURCES)) == EXPECTED
    assert len(server.asked) == 3


def test_the_service_provider_is_looked_up_once(server, client):
    permissions(server)
    client.project_roles(OFFERING, RESOURCES)
    client.project_roles(OFFERING, RESOURCES)
    assert server.count("GET", "marketplace-service-providers/") == 1


def test_a_provider_that_the_filter_did_not_mean_is_not_used(server, client):
    server.listing("marketplace-service-providers/", [{"uuid": PROVIDER, "customer_uuid": "8" * 32}])
    server.listing(USERS, USER_ROWS)
    assert set(client.project_roles(OFFERING, RESOURCES)) == EXPECTED
    assert server.count("GET", PERMISSIONS) == 0


def test_customer_users_that_are_counted_give_the_same(server, client):
    server.listing(USERS, USER_ROWS)
    assert set(client.project_roles(OFFERING, RESOURCES)) == EXPECTED
    assert server.asked[-1].query["field"] == ["uuid", "permissions"]


def test_customer_users_without_a_count_are_not_believed_when_the_teams_answer(server, client):
    server.on("GET", USERS, USER_ROWS[:1])
    teams(server)
    assert set(client.project_roles(OFFERING, RESOURCES)) == EXPECTED


def test_teams_cost_one_request_a_project(server, client):
    teams(server)
    assert set(client.project_roles(OFFERING, RESOURCES)) == EXPECTED
    assert sum("team" in asked.path for asked in server.asked) == 2


def test_customer_users_alone_are_incomplete(server, client):
    server.on("GET", USERS, USER_ROWS)
    with pytest.raises(Incomplete, match="does not say how many") as caught:
        client.project_roles(OFFERING, RESOURCES)
    assert set(caught.value.rows) == EXPECTED


def test_one_team_that_does_not_answer_spoils_all(server, client):
    teams(server)
    server.replies[("GET", f"/api/marketplace-provider-resources/{'7' * 32}/team/")].clear()
    with pytest.raises(Unavailable):
        client.project_roles(OFFERING, RESOURCES)


def test_a_team_that_is_paged_after_all_is_read_whole(server, client):
    teams(server)
    path = f"marketplace-provider-resources/{'7' * 32}/team/"
    server.replies[("GET", f"/api/{path}")].clear()
    server.listing(path, [{"uuid": ALICE, "role": "member"}, {"uuid": BOB, "role": "admin"}], per_page=1)
    found = client.project_roles(OFFERING, RESOURCES)
    assert {role.user_uuid for role in found if role.project_uuid == P2} == {ALICE, BOB}


def test_an_outage_is_no_reason_to_try_another_route(server, client):
    permissions(server)
    server.replies[("GET", f"/api/{PERMISSIONS}")].clear()
    server.on("GET", PERMISSIONS, "<h1>Bad Gateway</h1>", 502, "text/html")
    teams(server)
    with pytest.raises(Unavailable, match="502"):
        client.project_roles(OFFERING, RESOURCES)
    assert not any("team" in asked.path for asked in server.asked)


@pytest.mark.parametrize(
    "broken",
    [
        {"project_uuid": P1, "user_uuid": ALICE},
        {"user_uuid": ALICE, "role": "admin"},
        {"project_uuid": P1, "user_uuid": None, "role": "admin"},
    ],
)
def test_a_role_that_cannot_be_read_makes_all_incomplete(server, client, broken):
    permissions(server)
    server.replies[("GET", f"/api/{PERMISSIONS}")].clear()
    server.listing(PERMISSIONS, [*PERMISSION_ROWS, broken])
    with pytest.raises(Incomplete, match="1 of 5 rows") as caught:
        client.project_roles(OFFERING, RESOURCES)
    assert set(caught.value.rows) == EXPECTED


def test_permissions_that_are_no_list_are_incomplete(server, client):
    server.listing(USERS, [*USER_ROWS, {"uuid": "d" * 32, "permissions": "many"}])
    server.on("GET", f"marketplace-provider-resources/{'5' * 32}/team/", {"detail": "No."}, 403)
    with pytest.raises(Incomplete) as caught:
        client.project_roles(OFFERING, RESOURCES)
    assert set(caught.value.rows) == EXPECTED


def test_without_resources_nothing_is_asked(server, client):
    assert client.project_roles(OFFERING, []) == ()
    assert server.asked == []
