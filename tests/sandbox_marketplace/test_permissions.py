"""The routes that tell the roles of every project, and that all of them agree."""

EXPIRES = 1_900_000_000.0


def provider(site):
    found = site.api.get("marketplace-service-providers/", customer_uuid=site.world.provider).json()
    assert len(found) == 1
    return found[0]["uuid"]


def permissions(site):
    return site.api.get(f"marketplace-service-providers/{provider(site)}/project_permissions/", page_size=300)


def test_the_three_ways_to_read_teams_agree(each):
    resource = each.active()
    bob = each.world.create_user("bob")
    each.world.add_member(each.project, bob, "PROJECT.ADMIN", EXPIRES)
    by_permission = {
        (row["project_uuid"], row["user_uuid"], row["expiration_time"]) for row in permissions(each).json()
    }
    users = each.api.get(
        f"marketplace-provider-offerings/{each.offering}/list_customer_users/", field=["uuid", "permissions"]
    ).json()
    by_user = {
        (role["scope_uuid"], user["uuid"], role["expiration_time"]) for user in users for role in user["permissions"]
    }
    team = each.api.get(f"marketplace-provider-resources/{resource}/team/").json()
    by_team = {(each.project, row["uuid"], row["expiration_time"]) for row in team}
    assert by_permission == by_user == by_team
    assert by_team == {(each.project, each.alice, None), (each.project, bob, "2030-03-17T17:46:40.000000Z")}


def test_project_permissions_are_counted_and_ignore_the_choice_of_fields(each):
    each.active()
    answer = each.api.get(f"marketplace-service-providers/{provider(each)}/project_permissions/", field="user_uuid")
    assert answer.headers["X-Result-Count"] == "1"
    assert answer.json()[0]["user_username"] == "alice"


def test_roles_have_short_names_in_2024_and_full_names_later(old, modern):
    for site, role in ((old, "member"), (modern, "PROJECT.MEMBER")):
        site.active()
        assert [row["role"] for row in permissions(site).json()] == [role]


def test_customer_users_are_neither_paged_nor_counted_and_carry_secrets_unless_fields_are_chosen(each):
    with each.world.at_once():
        for number in range(15):
            each.world.add_member(each.project, each.world.create_user(f"u{number}"))
    each.active()
    path = f"marketplace-provider-offerings/{each.offering}/list_customer_users/"
    answer = each.api.get(path)
    assert len(answer.json()) == 16
    assert not {"X-Result-Count", "Link"} & set(answer.headers)
    assert answer.json()[0]["token"]
    assert each.api.get(path, field=["uuid"]).json()[0].keys() == {"uuid"}


def test_only_projects_with_a_live_resource_are_told(each):
    resource = each.active()
    end = each.world.order_terminate(resource)
    each.act(end, "approve_by_provider")
    each.act(end, "set_state_done")
    assert permissions(each).json() == []
    path = f"marketplace-provider-offerings/{each.offering}/list_customer_users/"
    assert each.api.get(path).json() == []


def test_an_offering_manager_may_not_read_them(each):
    manager = each.world.create_user("manager")
    each.world.add_manager(each.offering, manager)
    api = each.as_user(each.world.token(manager))
    for path in (
        f"marketplace-service-providers/{provider(each)}/project_permissions/",
        f"marketplace-provider-offerings/{each.offering}/list_customer_users/",
        f"marketplace-provider-offerings/{each.offering}/component_stats/",
    ):
        assert api.get(path).status_code == 403


def test_the_current_user_is_told_who_it_is(each):
    assert each.api.get("users/me/").json()["username"] == "provider"


def test_the_roles_in_projects_of_a_private_offering_are_told_by_the_other_routes_alone(each):
    resource = each.active()
    each.world.set_shared(each.offering, False)
    assert permissions(each).json() == []
    path = f"marketplace-provider-offerings/{each.offering}/list_customer_users/"
    assert [row["uuid"] for row in each.api.get(path).json()] == [each.alice]
    assert [row["uuid"] for row in each.api.get(f"marketplace-provider-resources/{resource}/team/").json()] == [
        each.alice
    ]


def test_permissions_are_paged_in_the_order_of_their_grant(each):
    each.active()
    with each.world.at_once():
        people = [each.world.create_user(f"u{number:02d}") for number in range(24)]
        for user in people:
            each.world.add_member(each.project, user)
    pages = [
        each.api.get(f"marketplace-service-providers/{provider(each)}/project_permissions/", page=page)
        for page in (1, 2, 3)
    ]
    assert {page.headers["X-Result-Count"] for page in pages} == {"25"}
    assert [row["user_uuid"] for page in pages for row in page.json()] == [each.alice, *people]
