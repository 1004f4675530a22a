"""Whatever both sides hold, and however much of it was read: what a plan never does, and that it comes to an end."""

import copy
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.actions import (
    Action,
    AddAssociation,
    CreateAccount,
    FinishOrder,
    RemoveAccount,
    RemoveAssociation,
    RemoveOrphan,
    SetLimits,
    Unblock,
)
from agent.core.model.marketplace import OrderType, ResourceState
from agent.core.names import is_account_name, is_username, marked, organization
from agent.core.orders import TAKEN_UP
from agent.core.policy import GuardPolicy
from agent.core.snapshot import SectionName
from tests.fixtures.carried_out import carry_out
from tests.fixtures.wild_worlds import Wild, wild_worlds
from tests.fixtures.worlds import GENEROUS

SECTIONS = {
    SectionName.OFFERING: "offering",
    SectionName.ORDERS: "orders",
    SectionName.RESOURCES: "resources",
    SectionName.TEAMS: "teams",
    SectionName.USERS: "users",
}
FEW = settings(max_examples=40)
CLUSTER = {SectionName.ACCOUNTS, SectionName.ASSOCIATIONS, SectionName.PARTITIONS}


def planned(world: Wild) -> list[Action]:
    """Everything the plan speaks of, held or not."""
    plan = world.plan(GENEROUS)
    return [*plan.actions, *(item.action for item in plan.held)]


def account_of(action: Action) -> str | None:
    match action:
        case CreateAccount():
            return action.account.name
        case SetLimits():
            return action.after.name
        case AddAssociation() | RemoveAssociation() | RemoveAccount() | Unblock():
            return action.account
        case FinishOrder():
            return action.account or None
    return None


@FEW
@given(wild_worlds())
def test_no_action_rests_on_a_section_that_is_not_whole(world):
    for action in planned(world):
        for section in action.needs:
            name = section.value if section in CLUSTER else f"{action.offering} {SECTIONS[section]}"
            assert world.trust.get(name, 2) == 2, (action.key, section)


@FEW
@given(wild_worlds())
def test_a_foreign_account_is_in_no_action(world):
    created = {action.account.name for action in planned(world) if isinstance(action, CreateAccount)}
    for action in planned(world):
        name = account_of(action)
        there = world.accounts.get(name or "")
        if there is not None:
            assert there.organization == organization(action.offering), action.key
            assert marked(there.description), action.key
        elif name is not None and not isinstance(action, FinishOrder):
            assert name in created, action.key


@FEW
@given(wild_worlds())
def test_an_association_that_somebody_else_made_is_removed_only_with_its_account_and_by_order(world):
    trusted = {user.username for side in world.sides.values() for user in side.users if user.username}
    for action in planned(world):
        users = {RemoveAssociation: lambda one: (one.user,), RemoveOrphan: lambda one: one.users}.get(type(action))
        for user in users(action) if users else ():
            ours = (action.account, user) in world.known.associations
            assert ours or (action.account not in world.known.journaled and user in trusted), action.key


@FEW
@given(wild_worlds())
def test_an_account_is_made_only_for_an_order_or_where_one_was_lost(world):
    for action in planned(world):
        if isinstance(action, CreateAccount):
            side = world.sides[action.offering]
            resource = side.resources[action.resource]
            ordered = any(
                one.resource_uuid == resource.uuid and one.type is OrderType.CREATE and one.state in TAKEN_UP
                for one in side.orders
            )
            stood = bool(resource.backend_id) and resource.state in {ResourceState.OK, ResourceState.UPDATING}
            assert ordered or stood
            assert not {name for name in world.known.used_by if name == action.account.name and not resource.backend_id}


@FEW
@given(wild_worlds())
def test_every_name_in_an_addition_is_safe_and_no_two_actions_are_about_the_same_thing(world):
    actions = planned(world)
    assert [key for key, count in Counter(action.key for action in actions).items() if count > 1] == []
    for action in actions:
        if isinstance(action, AddAssociation):
            assert is_username(action.user)
            assert is_account_name(action.account)
        if isinstance(action, CreateAccount):
            assert is_account_name(action.account.name)


@FEW
@given(wild_worlds())
def test_nobody_protected_is_touched(world):
    for action in world.plan(GENEROUS).actions:
        touched = {getattr(action, "user", ""), account_of(action), *getattr(action, "users", ())}
        assert not touched & {"root", "slurm"}, action.key


@FEW
@given(wild_worlds())
def test_additions_stand_before_removals(world):
    ranks = [action.rank for action in world.plan(GENEROUS).actions]
    assert ranks == sorted(ranks)


@settings(max_examples=120)
@given(wild_worlds())
def test_carrying_a_plan_out_leaves_nothing_to_do(world):
    """Two rounds more: a finished order shows members of whom nothing was known, a removed account frees its parent."""
    world = copy.deepcopy(world)
    for _ in range(5):
        plan = world.plan(GENEROUS)
        if not plan.actions:
            return
        carry_out(world, plan)
    assert [action.key for action in world.plan(GENEROUS).actions] == []


@FEW
@given(wild_worlds(), st.data())
def test_a_plan_does_not_depend_on_the_order_in_which_things_are_told(world, data):
    plan, other = world.plan(GuardPolicy(), confirmed=False), world.shuffled(data).plan(GuardPolicy(), confirmed=False)
    assert plan.actions == other.actions
    assert (plan.checksum, plan.held_checksum) == (other.checksum, other.held_checksum)
    assert [item.action.key for item in plan.held] == [item.action.key for item in other.held]
    assert set(plan.notices) == set(other.notices)
    assert set(plan.waiting) == set(other.waiting)
