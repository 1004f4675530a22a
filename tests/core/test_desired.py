"""What the marketplace wants: accounts as ordered, with whatever is not ours to decide copied from what is there."""

from dataclasses import replace

from agent.core.desired import DesiredOffering, build_desired
from agent.core.model.marketplace import Offering, OfferingPartition, OrderState, OrderType, ResourceState
from agent.core.names import organization
from agent.core.naming import Namer
from agent.core.orders import Step
from agent.core.snapshot import Complete
from agent.core.usernames import claims
from tests.fixtures.worlds import OFFERING, OUTAGE, SOLD, World, uuid_of


def desired(world: World) -> DesiredOffering:
    known = claims(world.observed(), world.known, world.sources.reserved, world.sources.local)
    return build_desired(
        world.policy,
        world.offering_snapshot(),
        world.cluster_snapshot(),
        world.known,
        world.makers(),
        world.now,
        {},
        Namer(world.known, known, world.sources, world.unready),
    )


def test_a_create_order_wants_an_account_with_marker_parent_and_the_order_s_limits():
    world = World()
    world.resource("alloc", ResourceState.CREATING, project_name="Klima Zürich", limits={"cpu": 1})
    world.order("alloc", limits={"cpu": 2})
    (wanted,) = desired(world).wanted
    assert wanted.step is Step.CREATE
    assert (wanted.account.name, wanted.account.parent) == ("alloc", "waldur")
    assert wanted.account.organization == organization(OFFERING)
    assert wanted.account.description == f"waldur-{uuid_of('alloc')} klima zurich alloc"
    assert wanted.account.grp_tres_mins == {"cpu": 120}


def test_a_finished_resource_wants_its_own_limits():
    world = World()
    world.allocation("alloc", limits={"cpu": 7})
    (wanted,) = desired(world).wanted
    assert (wanted.step, wanted.account.grp_tres_mins) == (Step.KEEP, {"cpu": 420})


def test_parent_description_and_limits_of_others_are_copied_from_the_account_that_is_there():
    world = World()
    world.allocation("alloc")
    there = replace(
        world.accounts["alloc"], parent="elsewhere", grp_tres_mins={"cpu": 600, "gres/gpu": 5}, grp_submit_jobs=3
    )
    world.accounts["alloc"] = there
    (wanted,) = desired(world).wanted
    assert wanted.account == there


def test_of_several_orders_the_one_that_is_ours_to_move_counts():
    world = World()
    world.allocation("alloc")
    world.order("alloc", OrderType.TERMINATE, state=OrderState.EXECUTING)
    world.orders.append(
        replace(world.orders[0], uuid="f" * 32, type=OrderType.UPDATE, state=OrderState.PENDING_PROJECT)
    )
    for orders in (world.orders, world.orders[::-1]):
        world.orders = orders
        (wanted,) = desired(world).wanted
        assert wanted.step is Step.TERMINATE


def test_of_two_orders_that_are_ours_to_move_the_older_counts():
    world = World()
    old = world.order("alloc", created=1.0, limits={"cpu": 1})
    world.orders.append(replace(old, uuid="0" * 32, created=2.0, limits={"cpu": 2}))
    world.orders.reverse()
    (wanted,) = desired(world).wanted
    assert wanted.order == old


def test_terminated_and_unknown_resources_are_not_wanted_even_with_an_order():
    for state in (ResourceState.TERMINATED, ResourceState.OTHER):
        world = World()
        world.resource("alloc", state)
        world.order("alloc")
        assert desired(world).wanted == ()


def test_only_partitions_with_something_set_are_wanted():
    world = World()
    parts = (
        OfferingPartition(uuid="p1", name="long", fields={"priority_tier": 2}),
        OfferingPartition(uuid="p2", name="bare"),
    )
    offering = Offering(uuid=OFFERING, name="HPC", state="Active", customer_uuid="c", components=SOLD, partitions=parts)
    world.sections["offering"] = Complete(offering)
    assert desired(world).partitions == {"long": {"priority_tier": 2}}


def test_who_waits_is_listed_but_not_for_what_goes_away():
    world = World()
    world.allocation("stays")
    world.allocation("goes")
    for name in ("stays", "goes"):
        world.member(name, "bob")
    world.users.clear()
    world.order("goes", OrderType.TERMINATE)
    assert [(one.account, one.user_uuid, one.reason) for one in desired(world).waiting] == [
        ("stays", uuid_of("bob"), "has no offering user yet")
    ]


def test_a_component_outside_the_settings_is_named_once_for_the_offering():
    world = World()
    world.allocation("one", limits={"cpu": 10, "tape": 1})
    world.allocation("two", limits={"cpu": 10, "tape": 2})
    assert desired(world).notices == ("offering HPC: component tape is not in the settings and is not set in Slurm",)


def test_an_offering_that_could_not_be_read_is_no_configuration_error():
    world = World()
    world.allocation("alloc")
    world.sections["offering"] = OUTAGE
    assert (desired(world).problem, desired(world).partitions) == ("", {})
