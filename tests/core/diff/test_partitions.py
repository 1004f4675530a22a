"""Partitions: fields asserted on what is there, nothing made and nothing removed."""

from agent.core.model.cluster import Partition
from agent.core.model.marketplace import Offering, OfferingPartition
from agent.core.snapshot import Complete
from tests.fixtures.worlds import OFFERING, OUTAGE, SOLD, World, keys


def world_with(**fields: object) -> World:
    world = World()
    parts = (OfferingPartition(uuid="p", name="long", fields=fields),)
    offering = Offering(uuid=OFFERING, name="HPC", state="Active", customer_uuid="c", components=SOLD, partitions=parts)
    world.sections["offering"] = Complete(offering)
    return world


def there(world: World, *partitions: Partition) -> World:
    world.sections["partitions"] = Complete({one.name: one for one in partitions})
    return world


def test_only_the_fields_that_differ_are_set():
    world = there(
        world_with(priority_tier=2, max_time=60),
        Partition(name="long", fields={"priority_tier": 2, "max_time": 30, "default_time": 5}),
        Partition(name="foreign", fields={"priority_tier": 9}),
    )
    (action,) = world.plan().actions
    assert (action.partition, action.changes) == ("long", {"max_time": 60})
    assert action.describe() == "set partition long: max_time=60"


def test_a_field_slurm_does_not_show_is_set():
    world = there(world_with(max_time=60), Partition(name="long"))
    assert [action.changes for action in world.plan().actions] == [{"max_time": 60}]


def test_equal_partitions_need_nothing():
    assert there(world_with(max_time=60), Partition(name="long", fields={"max_time": 60})).plan().empty


def test_a_partition_that_is_not_in_slurm_is_named_and_not_made():
    plan = there(world_with(max_time=60)).plan()
    assert plan.actions == ()
    assert plan.notices == ("partition long of offering HPC does not exist in Slurm; make it in slurm.conf",)


def test_a_field_that_this_slurm_does_not_know_is_named_and_not_tried():
    world = there(world_with(max_time=60, power_down=True), Partition(name="long", unsettable={"power_down": "23.11"}))
    plan = world.plan()
    assert [action.changes for action in plan.actions] == [{"max_time": 60}]
    assert plan.notices == ("partition long: power_down is left out, it needs Slurm 23.11",)


def test_partitions_that_could_not_be_read_are_neither_set_nor_missed():
    world = world_with(max_time=60)
    world.sections["partitions"] = OUTAGE
    plan = world.plan()
    assert keys(plan) == []
    assert plan.notices == ("Slurm's partitions are not known for sure: an outage",)
