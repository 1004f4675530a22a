"""The client against the embedded marketplace, in both of its dialects and while it is hostile."""

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from agent.core.model.marketplace import OrderState, OrderType, ResourceState
from agent.errors import Incomplete, Rejected, Unavailable
from agent.marketplace import roles, teams
from agent.marketplace.client import Client
from agent.marketplace.failure import Conflict, Refused
from agent.sandbox.marketplace.scenario import populate
from agent.sandbox.marketplace.server import MarketplaceServer


@pytest.fixture
def http(site, connect):
    return connect(site)


def test_an_order_goes_from_pending_to_done(site, client, story):
    offering, project, order = story
    (found,) = client.orders(offering)
    assert (found.uuid, found.type, found.state) == (order, OrderType.CREATE, OrderState.PENDING_PROVIDER)
    assert (found.project_uuid, found.limits, found.resource_name) == (project, {"cpu": 100, "mem": 50}, "alloc")
    client.approve_order(order)
    client.set_backend_id(found.resource_uuid, "climate-alloc")
    client.set_resource_metadata(found.resource_uuid, {"account": "climate-alloc"})
    client.set_order_done(order)
    assert client.orders(offering) == ()
    (resource,) = client.resources(offering)
    assert (resource.uuid, resource.state, resource.backend_id) == (
        found.resource_uuid,
        ResourceState.OK,
        "climate-alloc",
    )
    assert site.world.resource(resource.uuid)["backend_metadata"] == {"account": "climate-alloc"}
    assert abs(found.created - time.time()) < 60


def test_moves_that_were_made_already_are_fine(client, story):
    order = story[2]
    for _ in range(2):
        client.approve_order(order)
    for _ in range(2):
        client.set_order_done(order)
    assert client.order(order).state is OrderState.DONE
    with pytest.raises(Conflict, match="is done"):
        client.set_order_erred(order, "too late", "")
    assert client.order(order).state is OrderState.DONE


def test_an_order_is_erred_with_its_reason(site, client, story):
    order = story[2]
    with pytest.raises(Conflict, match="is pending-provider"):
        client.set_order_erred(order, "early", "")
    client.approve_order(order)
    client.set_order_erred(order, "No component gpu here.", "detail")
    assert client.order(order).state is OrderState.ERRED
    assert site.world.order(order)["error_message"] == "No component gpu here."
    client.set_order_erred(order, "again", "")
    assert site.world.order(order)["error_message"] == "No component gpu here."


@pytest.mark.parametrize("route", ["approve_by_provider", "set_state_done", "set_state_erred"])
def test_a_move_whose_reply_is_lost_is_made_once(site, client, story, route):
    order = story[2]
    if route != "approve_by_provider":
        client.approve_order(order)
    site.faults.add("lose reply", route, times=1)
    {
        "approve_by_provider": lambda: client.approve_order(order),
        "set_state_done": lambda: client.set_order_done(order),
        "set_state_erred": lambda: client.set_order_erred(order, "no", ""),
    }[route]()
    wanted = {"approve_by_provider": "executing", "set_state_done": "done", "set_state_erred": "erred"}[route]
    assert client.order(order).state == wanted


def test_four_approvals_at_once_are_one(client, story):
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(client.approve_order, story[2]) for _ in range(4)]:
            done.result()
    assert client.order(story[2]).state is OrderState.EXECUTING


def test_the_offering_shows_components_and_partitions(site, client, story, dialect):
    offering = story[0]
    site.world.add_partition(offering, "gpu", max_time=60, exclusive_user=True)
    found = client.offering(offering)
    assert (found.uuid, found.name, found.state, found.customer_uuid) == (
        offering,
        "HPC",
        "Active",
        site.world.provider,
    )
    assert {"cpu", "mem"} <= {component.type for component in found.components}
    client.set_offering_metadata(offering, {"cpus": 8})
    assert site.world.offering(offering)["backend_metadata"] == {"cpus": 8}
    shown = {partition.name: dict(partition.fields) for partition in found.partitions}
    assert shown == ({} if dialect == "2024" else {"gpu": {"max_time": 60, "exclusive_user": True}})


def test_the_three_routes_give_the_same_roles(site, http, client):
    offering = client.offering(
        populate(site.world, resources=7, users_per_resource=5, distinct_users=12, customers=2, projects=4)
    )
    resources = client.resources(offering.uuid)
    projects = frozenset(resource.project_uuid for resource in resources)
    provider = roles.service_provider(http, offering.customer_uuid)
    by_permissions = roles.by_permissions(http, provider, projects)
    with pytest.raises(roles.Uncounted) as unproved:
        roles.by_customer_users(http, offering.uuid, projects)
    by_users = unproved.value.rows
    by_teams = teams.by_teams(http, resources)
    assert len(by_permissions) == 20
    assert set(by_permissions) == set(by_users) == set(by_teams) == set(client.project_roles(offering, resources))


def test_permissions_that_lie_that_nobody_has_a_role_are_found_out(site, client, story):
    site.faults.add("empty", "project_permissions")
    found = client.project_roles(client.offering(story[0]), client.resources(story[0]))
    assert {role.role for role in found} == {"PROJECT.MANAGER", "PROJECT.MEMBER"}
    site.faults.add("empty", "list_customer_users")
    with pytest.raises(Incomplete, match="differ from it in 2 members") as caught:
        client.project_roles(client.offering(story[0]), client.resources(story[0]))
    assert len(caught.value.rows) == 2


def test_an_expiring_role_has_its_end(site, client, story):
    offering, project, _ = story
    site.world.add_member(project, site.world.create_user("carol"), "PROJECT.ADMIN", expires=time.time() + 86400)
    found = client.project_roles(client.offering(offering), client.resources(offering))
    assert {role.role for role in found} == {"PROJECT.MANAGER", "PROJECT.MEMBER", "PROJECT.ADMIN"}
    assert [abs(role.expires - time.time() - 86400) < 60 for role in found if role.expires] == [True]


def test_usage_is_booked_by_component_and_by_user(site, client, story, provision):
    offering, _, order = story
    resource = provision(client, order)
    now = time.time()
    month = time.strftime("%Y-%m-01", time.gmtime(now))
    users = {user.username: user.uuid for user in client.offering_users(offering)}
    for cpu in ("10.257", "12"):
        client.set_usage(resource, {"cpu": Decimal(cpu), "mem": Decimal("0.5")}, now)
        client.set_user_usage(
            offering, resource, {("cpu", "alice"): Decimal(cpu), ("mem", "bob"): Decimal("0.5")}, users, now
        )
    assert site.world.component_usages(resource) == {(month, "cpu"): "12.00", (month, "mem"): "0.50"}
    assert site.world.user_usages(resource) == {(month, "cpu", "alice"): "12.00", (month, "mem", "bob"): "0.50"}


def test_usage_in_bulk_where_the_server_takes_it(provision, connect):
    with MarketplaceServer(dialect="2025", bulk_user_usage=True) as site:
        world = site.world
        offering = world.create_offering("HPC")
        project = world.create_project(world.create_customer("University"), "Climate")
        order = world.order_create(project, offering, "alloc", {"cpu": 100})
        client = Client(connect(site))
        resource = provision(client, order)
        client.set_usage(resource, {"cpu": Decimal(9)}, time.time())
        site.reset_counts()
        client.set_user_usage(offering, resource, {("cpu", f"u{n}"): Decimal(1) for n in range(9)}, {}, time.time())
        assert len(world.user_usages(resource)) == 9
        assert [method for method, _, _ in site.requests].count("POST") == 1


def test_usage_of_an_unknown_component_is_rejected(client, story, provision):
    resource = provision(client, story[2])
    with pytest.raises(Rejected, match="bogus"):
        client.set_usage(resource, {"bogus": Decimal(1)}, time.time())


def test_six_hundred_resources_are_three_pages(site, client):
    offering = populate(site.world, resources=601, users_per_resource=1, distinct_users=3, customers=1, projects=3)
    site.reset_counts()
    assert len({resource.uuid for resource in client.resources(offering)}) == 601
    assert len(site.requests) == 3


@pytest.mark.parametrize("kind", ["lose row", "double row"])
def test_a_page_that_lies_once_is_read_again(site, client, kind):
    offering = populate(site.world, resources=350, users_per_resource=1, distinct_users=3, customers=1, projects=3)
    site.faults.add(kind, r"marketplace-orders/\?.*page=2", times=1)
    assert len(client.orders(offering)) == 350


def test_a_page_that_always_lies_is_incomplete(site, client):
    offering = populate(site.world, resources=350, users_per_resource=1, distinct_users=3, customers=1, projects=3)
    site.faults.add("lose row", r"marketplace-provider-resources/\?.*page=2")
    with pytest.raises(Incomplete) as caught:
        client.resources(offering)
    assert len(caught.value.rows) == 349


@pytest.mark.parametrize("kind", ["cut", "tear", "drop", "lose reply"])
def test_a_broken_reply_is_survived_once_and_unavailable_for_ever(site, client, story, kind):
    site.faults.add(kind, "marketplace-orders", times=1)
    assert len(client.orders(story[0])) == 1
    site.faults.add(kind, "marketplace-orders")
    with pytest.raises(Unavailable):
        client.orders(story[0])


def test_a_manager_of_the_offering_sees_all_and_is_told_who_may_approve(site, story, connect):
    offering, project, order = story
    manager = site.world.create_user("martin")
    site.world.add_manager(offering, manager)
    client = Client(connect(site, site.world.token(manager)))
    assert len(client.orders(offering)) == 1
    with pytest.raises(Refused, match="owner of the provider organization"):
        client.approve_order(order)
    with pytest.raises(Incomplete, match="owner of the provider organization") as seen:
        client.project_roles(client.offering(offering), client.resources(offering))
    assert {role.project_uuid for role in seen.value.rows} == {project}


def test_an_offering_that_is_not_visible_is_unavailable_and_not_empty(site, client):
    for read in (client.offering, client.order):
        with pytest.raises(Unavailable, match="does not see it"):
            read("f" * 32)
