"""The whole life of orders through the client, against the embedded marketplace in both of its dialects."""

import pytest

from agent.core.model.marketplace import OrderState, OrderType, ResourceState
from agent.errors import Unavailable
from agent.marketplace.client import Client
from agent.marketplace.failure import Conflict
from agent.sandbox.marketplace.catalogue import ComponentSpec
from agent.sandbox.marketplace.server import MarketplaceServer


@pytest.fixture
def http(site, connect):
    return connect(site)


def posts(site, ending=""):
    return [path for method, path, _ in site.requests if method == "POST" and path.endswith(ending)]


def finish(client, order):
    client.approve_order(order)
    client.set_order_done(order)


def test_an_offering_is_read_with_plans_maxima_and_naming(site, client, dialect):
    cpu = ComponentSpec(type="cpu", name="CPU", measured_unit="h", max_value=9, max_available_limit=7, is_prepaid=True)
    offering = site.world.create_offering(
        components=[cpu], plans={"Small": {"cpu": 5}}, options={"account_name_generation_policy": "project_slug"}
    )
    found = client.offering(offering)
    (component,) = found.components
    assert (component.max_value, component.prepaid) == (7, dialect == "2025")
    assert found.quotas == {site.world.plan(offering, "Small"): {"cpu": 5}}
    assert found.account_naming == "project_slug"


def test_a_resource_is_read_alone_when_it_is_over_too(site, client, story, provision):
    offering, project, order = story
    resource = provision(client, order)
    site.world.end_resource(resource, "2027-01-02")
    site.world.end_project(project, "2027-01-01")
    found = client.resource(resource)
    assert found == client.resources(offering)[0]
    assert (found.ends, found.plan_uuid) == (1798761600.0, site.world.plan(offering, "Standard"))
    assert found.created > 1_700_000_000
    finish(client, site.world.order_terminate(resource))
    assert client.resources(offering) == ()
    assert client.resource(resource).state is ResourceState.TERMINATED


def test_an_update_of_limits_and_one_of_the_plan_take_effect(site, client, story, provision):
    offering, _, order = story
    resource = provision(client, order)
    update = site.world.order_update(resource, {"cpu": 5, "mem": 6})
    assert client.order(update).limits == {"cpu": 5, "mem": 6}
    client.approve_order(update, resource)
    assert client.resource(resource).state is ResourceState.UPDATING
    client.set_order_done(update)
    assert client.resource(resource).limits == {"cpu": 5, "mem": 6}
    plan = site.world.plan(offering, "Standard")
    assert client.order(site.world.order_plan(resource, plan)).plan_uuid == plan


def test_a_strict_old_server_takes_an_update_of_a_resource_that_is_named(connect):
    with MarketplaceServer("2024", slurm_allocations=True) as site:
        world = site.world
        offering = world.create_offering()
        project = world.create_project(world.create_customer("University"), "Climate")
        client = Client(connect(site))
        order = world.order_create(project, offering, "alloc", {"cpu": 1})
        finish(client, order)
        resource = client.order(order).resource_uuid
        update = world.order_update(resource, {"cpu": 2})
        client.approve_order(update, resource)
        assert client.order(update).state is OrderState.EXECUTING
        client.set_order_done(update)
        assert client.resource(resource).limits == {"cpu": 2}


def test_a_server_without_allocations_costs_one_request_in_all(site, client, story, provision, dialect):
    resource = provision(client, story[2])
    for cpu in (1, 2, 3):
        order = site.world.order_update(resource, {"cpu": cpu})
        client.approve_order(order, resource)
        client.set_order_done(order)
    assert len(posts(site, f"marketplace-slurm-remote/{resource}/set_state/")) == (3 if dialect == "2024" else 1)


def test_force_is_read_from_the_order(site, client, story, provision):
    resource = provision(client, story[2])
    order = client.order(site.world.order_terminate(resource, force=True))
    assert (order.type, order.forced) == (OrderType.TERMINATE, True)


def test_a_restore_brings_a_terminated_resource_back(site, client, story, provision, dialect):
    offering = story[0]
    site.world.set_options(offering, can_restore_resource=True)
    resource = provision(client, story[2])
    finish(client, site.world.order_terminate(resource))
    if dialect == "2024":
        with pytest.raises(ValueError, match="cannot be restored"):
            site.world.order_restore(resource)
        return
    site.world.order_restore(resource)
    (order,) = client.orders(offering)
    assert (order.type, order.resource_uuid) == (OrderType.RESTORE, resource)
    finish(client, order.uuid)
    assert client.resource(resource).state is ResourceState.OK


def test_orders_that_wait_for_somebody_else_are_seen(site, client, story, dialect):
    offering, project, order = story
    world = site.world
    later = world.create_project(world.create_customer("Institute"), "Later", start_date="2999-01-01")
    placed = {
        order: OrderState.PENDING_PROVIDER,
        world.order_create(project, offering, "a", {"cpu": 1}, awaits_consumer=True): OrderState.PENDING_CONSUMER,
        world.order_create(later, offering, "b", {"cpu": 1}): OrderState.PENDING_PROJECT,
    }
    if dialect == "2025":
        starting = world.order_create(project, offering, "c", {"cpu": 1}, start_date="2999-01-01")
        placed[starting] = OrderState.PENDING_START_DATE
    assert {found.uuid: found.state for found in client.orders(offering)} == placed
    for waiting in placed.keys() - {order}:
        with pytest.raises(Conflict, match=f"the order is {placed[waiting]}"):
            client.approve_order(waiting)
        with pytest.raises(Conflict, match=f"is {placed[waiting]}"):
            client.set_order_executing(waiting)


def test_the_states_a_server_does_not_know_are_asked_for_once(site, client, story, dialect):
    for _ in range(3):
        client.orders(story[0])
    assert len(site.requests) == (4 if dialect == "2024" else 3)


def test_an_erred_order_is_tried_again_and_done(site, client, story):
    offering, _, order = story
    client.approve_order(order)
    client.set_order_erred(order, "No such component.", "detail")
    (erred,) = client.erred_orders(offering)
    assert (erred.uuid, erred.error_message) == (order, "No such component.")
    client.set_order_executing(order)
    client.set_order_done(order)
    assert client.erred_orders(offering) == ()
    assert client.resource(erred.resource_uuid).state is ResourceState.OK


def test_a_rejected_create_leaves_a_terminated_resource(client, story):
    order = client.order(story[2])
    client.reject_order(order.uuid, "The project is over.")
    assert client.order(order.uuid).state is OrderState.REJECTED
    assert client.resource(order.resource_uuid).state is ResourceState.TERMINATED
    client.reject_order(order.uuid, "again")


def test_the_reason_of_a_rejection_reaches_a_server_that_keeps_it(connect):
    with MarketplaceServer("2025", bulk_user_usage=True) as site:
        world = site.world
        project = world.create_project(world.create_customer("University"), "Climate")
        order = world.order_create(project, world.create_offering(), "alloc", {"cpu": 1})
        Client(connect(site)).reject_order(order, "The project is over.")
        assert world.order(order)["provider_rejection_comment"] == "The project is over."


def test_an_order_approved_by_hand_is_taken_up_from_executing(site, client, story):
    site.world.approve_as_provider(story[2])
    client.approve_order(story[2])
    assert client.order(story[2]).state is OrderState.EXECUTING
    with pytest.raises(Conflict, match="the order is executing"):
        client.reject_order(story[2], "too late")


@pytest.mark.parametrize("kind", ["lose reply", "tear", "drop"])
@pytest.mark.parametrize("route", ["reject_by_provider", "set_state_executing"])
def test_a_move_whose_reply_is_lost_is_found_to_have_worked(site, client, story, route, kind):
    order = story[2]
    if route == "set_state_executing":
        client.approve_order(order)
        client.set_order_erred(order, "message", "")
    site.faults.add(kind, route, times=1)
    if route == "set_state_executing":
        client.set_order_executing(order)
    else:
        client.reject_order(order, "reason")
    wanted = {"reject_by_provider": OrderState.REJECTED, "set_state_executing": OrderState.EXECUTING}[route]
    assert client.order(order).state is wanted


def test_an_update_whose_approval_was_lost_is_approved_once(site, client, story, provision):
    resource = provision(client, story[2])
    order = site.world.order_update(resource, {"cpu": 1})
    site.faults.add("lose reply", "approve_by_provider", times=1)
    client.approve_order(order, resource)
    assert client.order(order).state is OrderState.EXECUTING
    assert client.resource(resource).state is ResourceState.UPDATING


@pytest.mark.parametrize("names", [["hpc_one", "hpc_new"], ["hpc_one", *(f"n{number}" for number in range(30))]])
def test_a_name_that_a_terminated_resource_had_is_used(site, client, story, provision, names):
    resource = provision(client, story[2])
    client.set_backend_id(resource, "hpc_one")
    finish(client, site.world.order_terminate(resource))
    assert client.used_backend_ids(story[0], names) == {"hpc_one"}


def test_a_name_that_another_offering_uses_is_found_where_the_server_can_be_asked(
    site, client, story, provision, dialect
):
    client.set_backend_id(provision(client, story[2]), "hpc_one")
    other = site.world.create_offering("Other")
    assert client.used_backend_ids(other, ["hpc_one"]) == (set() if dialect == "2024" else {"hpc_one"})


def test_while_nobody_answers_no_name_is_free(site, client, story):
    site.faults.add("status", "check_unique_backend_id|marketplace-provider-resources", value=503)
    with pytest.raises(Unavailable, match="503"):
        client.used_backend_ids(story[0], ["hpc_one"])


def test_a_report_replaces_the_one_before(site, client, story, provision):
    resource = provision(client, story[2])
    site.faults.add("lose reply", "submit_report", times=1)
    for body in ("2 jobs still run.", "1 job still runs."):
        client.submit_report(resource, "Slurm", body)
    assert site.world.resource(resource)["report"] == [{"header": "Slurm", "body": "1 job still runs."}]


def test_a_project_that_moves_is_seen_at_its_new_customer(site, client, story, provision):
    offering, project, order = story
    provision(client, order)
    customer = site.world.create_customer("Institute")
    site.world.move_project(project, customer)
    (found,) = client.resources(offering)
    assert (found.customer_uuid, found.customer_slug, found.project_uuid) == (customer, "institut-1", project)
