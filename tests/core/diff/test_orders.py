"""Orders of every type: who takes them up, what they change, and what is refused or waits."""

from dataclasses import replace

import pytest

from agent.core.actions import ApproveOrder, CreateAccount, RefuseOrder, SetLimits
from agent.core.model.cluster import Account
from agent.core.model.marketplace import OrderState, OrderType
from agent.core.snapshot import Partial
from tests.fixtures.worlds import GENEROUS, OUTAGE, POLICY, World, account, keys, uuid_of


def updating(**fields: object) -> World:
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice")
    world.order("alloc", OrderType.UPDATE, **fields)
    return world


def kinds(world: World) -> list[str]:
    return [action.kind for action in world.plan().actions]


def test_an_update_sets_what_it_asks_for_between_approval_and_report():
    world = updating(limits={"cpu": 50})
    approve, change, finish = world.plan().actions
    assert isinstance(change, SetLimits)
    assert (approve.kind, change.after.grp_tres_mins, finish.kind) == ("approve order", {"cpu": 3000}, "finish order")
    assert finish.account == "alloc"


def test_an_update_of_the_plan_alone_sets_what_the_new_plan_includes():
    world = updating(limits={}, plan_uuid="large")
    world.flag("alloc", limits={}, plan_uuid="small")
    world.quotas = {"small": {"cpu": 10}, "large": {"cpu": 100}}
    change = next(action for action in world.plan().actions if isinstance(action, SetLimits))
    assert (change.before.grp_tres_mins, change.after.grp_tres_mins) == ({"cpu": 600}, {"cpu": 6000})


def test_an_update_that_changes_nothing_in_slurm_is_reported_at_once():
    assert kinds(updating(limits={"cpu": 10})) == ["approve order", "finish order"]


def test_an_update_of_a_lost_account_makes_it_as_ordered():
    world = updating(limits={"cpu": 50})
    del world.accounts["alloc"]
    world.associations.clear()
    create = next(action for action in world.plan().actions if isinstance(action, CreateAccount))
    assert (create.account.name, create.account.grp_tres_mins) == ("alloc", {"cpu": 3000})
    assert kinds(world) == ["approve order", "create account", "add association", "finish order"]


@pytest.mark.parametrize("kind", [OrderType.UPDATE, OrderType.RESTORE])
def test_an_order_about_an_account_that_lost_its_marker_waits_for_a_person(kind):
    world = World()
    world.allocation("alloc")
    order = world.order("alloc", kind)
    world.accounts["alloc"] = account("alloc")
    plan = world.plan()
    assert plan.actions == ()
    assert (
        f"order {order.uuid[:8]} ({kind} alloc) waits: account alloc exists already and belongs to somebody else;"
        " agent adopt alloc takes it under management"
    ) in plan.notices


def test_a_create_order_for_a_name_that_somebody_has_is_refused_without_naming_it_to_the_customer():
    world = World()
    world.accounts["alloc"] = Account(name="alloc", parent="root")
    world.order("alloc")
    (action,) = world.plan().actions
    assert isinstance(action, RefuseOrder)
    assert action.reason == "The name of this allocation is taken on the cluster. Please contact the provider."
    assert action.detail == "account alloc exists already and belongs to somebody else"


def test_an_update_brings_members_in_and_out_like_any_other_cycle():
    world = updating(limits={"cpu": 10})
    world.member("alloc", "bob")
    world.leaves("alloc", "alice")
    assert set(keys(world.plan(confirmed=True))) == {"add association alloc/bob", "remove association alloc/alice"}


@pytest.mark.parametrize("section", ["offering", "accounts", "associations"])
def test_an_update_waits_while_a_section_it_rests_on_is_missing(section):
    world = updating(limits={"cpu": 50})
    world.sections[section] = OUTAGE
    assert world.plan().actions == ()


def test_an_order_waits_while_slurm_could_not_be_read_and_says_so():
    world = updating(limits={"cpu": 50})
    world.sections["accounts"] = Partial(dict(world.accounts), "cut short")
    plan = world.plan()
    assert f"order {world.orders[0].uuid[:8]} (Update alloc) waits: Slurm's accounts could not be read" in plan.notices


# --- who takes an order up


def test_with_manual_approval_a_pending_order_waits_for_a_person_and_an_executing_one_runs():
    world = World(policy=replace(POLICY, approval="manual"))
    order = world.order("alloc")
    plan = world.plan()
    assert plan.actions == ()
    assert plan.notices == (f"order {order.uuid[:8]} (Create alloc) waits for its approval in the marketplace",)
    world.orders = [replace(order, state=OrderState.EXECUTING)]
    assert (kinds(world), world.plan().notices) == (["create account", "finish order"], ())


def test_with_manual_approval_a_pending_update_changes_nothing_yet():
    world = updating(limits={"cpu": 50})
    world.rules(approval="manual")
    assert world.plan().actions == ()


def test_with_manual_approval_a_pending_termination_leaves_the_account_and_its_members():
    world = World(policy=replace(POLICY, approval="manual"))
    world.allocation("alloc", "alice")
    world.order("alloc", OrderType.TERMINATE)
    assert world.plan().actions == ()


def test_an_order_that_a_command_decides_about_carries_the_command():
    world = World(policy=replace(POLICY, approval="ask", ask_command=("/opt/decide", "--strict")))
    world.order("alloc")
    approve = world.plan().actions[0]
    assert isinstance(approve, ApproveOrder)
    assert approve.asking == ("/opt/decide", "--strict")
    assert approve.describe().endswith(": Create alloc if /opt/decide says yes")


def test_without_a_command_nobody_is_asked():
    world = World(policy=replace(POLICY, ask_command=("/opt/decide",)))
    world.order("alloc")
    assert world.plan().actions[0].asking == ()


# --- how an offering names accounts


def counting(**fields: object) -> World:
    world = World(account_naming="project_slug", **fields)
    for name in ("one", "two"):
        world.resource(name, project_slug="climate")
        world.order(name)
    return world


def made(world: World) -> set[str]:
    return {action.account.name for action in world.plan().actions if isinstance(action, CreateAccount)}


def test_an_offering_that_names_by_project_counts_the_accounts_of_one():
    assert made(counting()) == {"climate", "climate-2"}


def test_counting_passes_over_what_somebody_else_has_instead_of_refusing():
    world = counting()
    world.accounts["climate"] = Account(name="climate", parent="root")
    assert made(world) == {"climate-2", "climate-3"}


def test_counting_never_gives_a_name_again_that_a_resource_had_which_is_gone():
    world = counting()
    world.remember(used_by={"climate": uuid_of("gone")})
    assert made(world) == {"climate-2", "climate-3"}


def test_an_offering_without_a_naming_of_its_own_or_with_an_unknown_one_uses_the_template():
    for naming in ("", "something new"):
        world = counting()
        world.account_naming = naming
        assert made(world) == {"one", "two"}
