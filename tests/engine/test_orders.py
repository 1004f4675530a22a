"""Orders as an administrator asks for them."""

from dataclasses import replace

from agent.engine.converge import plan_cycle
from agent.engine.orders import accounts_of, read_orders, seen_orders
from tests.fixtures.memory_site import MemorySite

WEATHER = "climate-1-weather-1"


def test_open_and_erred_orders_are_read_of_every_offering(lab: MemorySite, project: str) -> None:
    resource = lab.order(project, "storm")
    with lab.world_of() as (_, world):
        (found,) = read_orders(world)
        assert (found.order.resource_uuid, found.offering.uuid) == (resource, lab.offering)
        world.marketplace.approve_order(found.order.uuid)
        world.marketplace.set_order_erred(found.order.uuid, "no", "no")
        (erred,) = read_orders(world)
        assert (erred.order.uuid, erred.order.error_message) == (found.order.uuid, "no")


def test_erred_orders_that_cannot_be_read_are_told_beside_the_open_ones(lab: MemorySite, project: str) -> None:
    lab.order(project, "storm")
    lab.server.faults.add("status", "marketplace-orders/.*state=erred", value=500)
    with lab.world_of() as (_, world):
        observed, _, _ = plan_cycle(world, world.policies)
        orders, outage = seen_orders(world, observed)
    assert [one.order.resource_name for one in orders] == ["storm"]
    assert "marketplace-orders" in outage


def test_the_account_of_a_resource_is_the_marked_one_before_the_remembered_and_the_said_one(
    lab: MemorySite, project: str, weather: str
) -> None:
    def named() -> str:
        with lab.world_of() as (_, world):
            observed, known, _ = plan_cycle(world, world.policies)
            return accounts_of(observed, known, world.policies)[weather]

    with lab.world_of() as (_, world):
        world.marketplace.set_backend_id(weather, "Said")
    there = lab.memory.accounts.pop(WEATHER)
    lab.memory.accounts["moved"] = replace(there, name="moved")
    assert named() == "moved"
    del lab.memory.accounts["moved"]
    assert named() == WEATHER
    for file in (lab.settings.parent / "state").glob("journal.sqlite*"):
        file.unlink()
    assert named() == "said"
