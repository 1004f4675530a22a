"""What must be impossible with accounts and orders: each is a way in which an existing agent lost an allocation."""

from dataclasses import replace

import pytest

from agent.core.actions import CreateAccount, Evidence, RefuseOrder, RemoveAccount, SetLimits
from agent.core.model.cluster import Account, Association
from agent.core.model.marketplace import OrderState, OrderType, ResourceState
from agent.core.names import organization
from tests.fixtures.worlds import GENEROUS, OFFERING, OUTAGE, World, account, held, keys, uuid_of

CREW = tuple(f"user{number}" for number in range(8))


def test_terminating_one_allocation_leaves_its_sibling_below_an_upper_case_prefix_alone():
    world = World()
    world.policy = replace(world.policy, parent_account="zpc_proj0000")
    world.accounts["zpc_proj0000"] = Account(name="zpc_proj0000", parent="root", organization="zpc_proj0000")
    world.make_name = lambda resource: f"ZPC_{resource.name}"
    for name in ("zpc_alloc0000", "zpc_alloc0001"):
        world.allocation(name, "alice")
        world.accounts[name] = replace(world.accounts[name], parent="zpc_proj0000")
        world.resources[name] = replace(world.resources[name], backend_id=name.upper())
    world.order("zpc_alloc0000", OrderType.TERMINATE)
    assert keys(world.plan()) == ["remove account zpc_alloc0000"]


def test_a_parent_is_never_taken_away_below_its_children():
    world = World()
    world.allocation("parent")
    world.accounts["child"] = Account(name="child", parent="parent")
    order = world.order("parent", OrderType.TERMINATE)
    plan = world.plan()
    assert plan.actions == ()
    assert (
        f"order {order.uuid[:8]} (Terminate parent) waits: account parent has accounts below it: child; move them"
        in (plan.notices)
    )


@pytest.mark.parametrize("state", [OrderState.PENDING_CONSUMER, OrderState.PENDING_PROJECT, OrderState.OTHER])
def test_a_resource_is_never_made_before_its_order_is_ours_to_move(state):
    world = World()
    world.order("alloc", state=state)
    world.member("alloc", "alice")
    assert world.plan().empty


@pytest.mark.parametrize("state", list(ResourceState))
def test_a_resource_that_was_never_made_is_not_made_without_an_order(state):
    world = World()
    world.resource("alloc", state)
    world.member("alloc", "alice")
    assert world.plan().empty


def test_an_account_under_termination_is_not_made_again_while_the_orders_cannot_be_read():
    for state in (ResourceState.TERMINATING, ResourceState.OK):
        world = World()
        world.allocation("alloc", "alice")
        world.resources["alloc"] = replace(world.resources["alloc"], state=state)
        del world.accounts["alloc"]
        world.associations.clear()
        world.sections["orders"] = OUTAGE
        assert world.plan().empty, state


def test_an_account_that_somebody_deleted_in_slurm_is_made_again_with_its_members():
    world = World()
    world.allocation("alloc", "alice")
    del world.accounts["alloc"]
    world.associations.clear()
    plan = world.plan()
    assert keys(plan) == ["create account alloc", "add association alloc/alice"]
    assert plan.actions[0].account.grp_tres_mins == {"cpu": 600}


def test_a_name_that_belongs_to_somebody_else_errs_the_order_and_leaves_that_account_alone():
    world = World()
    world.accounts["alloc"] = Account(name="alloc", parent="root", organization="physics", grp_tres_mins={"cpu": 1})
    world.associations.append(Association(account="alloc", user="local"))
    world.order("alloc")
    world.member("alloc", "alice")
    (action,) = world.plan().actions
    assert isinstance(action, RefuseOrder)
    assert action.detail == "account alloc exists already and belongs to somebody else"
    assert "contact the provider" in action.reason


def test_a_resource_whose_order_was_refused_can_be_terminated_without_touching_the_foreign_account():
    world = World()
    world.accounts["alloc"] = Account(name="alloc", parent="root", organization="physics")
    world.accounts["below"] = Account(name="below", parent="alloc", organization="physics")
    world.resource("alloc", ResourceState.ERRED)
    order = world.order("alloc", OrderType.TERMINATE, state=OrderState.EXECUTING)
    (action,) = world.plan().actions
    assert (action.key, action.account) == (f"finish order {order.uuid}", "")


def test_a_resource_whose_name_could_not_be_made_can_be_terminated():
    world = World(make_name=lambda _: "???")
    world.order("alloc")
    assert [action.kind for action in world.plan().actions] == ["refuse order"]
    world.orders.clear()
    world.resource("alloc", ResourceState.ERRED)
    world.order("alloc", OrderType.TERMINATE, state=OrderState.EXECUTING)
    assert [action.kind for action in world.plan().actions] == ["finish order"]


def test_an_account_that_lost_its_marker_is_not_removed_even_by_an_order():
    world = World()
    world.allocation("alloc", "alice")
    world.accounts["alloc"] = replace(world.accounts["alloc"], description="my own")
    order = world.order("alloc", OrderType.TERMINATE)
    plan = world.plan()
    assert plan.actions == ()
    assert any(line.startswith(f"order {order.uuid[:8]} (Terminate alloc) waits: ") for line in plan.notices)


def test_an_account_of_another_offering_is_foreign():
    world = World(guard=GENEROUS)
    world.accounts["theirs"] = account("theirs", "their resource", offering="b" * 32)
    world.associations.append(Association(account="theirs", user="alice"))
    assert world.plan(confirmed=True).empty


def test_an_account_with_our_organization_and_no_readable_marker_is_foreign():
    world = World(guard=GENEROUS)
    world.accounts["odd"] = Account(name="odd", parent="waldur", organization=organization(OFFERING), description="x")
    assert world.plan(confirmed=True).empty


def test_death_after_the_account_was_made_takes_it_up_and_finishes_the_order():
    world = World()
    order = world.order("alloc", state=OrderState.EXECUTING)
    world.accounts["alloc"] = account("alloc", "alloc", grp_tres_mins={"cpu": 600})
    assert [action.key for action in world.plan().actions] == [f"finish order {order.uuid}"]


def test_a_renamed_resource_keeps_the_account_that_carries_its_marker():
    world = World()
    world.allocation("alloc", "alice")
    world.resources["alloc"] = replace(world.resources["alloc"], name="new name", backend_id="elsewhere")
    assert world.plan().empty


def test_lowering_a_limit_is_held_until_a_person_says_so_while_what_is_used_is_not_known():
    world = World()
    world.allocation("alloc", limits={"cpu": 5})
    world.sections["counted"] = OUTAGE
    plan = world.plan()
    assert plan.actions == ()
    assert held(plan) == {
        "set limits alloc": "what is used is not known, and a limit below it kills running jobs;"
        " agent sync --confirm-removals sets it"
    }
    (action,) = world.plan(confirmed=True).actions
    assert isinstance(action, SetLimits)
    assert (action.before.grp_tres_mins, action.after.grp_tres_mins) == ({"cpu": 600}, {"cpu": 300})


def test_a_limit_where_none_was_is_held_like_a_lower_one():
    world = World()
    world.allocation("alloc")
    world.accounts["alloc"] = replace(world.accounts["alloc"], grp_tres_mins={})
    world.sections["counted"] = OUTAGE
    assert held(world.plan()).keys() == {"set limits alloc"}


def test_raising_a_limit_runs_unattended():
    world = World()
    world.allocation("alloc", limits={"cpu": 50})
    assert keys(world.plan()) == ["set limits alloc"]


def test_a_limit_changed_by_hand_in_slurm_is_set_back_to_what_was_ordered():
    world = World()
    world.allocation("alloc")
    world.accounts["alloc"] = replace(world.accounts["alloc"], grp_tres_mins={"cpu": 1, "gres/gpu": 7})
    (action,) = world.plan().actions
    assert action.after.grp_tres_mins == {"cpu": 600, "gres/gpu": 7}


def test_two_resources_of_one_name_never_share_an_account():
    world = World(make_name=lambda _: "same")
    world.order("one")
    world.order("two")
    made = {one.resource: one.account.name for one in world.plan().actions if isinstance(one, CreateAccount)}
    assert sorted(made.values()) == ["same", "same-2"]
    world.resources = dict(reversed(world.resources.items()))
    again = {one.resource: one.account.name for one in world.plan().actions if isinstance(one, CreateAccount)}
    assert again == made, "and which is whose does not depend on the order of the list"


def test_a_name_once_used_is_never_computed_again():
    world = World()
    world.remember(used_by={"alloc": uuid_of("long gone")})
    world.order("alloc")
    assert [action.account.name for action in world.plan().actions if isinstance(action, CreateAccount)] == ["alloc-2"]


def test_a_backend_id_of_two_resources_makes_one_account_and_says_so():
    world = World(make_name=lambda _: "unused")
    for name in ("one", "two"):
        world.resource(name, backend_id="shared")
        world.member(name, "alice")
    plan = world.plan()
    assert keys(plan) == ["create account shared", "add association shared/alice"]
    assert sum("is the one of another resource" in line for line in plan.notices) == 1


def test_an_outage_of_slurm_leaves_every_order_where_it_is():
    world = World()
    world.order("alloc")
    world.allocation("old", "alice")
    world.order("old", OrderType.TERMINATE)
    world.sections |= {"accounts": OUTAGE, "associations": OUTAGE}
    plan = world.plan()
    assert plan.actions == ()
    assert sum("waits: Slurm's accounts could not be read" in line for line in plan.notices) == 2


def test_a_missing_offering_answer_leaves_a_create_order_where_it_is():
    world = World()
    world.order("alloc")
    world.sections["offering"] = OUTAGE
    assert world.plan().actions == ()


def test_a_component_without_a_factor_keeps_orders_pending_and_says_which():
    world = World()
    world.policy = replace(world.policy, components={**world.policy.components, "gpu": world.policy.components["ram"]})
    world.order("alloc")
    plan = world.plan()
    assert plan.actions == ()
    assert any("component gpu has no factor" in line for line in plan.notices)


def test_an_order_of_an_unknown_type_is_left_pending_and_listed():
    world = World()
    world.allocation("alloc", "alice")
    order = world.order("alloc", OrderType.OTHER, limits={"cpu": 1})
    plan = world.plan()
    assert plan.empty
    assert plan.unhandled == (order,)


def test_an_orphan_is_removed_only_after_its_absence_was_confirmed():
    world = World()
    world.allocation("alloc", "alice")
    world.resources.clear()
    assert held(world.plan()).keys() == {"remove orphan alloc"}
    world.seen_missing("remove orphan alloc")
    assert keys(world.plan()) == ["remove orphan alloc"]


def test_an_orphan_with_a_user_whom_an_administrator_added_stays_and_is_named():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice")
    world.locally_added("alloc", "local")
    world.resources.clear()
    plan = world.plan(confirmed=True)
    assert plan.empty
    assert "account alloc stays although its resource is gone: the agent did not add local; take them out by hand" in (
        plan.notices
    )


def test_a_terminate_order_needs_neither_teams_nor_users():
    world = World()
    world.allocation("alloc", *CREW)
    order = world.order("alloc", OrderType.TERMINATE)
    world.sections |= {"teams": OUTAGE, "users": OUTAGE, "offering": OUTAGE}
    approve, remove, finish = world.plan().actions
    assert (approve.kind, finish.kind) == ("approve order", "finish order")
    assert isinstance(remove, RemoveAccount)
    assert (remove.account, remove.users, remove.evidence) == ("alloc", CREW, Evidence.POSITIVE)
    assert order.uuid[:8] in remove.why
