"""Members' own partitions and QOS, as the settings have them."""

from dataclasses import replace

import pytest

from agent.core.actions import AddAssociation, SetAssociation
from agent.core.known import SetAside
from agent.core.model.cluster import Association, Qos
from tests.fixtures.worlds import GENEROUS, OUTAGE, World, keys

PLAIN = Association(account="alloc", user="alice")


def site(**rules: object) -> World:
    """A resource whose member alice is not associated yet."""
    world = World(guard=GENEROUS)
    world.allocation("alloc")
    world.member("alloc", "alice")
    world.qos = {name: Qos(name=name) for name in ("normal", "long", "slow")}
    world.rules(**rules)
    return world


def associated(world: World, *partitions: str, own: bool = True, **fields: object) -> World:
    """Alice is in the account, once for each of these partitions."""
    world.associations = [replace(PLAIN, partition=name, **fields) for name in partitions]
    if own:
        world.remember(associations=frozenset({("alloc", "alice")}))
    return world


def actions(world: World) -> list[AddAssociation | SetAssociation]:
    return list(world.plan(confirmed=True).actions)


def test_a_member_is_associated_once_for_each_partition_of_the_settings():
    (action,) = actions(site(user_partitions=("cpu", "gpu")))
    assert (action.key, action.partitions, action.association) == ("add association alloc/alice", ("cpu", "gpu"), None)
    assert action.describe() == "add user alice to account alloc in cpu, gpu"
    (usual,) = actions(site())
    assert usual.partitions == ()


def test_a_partition_that_the_settings_add_later_is_added_for_members_who_lack_it():
    world = associated(site(user_partitions=("cpu", "gpu", "big")), "gpu")
    (action,) = actions(world)
    assert (action.key, action.partitions) == ("add association alloc/alice", ("cpu", "big"))
    assert keys(associated(world, "gpu", "cpu", "big").plan(confirmed=True)) == []


def test_who_may_use_every_partition_lacks_none():
    world = site(user_partitions=("cpu", "gpu"))
    assert keys(associated(world, "").plan(confirmed=True)) == []
    assert keys(associated(world, "", "cpu").plan(confirmed=True)) == []


def test_a_partition_that_the_settings_do_not_have_any_more_is_left():
    assert keys(associated(site(user_partitions=("cpu",)), "cpu", "gpu").plan(confirmed=True)) == []
    assert keys(associated(site(), "cpu").plan(confirmed=True)) == []


def test_nobody_else_s_associations_grow():
    world = associated(site(user_partitions=("cpu", "gpu")), "cpu", own=False)
    world.remember(journaled=frozenset({"alloc"}))
    assert keys(world.plan(confirmed=True)) == []
    gone = associated(site(user_partitions=("cpu", "gpu")), "cpu")
    gone.leaves("alloc", "alice")
    assert keys(gone.plan(confirmed=True)) == ["remove association alloc/alice"]


def test_whose_name_does_not_resolve_gets_no_more_partitions():
    world = associated(site(user_partitions=("cpu", "gpu")), "cpu")
    world.unready = {"alice": "waits"}
    assert keys(world.plan(confirmed=True)) == []


@pytest.mark.parametrize("section", ["accounts", "associations"])
def test_no_partition_is_added_while_slurm_is_not_known_for_sure(section):
    world = associated(site(user_partitions=("cpu", "gpu")), "cpu")
    world.sections[section] = OUTAGE
    assert keys(world.plan(confirmed=True)) == []


def test_who_comes_back_after_a_restriction_comes_back_as_they_were():
    world = site(user_partitions=("cpu", "gpu"))
    was = replace(PLAIN, fairshare=3)
    world.remember(aside={("alloc", "alice"): SetAside(association=was, own=True)})
    (action,) = actions(world)
    assert (action.partitions, action.association) == ((), was)


def test_members_get_the_qos_of_the_settings_in_order_of_name():
    (action,) = actions(site(user_qos=("normal", "long"), user_default_qos="normal"))
    assert action.association == replace(PLAIN, qos=("long", "normal"), default_qos="normal")


def test_partitions_that_are_added_later_have_the_qos_of_the_settings_too():
    world = associated(site(user_partitions=("cpu", "gpu"), user_qos=("long",)), "cpu", qos=("long",))
    (action,) = actions(world)
    assert (action.partitions, action.association) == (("gpu",), replace(PLAIN, qos=("long",)))


def test_every_association_of_a_member_is_brought_to_the_qos_of_the_settings():
    world = associated(site(user_qos=("long",), user_default_qos="long"), "", "cpu", "gpu")
    world.associations[2] = replace(world.associations[2], qos=("long",), default_qos="long")
    assert [(one.subject, one.after.qos, one.after.default_qos) for one in actions(world)] == [
        ("alloc/alice", ("long",), "long"),
        ("alloc/alice@cpu", ("long",), "long"),
    ]


def test_a_default_qos_alone_leaves_the_list_and_a_list_alone_the_default():
    world = associated(site(user_default_qos="slow"), "", qos=("long", "slow"))
    (action,) = actions(world)
    assert (action.after.qos, action.after.default_qos) == (("long", "slow"), "slow")
    world = associated(site(user_qos=("long", "slow")), "", qos=("slow",), default_qos="slow")
    (action,) = actions(world)
    assert (action.after.qos, action.after.default_qos) == (("long", "slow"), "slow")


def test_without_qos_in_the_settings_a_member_s_own_stays():
    assert keys(associated(site(), "", qos=("slow",), default_qos="slow").plan()) == []


def blocked_in(world: World, *partitions: str) -> None:
    """A removal blocked alice in both partitions; in some of them the block still stands."""
    world.associations = [
        replace(one, max_submit_jobs=0 if one.partition in partitions else None) for one in world.associations
    ]
    world.remember(blocked={"alloc/alice": 1.0}, replaced={"alloc/alice": {"MaxSubmitJobs": ""}})


def test_a_block_is_over_when_it_is_taken_back_in_every_partition():
    world = World()
    world.allocation("alloc", "alice")
    world.associations = [Association(account="alloc", user="alice", partition=name) for name in ("cpu", "gpu")]
    for still in (("cpu", "gpu"), ("cpu",), ("gpu",)):
        blocked_in(world, *still)
        plan = world.plan()
        assert keys(plan) == [f"set association alloc/alice@{name}" for name in still]
        assert (plan.settled.fields, plan.settled.blocks) == ((), ())
    blocked_in(world)
    plan = world.plan()
    assert plan.empty
    assert (plan.settled.fields, plan.settled.blocks) == ((("alloc/alice", "MaxSubmitJobs"),), ("alloc/alice",))


def test_a_value_that_somebody_put_back_in_one_partition_is_settled_there():
    world = World()
    world.allocation("alloc", "alice")
    world.associations = [Association(account="alloc", user="alice", partition="cpu", qos=("long",))]
    world.remember(replaced={"alloc/alice@cpu": {"QOS": "long"}})
    assert world.plan().settled.fields == (("alloc/alice@cpu", "QOS"),)


def test_the_qos_of_strangers_and_of_those_who_go_is_left():
    world = associated(site(user_qos=("long",)), "", own=False)
    world.associations[0] = replace(PLAIN, user="local")
    world.remember(journaled=frozenset({"alloc"}))
    world.leaves("alloc", "alice")
    assert keys(world.plan(confirmed=True)) == []
    gone = associated(site(user_qos=("long",)), "")
    gone.leaves("alloc", "alice")
    assert keys(gone.plan(confirmed=True)) == ["remove association alloc/alice"]


def test_a_member_who_waits_keeps_the_qos_of_the_settings():
    world = associated(site(user_qos=("long",)), "")
    world.unready = {"alice": "waits"}
    assert keys(world.plan(confirmed=True)) == ["set association alloc/alice"]


def test_a_member_who_is_taken_out_leaves_all_partitions_with_one_removal():
    world = associated(site(user_partitions=("cpu", "gpu")), "cpu", "gpu")
    world.leaves("alloc", "alice")
    assert keys(world.plan(confirmed=True)) == ["remove association alloc/alice"]
