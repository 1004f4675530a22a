"""Paused and downscaled resources: what stops, what goes on, and that everything is as it was afterwards."""

from dataclasses import replace

import pytest

from agent.core.actions import SetAssociation, SetLimits
from agent.core.flags import as_before, settled
from agent.core.model.cluster import Account, Association, Qos
from agent.core.policy import ComponentRule, LimitKind
from tests.fixtures.worlds import POLICY, World, keys

BY_QOS = replace(POLICY, on_pause="qos", paused_qos="stopped", downscaled_qos="slow")
LONG = ("long", "normal")


def world_of(policy=POLICY, **account: object) -> World:
    """An allocation with two members, one of whom has a QOS list of her own."""
    world = World(policy=policy)
    world.allocation("alloc", "alice", "bob")
    world.in_slurm("alloc", **account)
    world.by_hand("alloc", "bob", qos=("long",), default_qos="long")
    return world


def carry_out(world: World) -> None:
    """Every change of flags, as Slurm and the journal have it afterwards."""
    for action in world.plan().actions:
        assert isinstance(action, SetLimits | SetAssociation), action.key
        if isinstance(action, SetLimits):
            world.accounts["alloc"] = action.after
        else:
            world.associations = [action.after if one == action.before else one for one in world.associations]
        kept = {**action.replaces, **world.known.replaced.get(action.subject, {})}
        kept = {word: value for word, value in kept.items() if word not in action.puts_back}
        world.remember(replaced={**world.known.replaced, action.subject: kept})
    assert world.plan().empty


def both(world: World) -> tuple[Account, list[Association]]:
    return world.accounts["alloc"], world.associations


def test_a_pause_lets_nothing_start_and_nothing_be_submitted_and_says_why():
    world = world_of()
    world.flag("alloc", paused=True)
    (action,) = world.plan().actions
    assert action.describe() == "set account alloc: GrpJobs none → 0, GrpSubmitJobs none → 0 (paused)"
    assert (action.replaces, action.evidence) == ({"GrpJobs": "", "GrpSubmitJobs": ""}, None)


@pytest.mark.parametrize("policy", [POLICY, BY_QOS], ids=["by limit", "by QOS"])
@pytest.mark.parametrize("flag", ["paused", "downscaled"])
@pytest.mark.parametrize(
    "by_hand",
    [
        {},
        {"qos": LONG, "default_qos": "normal"},
        {"qos": LONG},
        {"grp_jobs": 0},
        {"grp_submit_jobs": 0},
        {"grp_jobs": 5, "grp_submit_jobs": 7, "qos": ("stopped",), "default_qos": "stopped"},
    ],
    ids=str,
)
def test_back_again_everything_is_exactly_as_it_was(policy, flag, by_hand):
    world = world_of(policy, **by_hand)
    before = both(world)
    world.flag("alloc", **{flag: True})
    carry_out(world)
    world.flag("alloc", **{flag: False})
    carry_out(world)
    assert both(world) == before
    assert not any(world.known.replaced.values())


def test_a_pause_by_qos_puts_every_job_into_it_those_of_own_lists_and_of_strangers_too():
    world = world_of(BY_QOS)
    world.locally_added("alloc", "local")
    world.by_hand("alloc", "local", default_qos="long")
    world.flag("alloc", paused=True)
    carry_out(world)
    assert (world.accounts["alloc"].qos, world.accounts["alloc"].default_qos) == (("stopped",), "stopped")
    assert (world.accounts["alloc"].grp_jobs, world.accounts["alloc"].grp_submit_jobs) == (None, None)
    assert world.association("alloc", "bob").qos == world.association("alloc", "local").qos == ("stopped",)
    assert world.association("alloc", "alice").qos == (), "she has the account's"
    world.flag("alloc", paused=False)
    carry_out(world)
    assert world.association("alloc", "local") == Association(account="alloc", user="local", default_qos="long")


@pytest.mark.parametrize("who", ["spared", "leaving"])
def test_who_has_no_name_now_or_is_about_to_go_follows_the_flags_there_and_back(who):
    world = world_of(BY_QOS)
    before = world.association("alloc", "bob")
    if who == "spared":
        world.users["bob"] = replace(world.users["bob"], username="bad name")
    else:
        world.leaves("alloc", "bob")
    world.flag("alloc", paused=True)
    changes = [action for action in world.plan().actions if isinstance(action, SetAssociation)]
    assert [(one.subject, one.after.qos) for one in changes] == [("alloc/bob", ("stopped",))]
    world.associations = [changes[0].after if one == before else one for one in world.associations]
    world.remember(replaced={"alloc/bob": dict(changes[0].replaces)})
    world.flag("alloc", paused=False)
    (back,) = [action for action in world.plan().actions if isinstance(action, SetAssociation)]
    assert (back.after, set(back.puts_back)) == (before, {"QOS", "DefaultQOS"})


def test_a_member_who_is_blocked_to_be_removed_stays_blocked():
    world = world_of()
    world.leaves("alloc", "bob")
    world.by_hand("alloc", "bob", max_submit_jobs=0)
    world.remember(blocked={"alloc/bob": 1.0}, replaced={"alloc/bob": {"MaxSubmitJobs": "4"}})
    assert keys(world.plan()) == ["remove association alloc/bob"]
    world.member("alloc", "bob")
    (action,) = world.plan().actions
    assert (action.key, action.after.max_submit_jobs) == ("set association alloc/bob", 4)


def test_a_downscaled_resource_runs_in_the_smaller_qos_and_goes_on():
    world = world_of(BY_QOS)
    world.flag("alloc", downscaled=True)
    account = next(action for action in world.plan().actions if isinstance(action, SetLimits))
    assert account.describe() == "set account alloc: QOS none → slow, DefaultQOS none → slow (downscaled)"
    assert (account.after.grp_jobs, account.after.grp_submit_jobs) == (None, None)


def test_a_downscaled_resource_of_an_offering_without_a_smaller_qos_is_a_matter_for_its_administrator():
    world = world_of()
    world.flag("alloc", downscaled=True)
    plan = world.plan()
    assert plan.empty
    assert any("it is downscaled, and the offering has no downscaled_qos" in line for line in plan.notices)


def test_a_pause_comes_before_a_smaller_size_and_ends_in_it():
    world = world_of(BY_QOS, qos=LONG, default_qos="long")
    before = both(world)
    world.flag("alloc", paused=True, downscaled=True)
    carry_out(world)
    assert world.accounts["alloc"].qos == ("stopped",)
    world.flag("alloc", paused=False)
    carry_out(world)
    assert world.accounts["alloc"].qos == world.association("alloc", "bob").qos == ("slow",)
    world.flag("alloc", downscaled=False)
    carry_out(world)
    assert both(world) == before


def test_a_pause_by_limit_in_a_smaller_size_leaves_the_smaller_qos_until_then():
    world = world_of(replace(BY_QOS, on_pause="limit"))
    before = both(world)
    world.flag("alloc", downscaled=True)
    carry_out(world)
    world.flag("alloc", paused=True)
    carry_out(world)
    assert world.accounts["alloc"].grp_jobs == 0
    world.flag("alloc", paused=False, downscaled=False)
    carry_out(world)
    assert both(world) == before


def test_what_is_done_by_hand_during_a_pause_is_undone():
    world = world_of()
    before = both(world)
    world.flag("alloc", paused=True)
    carry_out(world)
    world.in_slurm("alloc", grp_jobs=50)
    carry_out(world)
    assert world.accounts["alloc"].grp_jobs == 0
    world.flag("alloc", paused=False)
    carry_out(world)
    assert both(world) == before


def test_what_was_put_back_by_somebody_else_is_forgotten():
    world = world_of()
    world.remember(replaced={"alloc": {"GrpJobs": "", "GrpSubmitJobs": "5"}})
    world.in_slurm("alloc", grp_submit_jobs=5)
    plan = world.plan()
    assert plan.actions == ()
    assert set(plan.settled.fields) == {("alloc", "GrpJobs"), ("alloc", "GrpSubmitJobs")}


def test_during_a_pause_nothing_is_forgotten_even_when_somebody_took_it_back():
    world = world_of()
    world.remember(replaced={"alloc": {"GrpJobs": "", "GrpSubmitJobs": ""}})
    world.flag("alloc", paused=True)
    plan = world.plan()
    assert (keys(plan), plan.settled.fields) == (["set limits alloc"], ())


def test_a_pause_of_ordered_job_limits_ends_with_what_is_ordered_by_then():
    rule = ComponentRule(factor=1, limit=LimitKind.GRP_JOBS)
    world = world_of(replace(POLICY, components={"cpu": rule}), grp_jobs=10)
    world.flag("alloc", paused=True)
    carry_out(world)
    world.flag("alloc", limits={"cpu": 20})
    assert world.plan().empty
    world.flag("alloc", paused=False)
    carry_out(world)
    assert world.accounts["alloc"].grp_jobs == 20


def test_the_qos_of_a_resource_s_limits_is_left_during_a_pause_and_taken_again():
    world = World(policy=replace(BY_QOS, limits_on="qos"))
    world.order("alloc")
    _, add, create, _ = world.plan().actions
    world.qos, world.accounts["alloc"] = {"alloc": add.qos}, create.account
    world.orders.clear()
    world.resource("alloc")
    before = both(world)
    world.flag("alloc", paused=True)
    carry_out(world)
    assert world.accounts["alloc"].qos == ("stopped",)
    assert world.qos == {"alloc": Qos(**{name: getattr(add.qos, name) for name in add.qos.__dataclass_fields__})}
    world.flag("alloc", paused=False)
    carry_out(world)
    assert both(world) == before


def test_an_account_that_is_made_while_its_resource_is_paused_lets_nothing_start_and_can_go_on_later():
    world = World()
    world.resource("alloc", paused=True)
    world.order("alloc")
    create = next(action for action in world.plan().actions if action.kind == "create account")
    assert (create.account.grp_jobs, create.account.grp_submit_jobs) == (0, 0)
    assert create.replaces == {"GrpJobs": "", "GrpSubmitJobs": ""}


def test_a_value_of_the_journal_is_read_back_as_it_was_for_every_field():
    one = Account(name="a", parent="p", grp_jobs=0, grp_submit_jobs=0, qos=("x",), default_qos="x")
    kept = {"GrpJobs": "", "GrpSubmitJobs": "7", "QOS": "a,b", "DefaultQOS": ""}
    assert as_before(one, kept) == Account(name="a", parent="p", grp_submit_jobs=7, qos=("a", "b"))
    user = Association(account="a", user="u", max_submit_jobs=0)
    assert as_before(user, {"MaxSubmitJobs": "", "GrpSubmitJobs": "3"}).max_submit_jobs is None


def test_a_value_counts_as_put_back_only_when_it_is_the_one_from_before_and_the_one_that_is_wanted():
    there = Account(name="a", parent="p", grp_jobs=5)
    assert settled(there, there, {"GrpJobs": "5"}) == ["GrpJobs"]
    assert settled(there, there, {"GrpJobs": "6"}) == []
    assert settled(there, replace(there, grp_jobs=0), {"GrpJobs": "5"}) == []
    assert settled(there, there, {"MaxSubmitJobs": "5"}) == [], "an account has none"
