"""The accounts above: made first, moved with their project, and removed only empty, ours, and asked for."""

from dataclasses import replace

import pytest

from agent.core.actions import CreateAccount, Evidence, MoveAccount
from agent.core.cycle import make_plan
from agent.core.model.cluster import Account
from agent.core.model.marketplace import OrderType
from agent.core.names import description
from agent.core.snapshot import Partial
from tests.fixtures.worlds import (
    GENEROUS,
    OFFERING,
    OTHER_OFFERING,
    OUTAGE,
    POLICY,
    World,
    account,
    held,
    keys,
    makers_of,
    uuid_of,
)

TREE = replace(POLICY, tree=("customer", "project"))
CLIMATE = {
    "project_uuid": uuid_of("climate"),
    "project_slug": "climate",
    "project_name": "Klima",
    "customer_uuid": uuid_of("lab"),
    "customer_slug": "lab",
    "customer_name": "The Lab",
}
OCEAN = {**CLIMATE, "project_uuid": uuid_of("ocean"), "project_slug": "ocean", "project_name": "Ocean"}


def above(name: str, level: str, parent: str, **fields: object) -> Account:
    return replace(account(name, name, parent=parent, **fields), description=description(uuid_of(name), name, level))


def grown(*names: str, **fields: object) -> World:
    """The whole line down to each allocation stands."""
    world = World(policy=TREE, guard=GENEROUS)
    world.accounts["lab"] = above("lab", "customer", "waldur")
    world.accounts["climate"] = above("climate", "project", "lab")
    for name in names:
        world.allocation(name, **{**CLIMATE, **fields})
        world.in_slurm(name, parent="climate")
    return world


def created(world: World) -> list[tuple[str, str]]:
    plan = world.plan()
    return [(one.account.name, one.account.parent) for one in plan.actions if isinstance(one, CreateAccount)]


def test_the_line_above_a_new_account_is_made_from_the_top_with_markers_of_its_own():
    world = World(policy=TREE)
    world.resource("a1", **CLIMATE)
    world.order("a1")
    assert created(world) == [("lab", "waldur"), ("climate", "lab"), ("a1", "climate")]
    made = {one.account.name: one for one in world.plan().actions if isinstance(one, CreateAccount)}
    assert made["climate"].account.description == f"waldur-{uuid_of('climate')} (project) klima"
    assert made["lab"].account.description == f"waldur-{uuid_of('lab')} (customer) the lab"
    assert made["lab"].resource == f"{uuid_of('lab')}@{OFFERING}"
    assert made["a1"].account.organization == made["lab"].account.organization


def test_a_tree_of_projects_alone_hangs_below_the_offering_s_account():
    world = World(policy=replace(POLICY, tree=("project",)))
    world.resource("a1", **CLIMATE)
    world.order("a1")
    assert created(world) == [("climate", "waldur"), ("a1", "climate")]


def test_without_a_tree_an_account_is_right_below_the_offering_s_and_stays_where_it_was_moved_by_hand():
    world = World()
    world.allocation("a1", **CLIMATE)
    world.in_slurm("a1", parent="elsewhere")
    assert world.plan().empty


def test_a_second_account_of_a_project_hangs_below_the_same_one():
    world = grown("a1")
    world.resource("a2", **CLIMATE)
    world.order("a2")
    assert created(world) == [("a2", "climate")]


def test_what_stands_as_it_should_is_left_alone():
    assert grown("a1", "a2").plan().empty


def test_a_name_that_is_taken_is_counted_past_and_kept_once_chosen():
    world = World(policy=TREE)
    world.accounts["climate"] = Account(name="climate", parent="root")
    world.resource("lab", **CLIMATE)
    world.order("lab")
    assert created(world) == [("lab", "waldur"), ("climate-2", "lab"), ("lab-2", "climate-2")]
    world.accounts["climate-2"] = replace(above("climate", "project", "lab"), name="climate-2")
    del world.accounts["climate"]
    assert created(world) == [("lab", "waldur"), ("lab-2", "climate-2")]


def test_a_project_without_a_usable_name_keeps_its_orders_waiting_and_says_why():
    world = World(policy=TREE)
    world.resource("a1", **{**CLIMATE, "project_slug": "漢字"})
    order = world.order("a1")
    plan = world.plan()
    assert plan.actions == ()
    assert f"order {order.uuid[:8]} (Create a1) waits: '' cannot be the name of a Slurm account" in plan.notices


def test_nothing_is_made_above_what_is_refused():
    world = World(policy=TREE)
    world.resource("a1", **CLIMATE)
    world.order("a1", limits={"cpu": -1})
    assert [action.kind for action in world.plan().actions] == ["refuse order"]


def test_nothing_is_made_above_what_is_not_ordered_or_goes():
    world = World(policy=TREE)
    world.resource("a1", **CLIMATE)
    assert world.plan().empty
    world.order("a1", OrderType.TERMINATE)
    assert [action.kind for action in world.plan().actions] == ["approve order", "finish order"]


def test_without_the_account_at_the_top_nothing_is_made_and_the_order_waits_for_it():
    world = World(policy=TREE)
    del world.accounts["waldur"]
    world.resource("a1", **CLIMATE)
    order = world.order("a1")
    plan = world.plan()
    assert plan.actions == ()
    assert plan.notices == (
        f"order {order.uuid[:8]} (Create a1) waits: its parent account waldur does not exist; "
        "make it: sacctmgr add account waldur",
    )


def test_a_lost_account_is_made_again_with_the_whole_line_above_it():
    world = grown("a1")
    for name in ("lab", "climate", "a1"):
        del world.accounts[name]
    assert created(world) == [("lab", "waldur"), ("climate", "lab"), ("a1", "climate")]


def test_a_lost_account_above_is_made_again_and_its_children_come_back_below_it():
    world = grown("a1")
    del world.accounts["climate"]
    world.in_slurm("a1", parent="root")
    assert keys(world.plan()) == ["create account climate", "move account a1"]


def test_a_project_that_goes_to_another_customer_is_moved_with_all_that_is_below_it():
    world = grown("a1", "a2")
    for name in ("a1", "a2"):
        world.flag(name, customer_uuid=uuid_of("new"), customer_slug="new")
    create, move = world.plan().actions
    assert isinstance(move, MoveAccount)
    assert (create.key, move.before.parent, move.after.parent) == ("create account new", "lab", "new")
    assert move.describe() == "move account climate from lab to new"


def test_a_resource_that_goes_to_another_project_is_moved_alone():
    world = grown("a1", "a2")
    world.flag("a2", **OCEAN)
    create, move = world.plan().actions
    assert (create.key, create.account.parent) == ("create account ocean", "lab")
    assert (move.key, move.after.parent) == ("move account a2", "ocean")


def test_flat_accounts_are_moved_below_their_projects_once_a_tree_is_wanted():
    world = World(policy=TREE)
    world.allocation("a1", **CLIMATE)
    assert keys(world.plan()) == ["create account lab", "create account climate", "move account a1"]


def test_a_move_changes_no_limits_and_limits_no_parent():
    world = grown("a1")
    world.flag("a1", **OCEAN, limits={"cpu": 50})
    limits = next(action for action in world.plan().actions if action.kind == "set limits")
    assert (limits.before.parent, limits.after.parent) == ("climate", "climate")


def test_no_account_is_moved_on_a_list_of_resources_that_is_not_whole_but_a_new_one_is_made():
    world = grown("a1")
    world.flag("a1", **OCEAN)
    world.resource("a2", **{**CLIMATE, "project_uuid": uuid_of("third"), "project_slug": "third"})
    world.order("a2")
    world.sections["resources"] = Partial(tuple(world.resources.values()), "a page was lost")
    assert [key for key in keys(world.plan()) if key.startswith("move")] == []
    assert created(world)[-1] == ("a2", "third")


def test_two_offerings_with_the_same_project_have_an_account_each():
    world, other = World(policy=TREE), World(policy=replace(TREE, uuid=OTHER_OFFERING, name="second"))
    for one, name in ((world, "a1"), (other, "b1")):
        one.resource(name, **CLIMATE)
        one.order(name)
    observed = replace(
        world.observed(), offerings={OFFERING: world.offering_snapshot(), OTHER_OFFERING: other.offering_snapshot()}
    )
    makers = {**makers_of(OFFERING), **makers_of(OTHER_OFFERING)}
    plan = make_plan(observed, [world.policy, other.policy], world.guard, world.known, makers)
    made = {one.account.name: one.account.parent for one in plan.actions if isinstance(one, CreateAccount)}
    assert made == {
        "lab": "waldur",
        "climate": "lab",
        "a1": "climate",
        "lab-2": "waldur",
        "climate-2": "lab-2",
        "b1": "climate-2",
    }


# --- empty ones


def emptied() -> World:
    world = grown()
    world.rules(remove_empty=True)
    return world


def test_an_empty_account_above_goes_from_the_bottom_on_the_word_of_absence():
    world = emptied()
    (action,) = world.plan(confirmed=True).actions
    assert (action.key, action.evidence) == ("remove empty account climate", Evidence.ABSENCE)
    assert action.describe() == "remove account climate: nothing is below this account of a project any more"
    del world.accounts["climate"]
    assert keys(world.plan(confirmed=True)) == ["remove empty account lab"]


def test_an_empty_account_above_waits_for_a_second_look():
    world = emptied()
    world.guard = World().guard
    assert held(world.plan()).keys() == {"remove empty account climate"}


@pytest.mark.parametrize("why", ["not asked", "below", "users", "wanted", "foreign", "ordered"])
def test_an_account_above_stays_when_it_is_not_empty_not_ours_or_nobody_asked(why):
    world = emptied()
    if why == "not asked":
        world.rules(remove_empty=False)
    elif why == "below":
        world.accounts["theirs"] = Account(name="theirs", parent="climate")
    elif why == "users":
        world.locally_added("climate", "local")
    elif why == "wanted":
        world.allocation("a1", **CLIMATE)
    elif why == "foreign":
        world.accounts["climate"] = above("climate", "project", "lab", offering=OTHER_OFFERING)
    elif why == "ordered":
        world.resource("a1", **CLIMATE)
        world.order("a1")
    assert not any(key.startswith("remove") for key in keys(world.plan(confirmed=True)))


@pytest.mark.parametrize("section", ["orders", "resources", "accounts", "associations"])
def test_nothing_above_goes_while_a_section_is_missing_or_not_whole(section):
    world = emptied()
    snapshots = (world.offering_snapshot(), world.cluster_snapshot())
    (value,) = [getattr(one, section).value for one in snapshots if hasattr(one, section)]
    for found in (OUTAGE, Partial(value, "a page was lost")):
        world.sections[section] = found
        assert world.plan(confirmed=True).empty


def test_a_resource_s_own_account_is_never_taken_for_one_above():
    world = emptied()
    world.accounts = {name: one for name, one in world.accounts.items() if name not in {"lab", "climate"}}
    world.accounts["a1"] = account("a1", "gone")
    assert keys(world.plan(confirmed=True)) == ["remove orphan a1"]


def test_a_project_that_calls_itself_a_project_does_not_make_an_allocation_one():
    world = World(policy=POLICY, guard=GENEROUS)
    world.resource("a1", **{**CLIMATE, "project_name": "(project) (terminated 2020-01-01)"})
    world.order("a1")
    (made,) = [one for one in world.plan().actions if isinstance(one, CreateAccount)]
    world.accounts["a1"] = made.account
    world.orders.clear()
    world.rules(remove_empty=True, purge_after=0.0)
    assert world.plan(confirmed=True).empty


def test_a_project_that_is_told_with_two_customers_hangs_below_one_that_is_made():
    """While a project changes hands, two of its resources may be read with different customers."""
    world = grown("a1")
    for name in ("climate", "lab"):
        del world.accounts[name]
    world.in_slurm("a1", parent="waldur")
    early = min(uuid_of("a1"), "0" * 32)
    world.resource("a0", **{**CLIMATE, "customer_uuid": uuid_of("new"), "customer_slug": "new"})
    world.resources["a0"] = replace(world.resources["a0"], uuid=early)
    assert created(world) == [("lab", "waldur"), ("new", "waldur"), ("climate", "new")]
