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


def team_of(resource):
    return f"marketplace-provider-resources/{resource * 32}/team/"


def again(server, path, *answer):
    """Another answer from now on, instead of the one there is."""
    server.replies.pop(("GET", f"/api/{path}"), None)
    server.on("GET", path, *answer)


def doubted(client, match="teams|project_permissions"):
    with pytest.raises(Incomplete, match=match) as caught:
        client.project_roles(OFFERING, RESOURCES)
    assert all(isinstance(row, ProjectRole) for row in caught.value.rows)
    return set(caught.value.rows)


def test_customer_users_without_a_count_are_believed_when_the_teams_say_the_same(server, client):
    server.on("GET", USERS, USER_ROWS)
    teams(server)
    assert set(client.project_roles(OFFERING, RESOURCES)) == EXPECTED
    assert sum("team" in asked.path for asked in server.asked) == 2


@pytest.mark.parametrize("users", [USER_ROWS[:1], []])
def test_half_of_the_customer_users_is_not_all_of_them(server, client, users):
    server.on("GET", USERS, users)
    teams(server)
    assert doubted(client, "differ from it in") == EXPECTED


@pytest.mark.parametrize("team", [[], [{"uuid": ALICE, "role": "manager"}]])
def test_a_team_that_is_empty_or_halved_is_not_believed(server, client, team):
    server.on("GET", USERS, USER_ROWS)
    teams(server)
    for resource in "56":
        again(server, team_of(resource), team)
    assert doubted(client) == EXPECTED


def test_a_second_role_that_the_team_does_not_show_is_kept(server, client):
    both = [
        {"role_name": "PROJECT.MEMBER", "scope_type": "project", "scope_uuid": P1},
        {"role_name": "PROJECT.MANAGER", "scope_type": "project", "scope_uuid": P1},
    ]
    server.on("GET", USERS, [{"uuid": ALICE, "permissions": both}])
    server.on("GET", team_of("5"), [{"uuid": ALICE, "role": "manager"}])
    found = client.project_roles(OFFERING, RESOURCES[:1])
    assert {role.role for role in found} == {"PROJECT.MEMBER", "PROJECT.MANAGER"}


def test_teams_alone_prove_nothing_and_cost_one_request_a_project(server, client):
    teams(server)
    assert doubted(client, "they are not counted") == EXPECTED
    assert sum("team" in asked.path for asked in server.asked) == 2


def test_customer_users_alone_are_incomplete(server, client):
    server.on("GET", USERS, USER_ROWS)
    assert doubted(client, "does not say how many") == EXPECTED


@pytest.mark.parametrize("status", [403, 404])
def test_one_team_that_is_refused_leaves_the_others(server, client, status):
    server.on("GET", USERS, {"detail": "No."}, 403)
    teams(server)
    again(server, team_of("7"), {"detail": "No."}, status)
    assert doubted(client, "1 of 2 teams") == {role for role in EXPECTED if role.project_uuid == P1}


def test_teams_that_are_all_refused_are_no_answer(server, client):
    server.on("GET", USERS, {"detail": "No."}, 403)
    for resource in "567":
        server.on("GET", team_of(resource), {"detail": "No."}, 403)
    with pytest.raises(Unavailable, match="owner of the provider organization"):
        client.project_roles(OFFERING, RESOURCES)


def test_the_team_of_a_resource_that_has_ended_is_asked_of_another_one_of_the_project(server, client):
    server.on("GET", USERS, USER_ROWS)
    teams(server)
    again(server, team_of("5"), {"detail": "No Resource matches the given query."}, 404)
    assert set(client.project_roles(OFFERING, RESOURCES)) == EXPECTED


def test_a_team_that_is_paged_after_all_is_read_whole_and_lists_a_user_twice(server, client):
    server.on("GET", USERS, USER_ROWS)
    teams(server)
    rows = [{"uuid": BOB, "role": role} for role in ("member", "admin", "manager")]
    server.replies.pop(("GET", f"/api/{team_of('7')}"))
    server.listing(team_of("7"), rows, per_page=1)
    found = client.project_roles(OFFERING, RESOURCES)
    assert {role.role for role in found if role.project_uuid == P2} == {
        "PROJECT.MEMBER",
        "PROJECT.ADMIN",
        "PROJECT.MANAGER",
    }


def test_a_paged_team_that_loses_a_row_gives_roles_and_is_incomplete(server, client):
    teams(server)
    server.replies.pop(("GET", f"/api/{team_of('7')}"))
    server.listing(team_of("7"), [{"uuid": BOB, "role": "admin"}], count=2)
    assert doubted(client, "2 rows were announced") == EXPECTED


def without(project):
    return [row for row in PERMISSION_ROWS if row["project_uuid"] != project]


def listed(server, rows):
    server.listing("marketplace-service-providers/", [{"uuid": PROVIDER, "customer_uuid": OFFERING.customer_uuid}])
    server.listing(PERMISSIONS, rows)


def test_a_project_without_any_role_is_empty_when_its_team_is(server, client):
    listed(server, without(P2))
    server.on("GET", team_of("7"), [])
    assert set(client.project_roles(OFFERING, RESOURCES)) == {role for role in EXPECTED if role.project_uuid == P1}
    assert server.count("GET", USERS) == 0


def test_a_private_offering_that_the_permissions_leave_out_is_found_by_the_other_routes(server, client):
    listed(server, [])
    server.on("GET", USERS, USER_ROWS)
    teams(server)
    assert set(client.project_roles(OFFERING, RESOURCES)) == EXPECTED
    assert sum("team" in asked.path for asked in server.asked) == 2


def test_permissions_that_leave_out_a_project_whose_team_has_people_are_not_complete(server, client):
    listed(server, without(P2))
    teams(server)
    assert doubted(client) == EXPECTED


def test_what_was_listed_is_kept_when_the_rest_cannot_be_read(server, client):
    listed(server, without(P2))
    server.on("GET", team_of("7"), "<h1>Bad Gateway</h1>", 502, "text/html")
    assert doubted(client, "502") == {role for role in EXPECTED if role.project_uuid == P1}


def test_a_role_that_was_granted_twice_is_one_with_the_later_end(server, client):
    rows = [
        {**PERMISSION_ROWS[1], "created": "2026-01-01T00:00:00Z"},
        {**PERMISSION_ROWS[1], "created": "2026-02-01T00:00:00Z", "expiration_time": "2027-11-23T00:00:00Z"},
        {**PERMISSION_ROWS[2], "created": "2026-01-01T00:00:00Z", "expiration_time": EXPIRES},
        {**PERMISSION_ROWS[2], "created": "2026-02-01T00:00:00Z"},
        {**PERMISSION_ROWS[2], "created": "2026-03-01T00:00:00Z", "expiration_time": EXPIRES},
    ]
    listed(server, rows)
    found = {(role.project_uuid, role.expires) for role in client.project_roles(OFFERING, RESOURCES)}
    assert found == {(P1, 1795392000 + 365 * 86400), (P2, None)}


@pytest.mark.parametrize("permissions", [None, []])
def test_a_customer_user_without_any_permission_is_a_row_that_cannot_be_read(server, client, permissions):
    server.listing(USERS, [{**row, "permissions": permissions} for row in USER_ROWS])
    with pytest.raises(Unavailable):
        client.project_roles(OFFERING, RESOURCES)


def test_a_customer_who_only_owns_the_organization_has_no_role_and_spoils_nothing(server, client):
    owner = {"role_name": "CUSTOMER.OWNER", "scope_type": "customer", "scope_uuid": P1}
    server.listing(USERS, [*USER_ROWS, {"uuid": "d" * 32, "permissions": [owner]}])
    assert set(client.project_roles(OFFERING, RESOURCES)) == EXPECTED


def test_providers_that_are_not_proved_whole_still_name_ours(server, client):
    rows = [{"uuid": PROVIDER, "customer_uuid": OFFERING.customer_uuid}, {"uuid": "8" * 32}]
    server.listing("marketplace-service-providers/", rows)
    server.listing(PERMISSIONS, PERMISSION_ROWS)
    assert set(client.project_roles(OFFERING, RESOURCES)) == EXPECTED


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
    server.on("GET", team_of("5"), {"detail": "No."}, 403)
    assert doubted(client) == EXPECTED


def test_without_resources_nothing_is_asked(server, client):
    assert client.project_roles(OFFERING, []) == ()
    assert server.asked == []
