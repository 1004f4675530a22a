"""The account of the settings that every member is in."""

from dataclasses import replace

import pytest

from agent.core.actions import AddAssociation, Evidence, SetDefaultAccount
from agent.core.cycle import make_plan
from agent.core.known import SetAside
from agent.core.model.cluster import Account, Association
from agent.core.model.marketplace import OrderType, ResourceState
from agent.core.snapshot import Missing, Partial
from tests.fixtures.worlds import GENEROUS, NOW, OFFERING, OTHER_OFFERING, OUTAGE, World, account, keys

LEFT = "the user is in no account of the offering any more"


def site(*people: str, joined: tuple[str, ...] = ()) -> World:
    """A resource with members, a default account, and who is in it already."""
    world = World(guard=GENEROUS)
    world.allocation("alloc", *people)
    world.accounts["users"] = Account(name="users", parent="root")
    world.associations += [Association(account="users", user=name) for name in joined]
    world.rules(default_account="users")
    world.default_accounts = dict.fromkeys(joined, "users")
    world.remember(associations=world.known.associations | {("users", name) for name in joined})
    return world


def test_members_join_it_once_they_are_in_an_account_of_the_offering():
    world = site("alice")
    assert keys(world.plan()) == ["add association users/alice"]
    world.member("alloc", "bob")
    assert keys(world.plan()) == ["add association alloc/bob", "add association users/alice"]


def test_nobody_joins_it_while_it_is_not_known_who_is_in_it():
    world = site("alice")
    world.sections["associations"] = Partial(tuple(world.associations), "cut short")
    assert keys(world.plan()) == []


def test_a_user_of_several_accounts_joins_once():
    world = site("alice")
    world.allocation("second", "alice")
    assert keys(world.plan()) == ["add association users/alice"]


def test_strangers_and_waiting_people_do_not_join():
    world = site("alice")
    world.locally_added("alloc", "local")
    world.unready = {"alice": "waits until alice is known"}
    assert keys(world.plan()) == []


def test_it_becomes_the_default_of_users_whom_the_agent_made_elsewhere():
    world = site("alice", joined=("alice",))
    world.default_accounts = {"alice": "alloc"}
    (action,) = world.plan().actions
    assert (type(action), action.user, action.account, action.before) == (SetDefaultAccount, "alice", "users", "alloc")
    world.default_accounts.clear()
    (action,) = world.plan().actions
    assert (action.account, action.before) == ("users", "")
    world.default_accounts = {"alice": "users"}
    assert keys(world.plan()) == []


@pytest.mark.parametrize("before", ["physics", "unheard-of", "theirs"])
def test_a_default_that_somebody_chose_stays(before):
    world = site("alice", joined=("alice",))
    world.accounts["physics"] = Account(name="physics", parent="root")
    world.accounts["theirs"] = account("theirs", "theirs")
    world.default_accounts = {"alice": before}
    assert keys(world.plan()) == []


def test_it_becomes_no_default_before_the_user_is_in_it():
    world = site("alice")
    world.default_accounts = {"alice": "alloc"}
    assert keys(world.plan()) == ["add association users/alice"]


@pytest.mark.parametrize("section", ["accounts", "associations", "default_accounts"])
def test_nobody_s_default_is_set_while_slurm_is_not_known_for_sure(section):
    world = site("alice", joined=("alice",))
    world.default_accounts.clear()
    world.sections[section] = Missing("not read")
    assert keys(world.plan()) == []


def test_who_leaves_the_last_account_leaves_it_a_cycle_later():
    world = site("alice", "bob", joined=("alice", "bob"))
    world.leaves("alloc", "bob")
    assert keys(world.plan(confirmed=True)) == ["remove association alloc/bob"]
    world.associations = [one for one in world.associations if (one.account, one.user) != ("alloc", "bob")]
    (action,) = world.plan(confirmed=True).actions
    assert (action.subject, action.why, action.evidence) == ("users/bob", LEFT, Evidence.ABSENCE)


def test_who_is_in_another_account_still_stays_in_it_whichever_offering_has_that():
    world = site("alice", joined=("alice",))
    world.allocation("other", "alice", project_uuid="p")
    world.accounts["other"] = account("other", "other", offering=OTHER_OFFERING)
    del world.resources["other"]
    world.leaves("alloc", "alice")
    world.associations = [one for one in world.associations if one.account != "alloc"]
    assert keys(world.plan(confirmed=True)) == []
    world.associations = [one for one in world.associations if one.account != "other"]
    assert keys(world.plan(confirmed=True)) == ["remove association users/alice"]


def test_who_is_about_to_join_an_account_does_not_leave_it():
    world = site("alice", joined=("alice", "bob"))
    world.member("alloc", "bob")
    assert keys(world.plan(confirmed=True)) == ["add association alloc/bob"]


def test_members_of_an_account_that_is_taken_away_by_order_do_not_join():
    world = site("alice")
    world.flag("alloc", state=ResourceState.TERMINATING)
    world.order("alloc", OrderType.TERMINATE)
    assert keys(world.plan()) == ["remove account alloc"]


def test_two_offerings_may_share_one_and_each_member_joins_once():
    world, other = site("alice", "bob"), World()
    other.allocation("theirs", "bob")
    world.accounts["theirs"] = account("theirs", "theirs", offering=OTHER_OFFERING)
    world.associations.append(Association(account="theirs", user="bob"))
    world.remember(
        associations=world.known.associations | other.known.associations, journaled=frozenset({"alloc", "theirs"})
    )
    policies = [world.policy, replace(world.policy, uuid=OTHER_OFFERING)]
    sides = {OFFERING: world.offering_snapshot(), OTHER_OFFERING: other.offering_snapshot()}
    makers = {OFFERING: world.make_name, OTHER_OFFERING: world.make_name}
    plan = make_plan(replace(world.observed(), offerings=sides), policies, GENEROUS, world.known, makers)
    joining = [action.key for action in plan.actions if isinstance(action, AddAssociation)]
    assert joining == ["add association users/alice", "add association users/bob"]


def test_nobody_leaves_it_before_an_account_that_the_journal_never_heard_of():
    world = site("alice", joined=("alice",))
    world.leaves("alloc", "alice")
    world.remember(associations=frozenset({("users", "alice")}), journaled=frozenset({"users"}))
    assert keys(world.plan(confirmed=True)) == ["remove association alloc/alice"]


def test_who_is_put_back_into_an_account_does_not_leave_it():
    world = site("alice", joined=("alice", "bob"))
    back = SetAside(association=Association(account="alloc", user="bob"), own=False)
    world.remember(aside={("alloc", "bob"): back})
    assert keys(world.plan(confirmed=True)) == ["add association alloc/bob"]


def test_who_is_not_in_it_any_more_is_not_taken_out_again():
    world = site("alice", joined=("alice", "bob"))
    world.associations.pop()
    assert keys(world.plan(confirmed=True)) == []


def test_who_waits_for_a_name_does_not_leave_it():
    world = site("alice", joined=("alice", "bob"))
    world.member("alloc", "bob")
    world.unready = {"bob": "waits until bob is known"}
    assert keys(world.plan(confirmed=True)) == []


def test_whoever_an_administrator_put_there_stays():
    world = site("alice", joined=("alice",))
    world.locally_added("users", "local")
    assert keys(world.plan(confirmed=True)) == []


@pytest.mark.parametrize("section", ["teams", "users", "services", "resources", "accounts", "associations"])
def test_nobody_leaves_it_while_a_section_is_not_whole(section):
    world = site("alice", joined=("alice", "bob"))
    assert keys(world.plan(confirmed=True)) == ["remove association users/bob"]
    world.sections[section] = OUTAGE
    assert keys(world.plan(confirmed=True)) == []


def test_a_default_account_that_does_not_exist_is_told_and_not_made():
    world = site("alice")
    del world.accounts["users"]
    plan = world.plan()
    assert keys(plan) == []
    assert plan.notices == (
        "offering HPC: its default_account users does not exist; make it: sacctmgr add account users",
    )
    world.sections["accounts"] = OUTAGE
    assert not [notice for notice in world.plan().notices if "default_account" in notice]


def test_a_resource_s_account_is_no_default_account_and_that_is_told():
    world = site("alice")
    world.allocation("other", "bob")
    world.rules(default_account="other")
    world.remember(associations=world.known.associations | {("other", "alice")})
    plan = world.plan(confirmed=True)
    assert keys(plan) == []
    assert plan.notices == (
        "offering HPC: its default_account other is the account of a resource; use one made for it",
    )


def test_whose_default_slurm_lost_gets_it_and_one_that_another_offering_set_stays():
    world = site("alice", joined=("alice",))
    world.default_accounts = {}
    assert keys(world.plan()) == ["set default account alice"]
    world.accounts["shared"] = Account(name="shared", parent="root")
    world.associations.append(Association(account="shared", user="alice"))
    world.remember(associations=world.known.associations | {("shared", "alice")})
    world.default_accounts = {"alice": "shared"}
    assert keys(world.plan()) == []


def test_it_is_never_left_or_joined_where_the_settings_name_none():
    world = site("alice", joined=("bob",))
    world.rules(default_account="")
    assert keys(world.plan(confirmed=True)) == []


def test_expired_roles_end_the_account_of_the_resource_first():
    world = site("alice", "bob", joined=("alice", "bob"))
    world.roles = [replace(one, expires=NOW - 1) for one in world.roles]
    assert keys(world.plan()) == ["remove association alloc/alice", "remove association alloc/bob"]
