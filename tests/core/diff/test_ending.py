"""How accounts end: deleted, disabled and purged later, restored, or forced."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.core.actions import (
    CreateAccount,
    DisableAccount,
    Evidence,
    FinishOrder,
    PurgeAccount,
    RemoveAccount,
    SetLimits,
)
from agent.core.known import Removal
from agent.core.model.cluster import Account
from agent.core.model.marketplace import OrderState, OrderType, ResourceState
from agent.core.names import description
from agent.core.snapshot import Partial
from tests.fixtures.worlds import GENEROUS, OFFERING, OUTAGE, POLICY, World, account, keys, uuid_of

TODAY = datetime(2026, 11, 24, 8, tzinfo=UTC).timestamp()
DAY = 86_400.0
DISABLING = replace(POLICY, on_terminate="disable")
KEPT = description(uuid_of("alloc"), "alloc", "terminated 2026-11-24")


def ending(policy=DISABLING, **fields: object) -> World:
    """An allocation with a Terminate order."""
    world = World(policy=policy, now=TODAY, guard=GENEROUS)
    world.allocation("alloc", "alice", "bob")
    world.order("alloc", OrderType.TERMINATE, state=OrderState.EXECUTING, **fields)
    return world


def disabled(policy=DISABLING, **fields: object) -> World:
    """An allocation that was disabled today."""
    world = World(policy=policy, now=TODAY, guard=GENEROUS)
    world.accounts["alloc"] = account("alloc", "alloc", **{"description": KEPT, "grp_submit_jobs": 0, **fields})
    world.remember(accounts={uuid_of("alloc"): "alloc"}, used_by={"alloc": uuid_of("alloc")})
    return world


def test_a_terminate_order_deletes_the_account_where_nothing_else_is_said():
    remove, finish = ending(POLICY).plan().actions
    assert type(remove) is RemoveAccount
    assert (remove.forced, finish.keeps, finish.account) == (False, False, "alloc")


def test_a_disabled_account_keeps_its_limits_under_a_marker_that_says_since_when():
    world = ending()
    world.in_slurm("alloc", grp_jobs=3)
    disable, finish = world.plan().actions
    assert isinstance(disable, DisableAccount)
    assert (disable.users, disable.evidence, finish.keeps) == (("alice", "bob"), Evidence.POSITIVE, True)
    assert disable.after == replace(world.accounts["alloc"], description=KEPT, grp_submit_jobs=0)
    assert disable.describe().startswith("disable account alloc and remove its 2 user(s): order ")


def test_what_a_pause_replaced_is_back_in_an_account_that_is_disabled():
    world = ending()
    world.in_slurm("alloc", grp_jobs=0, grp_submit_jobs=0)
    world.remember(replaced={"alloc": {"GrpJobs": "5", "GrpSubmitJobs": "9"}})
    disable, _ = world.plan().actions
    assert (disable.after.grp_jobs, disable.after.grp_submit_jobs) == (5, 0)


def test_a_disabled_account_without_users_is_finished_and_one_with_users_is_not():
    world = disabled()
    world.resource("alloc", ResourceState.TERMINATING, backend_id="alloc")
    order = world.order("alloc", OrderType.TERMINATE, state=OrderState.EXECUTING)
    assert world.plan().actions == (FinishOrder(offering=OFFERING, order=order, account="alloc", keeps=True),)
    world.locally_added("alloc", "local")
    assert [action.kind for action in world.plan().actions] == ["disable account", "finish order"]


@pytest.mark.parametrize("how", ["forced", "the settings changed"])
def test_a_disabled_account_that_is_to_be_deleted_after_all_is_deleted(how):
    world = disabled(DISABLING if how == "forced" else POLICY)
    world.resource("alloc", ResourceState.TERMINATING, backend_id="alloc")
    world.order("alloc", OrderType.TERMINATE, state=OrderState.EXECUTING, forced=how == "forced")
    remove, finish = world.plan().actions
    assert (type(remove), remove.forced, finish.keeps) == (RemoveAccount, how == "forced", False)


def test_a_forced_termination_deletes_whatever_the_settings_say():
    remove, finish = ending(forced=True).plan().actions
    assert (type(remove), remove.forced, finish.keeps) == (RemoveAccount, True, False)


def test_a_disabled_account_is_neither_an_orphan_nor_purged_where_nobody_said_when():
    assert disabled().plan(confirmed=True).empty


@pytest.mark.parametrize(("days", "purged"), [(0.0, False), (6.6, False), (6.7, True), (300, True)])
def test_a_disabled_account_is_purged_so_many_days_after_the_day_in_its_marker(days, purged):
    world = disabled(replace(DISABLING, purge_after=7 * DAY))
    world.now += days * DAY
    actions = world.plan().actions
    assert [action.key for action in actions] == (["purge account alloc"] if purged else [])
    for action in actions:
        assert isinstance(action, PurgeAccount)
        assert (action.evidence, action.users, action.why) == (Evidence.POSITIVE, (), "it was disabled on 2026-11-24")


@pytest.mark.parametrize("why", ["children", "strangers", "foreign", "order", "not a day"])
def test_a_disabled_account_is_not_purged_with_anything_in_it_or_asked_of_it(why):
    world = disabled(replace(DISABLING, purge_after=0.0))
    if why == "children":
        world.accounts["below"] = Account(name="below", parent="alloc")
    elif why == "strangers":
        world.locally_added("alloc", "local")
    elif why == "foreign":
        world.in_slurm("alloc", organization="physics")
    elif why == "order":
        world.resource("alloc", ResourceState.TERMINATED)
        world.order("alloc", OrderType.RESTORE)
    elif why == "not a day":
        world.in_slurm("alloc", description=KEPT.replace("2026-11-24", "2026-13-99"))
    assert not any(key.startswith("purge") for key in keys(world.plan(confirmed=True)))


@pytest.mark.parametrize("section", ["orders", "resources", "accounts", "associations"])
def test_nothing_is_purged_while_a_section_is_missing_or_not_whole(section):
    world = disabled(replace(DISABLING, purge_after=0.0))
    assert keys(world.plan()) == ["purge account alloc"]
    for found in (OUTAGE, Partial({"accounts": dict(world.accounts)}.get(section, ()), "a page was lost")):
        world.sections[section] = found
        assert world.plan().empty


def test_purges_count_for_the_brake_of_terminations():
    world = disabled(replace(DISABLING, purge_after=0.0))
    world.guard = replace(GENEROUS, terminations_floor=3)
    gone = [Removal(at=TODAY - 1, offering=OFFERING, by_order=True, key=f"purge account x{n}") for n in range(3)]
    world.remember(removals=tuple(gone[1:]))
    assert world.plan().held == ()
    world.remember(removals=tuple(gone))
    assert [item.action.key for item in world.plan().held] == ["purge account alloc"]


# --- restoring


def restoring(world: World) -> World:
    world.resource("alloc", ResourceState.TERMINATED, backend_id="alloc")
    world.order("alloc", OrderType.RESTORE, limits={})
    return world


def test_a_restored_account_that_was_disabled_is_put_into_use_again_with_its_members():
    world = restoring(disabled(grp_tres_mins={"cpu": 600}))
    world.member("alloc", "alice")
    approve, add, change, finish = world.plan().actions
    assert (approve.kind, add.key, finish.kind) == ("approve order", "add association alloc/alice", "finish order")
    assert isinstance(change, SetLimits)
    assert (change.after.description, change.after.grp_submit_jobs) == (f"waldur-{uuid_of('alloc')} alloc", None)
    assert change.after.grp_tres_mins == {"cpu": 600}


def test_a_restored_account_that_was_deleted_is_made_again_under_its_old_name():
    world = restoring(World(guard=GENEROUS))
    world.remember(used_by={"alloc": uuid_of("alloc")}, accounts={uuid_of("alloc"): "alloc"})
    create = next(action for action in world.plan().actions if isinstance(action, CreateAccount))
    assert (create.account.name, create.account.grp_tres_mins) == ("alloc", {"cpu": 600})


def test_a_terminated_resource_without_a_restore_order_of_ours_to_move_is_left_alone():
    world = disabled()
    world.resource("alloc", ResourceState.TERMINATED)
    world.order("alloc", OrderType.RESTORE, state=OrderState.PENDING_CONSUMER)
    assert world.plan().empty


def test_a_resource_that_stands_again_without_an_order_has_its_account_back_in_use():
    world = disabled(grp_tres_mins={"cpu": 600})
    world.resource("alloc", backend_id="alloc")
    (action,) = world.plan().actions
    assert (action.after.description, action.after.grp_submit_jobs) == (f"waldur-{uuid_of('alloc')} alloc", None)
    assert action.describe() == "set account alloc: GrpSubmitJobs 0 → none"
