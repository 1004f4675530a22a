"""Accounts and their orders, step by step."""

from dataclasses import replace

import pytest

from agent.core.actions import CreateAccount, Evidence, RemoveOrphan
from agent.core.model.cluster import Account, Association
from agent.core.model.marketplace import OrderState, OrderType, ResourceState
from agent.core.snapshot import Partial
from tests.fixtures.worlds import GENEROUS, OUTAGE, World, account, keys


def kinds(world: World) -> list[str]:
    return [action.kind for action in world.plan().actions]


def test_a_new_order_is_approved_made_filled_and_finished_in_this_order():
    world = World()
    world.order("alloc")
    world.member("alloc", "alice", "bob")
    assert kinds(world) == ["approve order", "create account", "add association", "add association", "finish order"]


def test_an_order_that_is_executing_already_is_not_approved_again():
    world = World()
    world.order("alloc", state=OrderState.EXECUTING)
    assert kinds(world) == ["create account", "finish order"]


def test_members_without_names_never_hold_an_order():
    world = World()
    world.order("alloc")
    world.member("alloc", "alice")
    world.users.clear()
    plan = world.plan()
    assert [action.kind for action in plan.actions] == ["approve order", "create account", "finish order"]
    assert [item.reason for item in plan.waiting] == ["has no offering user yet"]


def test_an_account_taken_up_again_gets_the_limits_and_members_it_lacks():
    world = World()
    world.order("alloc", state=OrderState.EXECUTING, limits={"cpu": 5})
    world.accounts["alloc"] = account("alloc", "alloc", grp_tres_mins={"cpu": 600})
    world.member("alloc", "alice", "bob")
    world.associations.append(Association(account="alloc", user="alice"))
    plan = world.plan()
    assert keys(plan) == ["add association alloc/bob", "set limits alloc"]
    assert plan.actions[1].evidence is None, "the order that made the account decides its limits"


def test_an_account_taken_up_again_waits_while_the_resources_are_not_whole():
    world = World()
    world.order("alloc", state=OrderState.EXECUTING, limits={"cpu": 5})
    world.accounts["alloc"] = account("alloc", "alloc", grp_tres_mins={"cpu": 600})
    world.sections["resources"] = Partial(tuple(world.resources.values()), "a page was lost")
    assert kinds(world) == []


def test_an_order_waits_for_its_parent_account_and_says_how_to_make_it():
    world = World()
    del world.accounts["waldur"]
    order = world.order("alloc")
    plan = world.plan()
    assert plan.actions == ()
    assert plan.notices == (
        f"order {order.uuid[:8]} (Create alloc) waits: its parent account waldur does not exist; "
        "make it: sacctmgr add account waldur",
    )


def test_an_order_for_a_limit_that_cannot_be_is_refused_before_anything_is_made():
    world = World()
    world.order("alloc", limits={"cpu": -1})
    (action,) = world.plan().actions
    assert action.reason == "This allocation cannot be made: the limit of cpu is negative."


def test_a_terminate_order_for_what_never_was_in_slurm_is_finished_at_once():
    world = World()
    world.resource("alloc")
    world.order("alloc", OrderType.TERMINATE)
    assert kinds(world) == ["approve order", "finish order"]


def test_a_terminate_order_whose_account_is_gone_already_is_finished():
    world = World()
    world.allocation("alloc", "alice")
    del world.accounts["alloc"]
    world.associations.clear()
    world.order("alloc", OrderType.TERMINATE, state=OrderState.EXECUTING)
    assert kinds(world) == ["finish order"]


@pytest.mark.parametrize("section", ["offering", "orders", "resources"])
def test_a_lost_account_is_made_again_only_when_the_offering_is_known_whole(section):
    world = World()
    world.allocation("alloc")
    del world.accounts["alloc"]
    assert kinds(world) == ["create account"]
    whole = getattr(world.offering_snapshot(), section).value
    world.sections[section] = Partial(whole, "a page was lost")
    assert kinds(world) == []


@pytest.mark.parametrize("state", [ResourceState.ERRED, ResourceState.TERMINATING, ResourceState.CREATING])
def test_a_lost_account_of_a_resource_that_does_not_stand_is_not_made_again(state):
    world = World()
    world.allocation("alloc", state=state)
    del world.accounts["alloc"]
    assert kinds(world) == []


def test_a_block_of_ours_is_taken_back_when_the_account_is_wanted_again():
    world = World()
    world.allocation("alloc")
    world.accounts["alloc"] = replace(world.accounts["alloc"], grp_submit_jobs=0)
    assert kinds(world) == [], "an administrator's block is left"
    world.remember(blocked={"alloc": 1.0})
    (action,) = world.plan().actions
    assert (action.key, action.after.grp_submit_jobs) == ("set limits alloc", None)
    assert action.puts_back == ("GrpSubmitJobs",)


def test_an_orphan_takes_its_own_users_along():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice", "bob")
    world.resources.clear()
    (action,) = world.plan(confirmed=True).actions
    assert isinstance(action, RemoveOrphan)
    assert (action.users, action.evidence) == (("alice", "bob"), Evidence.ABSENCE)


def test_an_orphan_above_other_accounts_stays_and_says_so():
    world = World(guard=GENEROUS)
    world.allocation("alloc")
    world.resources.clear()
    world.accounts["below"] = Account(name="below", parent="alloc")
    plan = world.plan(confirmed=True)
    assert plan.empty
    assert (
        "account alloc stays although its resource is gone: it has accounts below it: below; move them" in plan.notices
    )


def test_a_resource_in_any_listed_state_is_no_orphan():
    for state in ResourceState:
        world = World(guard=GENEROUS)
        world.allocation("alloc", state=state)
        assert world.plan(confirmed=True).empty, state


@pytest.mark.parametrize("section", ["orders", "resources", "accounts", "associations"])
def test_no_orphan_is_seen_while_a_section_is_missing(section):
    world = World(guard=GENEROUS)
    world.allocation("alloc")
    world.resources.clear()
    world.sections[section] = OUTAGE
    assert world.plan(confirmed=True).empty


def test_the_account_that_is_made_is_the_one_that_is_wanted():
    world = World()
    world.order("alloc", limits={"cpu": 3, "ram": 2})
    (made,) = [action for action in world.plan().actions if isinstance(action, CreateAccount)]
    assert made.account.grp_tres_mins == {"cpu": 180, "mem": 122_880}
    assert made.describe() == "create account alloc under waldur with GrpTRESMins=cpu=180,mem=122880"
