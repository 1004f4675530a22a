"""The consumer side, the scenario, and a database that survives."""

import threading

import pytest

from agent.sandbox.marketplace.scenario import populate
from agent.sandbox.marketplace.server import MarketplaceServer

UNKNOWN = "0" * 32


def test_a_second_order_for_a_resource_is_refused_while_one_is_open(modern):
    resource = modern.active()
    modern.world.order_update(resource, {"cpu": 1})
    with pytest.raises(ValueError, match="Pending order for resource already exists"):
        modern.world.order_terminate(resource)


def test_a_terminated_resource_takes_no_more_orders(modern):
    order = modern.order()
    modern.act(order, "reject_by_provider")
    with pytest.raises(ValueError, match="Valid states"):
        modern.world.order_update(modern.resource_of(order), {"cpu": 1})


def test_a_paused_offering_takes_no_orders_and_existing_resources_go_on(modern):
    resource = modern.active()
    modern.world.set_offering_state(modern.offering, "Paused")
    with pytest.raises(ValueError, match="not available"):
        modern.order("second")
    assert modern.api.post(f"marketplace-provider-resources/{resource}/refresh_last_sync/").status_code == 200


def test_limits_of_a_component_that_is_not_sold_are_refused(modern):
    with pytest.raises(ValueError, match="bogus"):
        modern.order(bogus=1)
    assert modern.world.resources(modern.offering) == []


@pytest.mark.parametrize("read", ["order", "resource", "offering"])
def test_reading_what_is_not_there_is_a_lookup_error_that_names_it(modern, read):
    with pytest.raises(LookupError, match=UNKNOWN):
        getattr(modern.world, read)(UNKNOWN)


def test_granting_a_role_again_changes_its_end(modern):
    modern.active()
    modern.world.add_member(modern.project, modern.alice, expires=0.0)
    row = modern.api.get(f"marketplace-provider-resources/{modern.world.resources(modern.offering)[0]['uuid']}/team/")
    assert [member["expiration_time"] for member in row.json()] == ["1970-01-01T00:00:00.000000Z"]


def test_slugs_are_unique_whatever_the_names(modern):
    orders = [modern.order(name) for name in ("alloc-one", "alloc-one", "Alloc ONLY", "!!!")]
    slugs = [modern.world.resource(modern.resource_of(order))["slug"] for order in orders]
    assert slugs == ["alloc-on-1", "alloc-on-2", "alloc-on-3", "unnamed-1"]


def test_changes_made_at_once_are_undone_together(modern):
    def half_done():
        with modern.world.at_once():
            modern.order()
            modern.world.order_create(UNKNOWN, modern.offering, "x", {})

    with pytest.raises(LookupError):
        half_done()
    assert modern.world.orders(modern.offering) == []


def test_the_world_may_be_changed_from_many_threads_while_it_is_read(modern):
    def place(number):
        for step in range(5):
            modern.order(f"alloc{number}{step}")

    threads = [threading.Thread(target=place, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert modern.api.get("marketplace-orders/").status_code == 200
    assert modern.api.get("marketplace-orders/").headers["X-Result-Count"] == "20"


def test_a_marketplace_in_a_file_is_there_again_with_the_same_token(tmp_path):
    path = str(tmp_path / "market.db")
    with MarketplaceServer(database=path) as first:
        token = first.token
        offering = populate(first.world, resources=1, users_per_resource=2, distinct_users=2, customers=1, projects=1)
    with MarketplaceServer(database=path) as second:
        assert second.token == token
        assert len(second.world.orders(offering)) == 1


@pytest.mark.parametrize("dialect", ["2024", "2025"])
def test_a_scenario_has_the_size_that_was_asked_for(site, dialect):
    found = site(dialect)
    offering = populate(found.world, resources=20, users_per_resource=25, distinct_users=250, customers=4, projects=20)
    orders = found.api.get("marketplace-orders/", offering_uuid=offering, page_size=300).json()
    assert {order["state"] for order in orders} == {"pending-provider"}
    assert len(orders) == 20
    assert len({order["project_uuid"] for order in orders}) == 20
    assert len({order["customer_uuid"] for order in orders}) == 4
    teams = [
        {
            row["username"]
            for row in found.api.get(
                f"marketplace-provider-resources/{order['marketplace_resource_uuid']}/team/"
            ).json()
        }
        for order in orders
    ]
    assert {len(team) for team in teams} == {25}
    assert set().union(*teams) == {f"u{number:04d}" for number in range(1, 251)}
