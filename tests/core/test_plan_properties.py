"""Whatever both sides hold, and however much of it was read: what a plan never does, and that it comes to an end."""

import copy
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agent.core.actions import (
    Action,
    AddAssociation,
    AddCoordinator,
    CreateAccount,
    DeleteOfferingUser,
    FinishOrder,
    MoveAccount,
    MoveOfferingUser,
    RemoveAccount,
    RemoveAssociation,
    RemoveCoordinator,
    RemoveOrphan,
    ResetUsage,
    SetAssociation,
    SetLimits,
    SetUsername,
)
from agent.core.model.marketplace import OrderType, ResourceState
from agent.core.names import is_account_name, is_username, marked, organization
from agent.core.orders import TAKEN_UP
from agent.core.plan import Plan
from agent.core.policy import GuardPolicy
from agent.core.snapshot import SectionName
from tests.fixtures.carried_out import carry_out
from tests.fixtures.carried_people import learn
from tests.fixtures.wild_worlds import OFFERINGS, Wild, examples, wild_worlds
from tests.fixtures.worlds import GENEROUS

SECTIONS = {
    SectionName.OFFERING: "offering",
    SectionName.ORDERS: "orders",
    SectionName.RESOURCES: "resources",
    SectionName.TEAMS: "teams",
    SectionName.USERS: "users",
    SectionName.SERVICES: "services",
    SectionName.FEED: "feed",
}
MAKING = {OrderType.CREATE, OrderType.UPDATE, OrderType.RESTORE}
FEW = examples(40)
CLUSTER = {
    SectionName.ACCOUNTS,
    SectionName.ASSOCIATIONS,
    SectionName.PARTITIONS,
    SectionName.QOS,
    SectionName.COORDINATORS,
    SectionName.DEFAULT_ACCOUNTS,
    SectionName.DIRECTORY,
}


def planned(world: Wild) -> list[Action]:
    """Everything the plan speaks of, held or not."""
    plan = world.plan(GENEROUS)
    return [*plan.actions, *(item.action for item in plan.held)]


def account_of(action: Action) -> str | None:
    match action:
        case CreateAccount():
            return action.account.name
        case SetLimits() | MoveAccount():
            return action.after.name
        case SetAssociation():
            return action.after.account
        case AddAssociation() | RemoveAssociation() | RemoveAccount() | ResetUsage():
            return action.account
        case AddCoordinator() | RemoveCoordinator():
            return action.account
        case FinishOrder():
            return action.account or None
    return None


@FEW
@given(wild_worlds())
def test_no_action_rests_on_a_section_that_is_not_whole(world):
    for action in planned(world):
        for section in action.needs:
            whose = [action.offering] if action.offering else OFFERINGS
            names = [section.value] if section in CLUSTER else [f"{uuid} {SECTIONS[section]}" for uuid in whose]
            assert all(world.trust.get(name, 2) == 2 for name in names), (action.key, section)


@FEW
@given(wild_worlds())
def test_a_foreign_account_is_in_no_action_but_for_members_of_the_default_account(world):
    created = {action.account.name for action in planned(world) if isinstance(action, CreateAccount)}
    defaults = {policy.uuid: policy.default_account for policy in world.policies}
    for action in planned(world):
        name = account_of(action)
        if name and name == defaults.get(action.offering) and isinstance(action, AddAssociation | RemoveAssociation):
            own = (name, action.user) in world.known.associations
            assert own or isinstance(action, AddAssociation), action.key
            continue
        there = world.accounts.get(name or "")
        if there is not None:
            assert there.organization == organization(action.offering), action.key
            assert marked(there.description), action.key
        elif name is not None and not isinstance(action, FinishOrder):
            assert name in created, action.key


@FEW
@given(wild_worlds())
def test_an_association_that_somebody_else_made_goes_only_with_its_account_by_order_or_by_a_restriction(world):
    shown = {one.username for side in world.sides.values() for one in (*side.users, *side.services)}
    trusted = {*shown, *world.known.usernames.values()}
    for action in planned(world):
        users = {RemoveAssociation: lambda one: (one.user,), RemoveOrphan: lambda one: one.users}.get(type(action))
        if isinstance(action, RemoveAssociation) and action.aside is not None:
            assert any(one.restrict_member_access for one in world.sides[action.offering].resources.values())
            continue
        for user in users(action) if users else ():
            ours = (action.account, user) in world.known.associations
            assert ours or (action.account not in world.known.journaled and user in trusted), action.key


@FEW
@given(wild_worlds())
def test_an_account_is_made_only_for_an_order_or_where_one_was_lost(world):
    for action in planned(world):
        if isinstance(action, CreateAccount):
            side = world.sides[action.offering]
            if "@" in action.resource:
                continue
            resource = side.resources[action.resource]
            ordered = any(
                one.resource_uuid == resource.uuid and one.type in MAKING and one.state in TAKEN_UP
                for one in side.orders
            )
            stood = bool(resource.backend_id) and resource.state in {ResourceState.OK, ResourceState.UPDATING}
            assert ordered or stood
            assert not {name for name in world.known.used_by if name == action.account.name and not resource.backend_id}


@FEW
@given(wild_worlds())
def test_every_name_in_an_addition_is_safe_and_no_two_actions_are_about_the_same_thing(world):
    actions = planned(world)
    twice = {key for key, count in Counter(action.key for action in actions).items() if count > 1}
    assert [action.describe() for action in actions if action.key in twice] == []
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
        named = action.name if isinstance(action, SetUsername) else getattr(action, "user", "")
        touched = {account_of(action), *getattr(action, "users", ())}
        touched |= set() if isinstance(action, MoveOfferingUser | DeleteOfferingUser) else {named}
        assert not touched & {"root", "slurm"}, action.key


@FEW
@given(wild_worlds())
def test_additions_stand_before_removals(world):
    ranks = [action.rank for action in world.plan(GENEROUS).actions]
    assert ranks == sorted(ranks)


@examples(120)
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


def foreign(world: Wild) -> tuple[object, object, object]:
    """Accounts without our marker, whoever is in them, and QOS that were not made for a resource.

    Not those whom the agent put into a default account.
    """
    ours = {organization(offering) for offering in world.sides}
    accounts = {
        one.name: one for one in world.accounts.values() if one.organization not in ours or not marked(one.description)
    }
    defaults = {policy.default_account for policy in world.policies}
    own = {(account, user) for account, user in world.known.associations if account in defaults}
    inside = [one for one in world.associations if one.account in accounts and (one.account, one.user) not in own]
    return accounts, inside, {name: qos for name, qos in world.qos.items() if marked(qos.description) is None}


@examples(60)
@given(wild_worlds())
def test_nothing_foreign_is_changed_however_many_plans_are_carried_out(world):
    world = copy.deepcopy(world)
    before = foreign(world)
    for _ in range(3):
        carry_out(world, world.plan(GENEROUS))
        assert foreign(world) == before


@examples(60)
@given(wild_worlds())
def test_a_stranger_in_an_account_of_ours_is_changed_only_by_a_flag_and_then_only_in_the_qos(world):
    world = copy.deepcopy(world)
    plan = world.plan(GENEROUS)
    flagged = any(one.paused or one.downscaled for side in world.sides.values() for one in side.resources.values())
    members = {action.user for action in plan.actions if isinstance(action, AddAssociation)}
    names = {user.username for side in world.sides.values() for user in side.users} | members
    for action in plan.actions:
        if isinstance(action, SetAssociation) and action.before.user not in names | set(world.known.usernames.values()):
            blocked = action.subject.partition("@")[0] in world.known.blocked
            assert flagged or blocked, action.key
            assert replace(action.after, qos=(), default_qos="", max_submit_jobs=None) == replace(
                action.before, qos=(), default_qos="", max_submit_jobs=None
            )
            assert blocked or action.after.max_submit_jobs == action.before.max_submit_jobs


@FEW
@given(wild_worlds())
def test_a_plan_whose_names_were_noted_gives_nobody_another_one(world):
    """Killed right after the journal has the names: the next plan tells the same, at other offerings as well."""
    world = copy.deepcopy(world)
    plan = world.plan(GENEROUS)
    learn(world, plan)
    again, holders = world.plan(GENEROUS), world.known.holders
    assert told(plan) <= told(again)
    assert {name: person for (_, person), name in again.usernames.items()}.items() <= holders.items()


def told(plan: Plan) -> set[tuple[str, str]]:
    """(offering user, name) of everybody whom the marketplace is told a name of."""
    return {(action.user.uuid, action.name) for action in plan.actions if isinstance(action, SetUsername)}
