"""What must be impossible with members: each is a way in which an existing agent locked people out or let them in."""

from dataclasses import replace

import pytest

from agent.core.actions import AddAssociation, Evidence
from agent.core.policy import GuardPolicy
from agent.core.snapshot import Complete, Partial
from tests.fixtures.worlds import GENEROUS, NOW, OUTAGE, World, held, keys, offering_user, uuid_of

CREW = tuple(f"user{number}" for number in range(8))


def test_one_empty_team_answer_removes_nobody():
    world = World()
    world.allocation("alloc", *CREW)
    world.sections["teams"] = Complete(())
    plan = world.plan()
    assert plan.actions == ()
    assert set(held(plan)) == {f"remove association alloc/{user}" for user in CREW}
    assert all("first seen missing now" in reason for reason in held(plan).values())


def test_a_team_that_stays_empty_does_not_empty_an_account_of_five_or_more():
    world = World(guard=replace(GuardPolicy(), offering_floor=100, total_floor=100))
    world.allocation("alloc", *CREW)
    world.sections["teams"] = Complete(())
    world.seen_missing(*(f"remove association alloc/{user}" for user in CREW))
    for confirmed in (False, True):
        plan = world.plan(confirmed=confirmed)
        assert plan.actions == ()
        assert set(held(plan).values()) == {"it would empty an account of 8 users; agent guard release lets them go"}


def test_a_user_whom_an_administrator_added_does_not_hide_that_an_account_would_be_emptied():
    world = World(guard=replace(GuardPolicy(), offering_floor=100, total_floor=100))
    world.allocation("alloc", *CREW)
    world.locally_added("alloc", "local")
    world.sections["teams"] = Complete(())
    assert world.plan(confirmed=True).actions == ()


@pytest.mark.parametrize("section", ["teams", "resources", "users", "services", "accounts", "associations"])
@pytest.mark.parametrize("known", ["missing", "partial"])
def test_nobody_is_removed_while_a_section_is_not_whole(section, known):
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice", "bob")
    world.leaves("alloc", "bob")
    assert keys(world.plan()) == [], "the world as it is removes nobody yet: bob was never dated"
    world.seen_missing("remove association alloc/bob")
    assert keys(world.plan()) == ["remove association alloc/bob"]
    snapshots = {**_fields(world.offering_snapshot()), **_fields(world.cluster_snapshot())}
    world.sections[section] = OUTAGE if known == "missing" else Partial(snapshots[section].value, "a page was lost")
    plan = world.plan(confirmed=True)
    assert (plan.actions, plan.held) == ((), ())


def _fields(snapshot):
    return {name: getattr(snapshot, name) for name in snapshot.__dataclass_fields__}


def test_restricting_members_takes_everybody_out_those_who_just_left_too():
    world = World()
    world.allocation("alloc", *CREW, restrict_member_access=True)
    world.leaves("alloc", "user3")
    plan = world.plan()
    assert keys(plan) == [f"remove association alloc/{user}" for user in CREW]
    assert {action.evidence for action in plan.actions} == {Evidence.POSITIVE}


def test_a_user_whom_an_administrator_added_stays_and_is_shown():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice")
    world.locally_added("alloc", "local")
    plan = world.plan(confirmed=True)
    assert plan.empty
    assert plan.strangers == ("alloc/local",)


def test_an_offering_user_whom_an_administrator_added_by_hand_stays_as_well():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice")
    world.users["bob"] = offering_user("bob")
    world.locally_added("alloc", "bob")
    plan = world.plan(confirmed=True)
    assert plan.empty
    assert plan.strangers == ("alloc/bob",)


def test_a_lost_journal_never_widens_what_is_ours():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice", "bob")
    world.locally_added("alloc", "local")
    world.leaves("alloc", "bob")
    world.remember(associations=frozenset(), journaled=frozenset(), accounts={}, used_by={}, usernames={})
    plan = world.plan(confirmed=True)
    assert keys(plan) == ["remove association alloc/bob"]
    assert plan.strangers == ("alloc/local",)
    assert plan.inherited == (("alloc", "alice"), ("alloc", "bob"))


def test_in_an_account_the_journal_never_heard_of_a_person_is_ours_by_the_name_they_have_here_too():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice", "bob")
    world.remember(associations=frozenset(), journaled=frozenset())
    world.shown("alice", username="")
    world.shown("bob", username="robert")
    assert world.plan().inherited == (("alloc", "alice"), ("alloc", "bob"))


def test_a_lost_journal_is_not_filled_from_a_list_of_users_that_is_not_whole():
    world = World()
    world.allocation("alloc", "alice", "bob")
    world.remember(associations=frozenset(), journaled=frozenset())
    world.sections["users"] = Partial((world.users["alice"],), "a page was lost")
    assert world.plan().inherited == ()


def test_usernames_that_the_server_blanked_remove_nobody():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice", "bob")
    world.users = {person: offering_user(person, username="") for person in world.users}
    assert [action.describe() for action in world.plan(confirmed=True).actions] == [
        f"give user {uuid_of(person)[:8]} the username {person} back"
        for person in sorted(("alice", "bob"), key=lambda one: offering_user(one).uuid)
    ]


def test_an_offering_user_that_vanished_removes_nobody_who_still_has_a_role():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice")
    world.users.clear()
    plan = world.plan(confirmed=True)
    assert plan.empty
    assert [item.reason for item in plan.waiting] == ["has no offering user yet"]


def test_a_restricted_user_is_not_let_back_in_while_the_offering_users_cannot_be_read():
    world = World()
    world.allocation("alloc", "alice")
    world.users["alice"] = offering_user("alice", restricted=True)
    assert keys(world.plan()) == ["remove association alloc/alice"]
    world.associations.clear()
    world.sections["users"] = OUTAGE
    assert keys(world.plan()) == []


def test_a_role_that_has_expired_removes_at_once_and_one_that_has_not_yet_keeps():
    world = World()
    world.allocation("alloc", "alice", "bob")
    world.roles = [replace(one, expires=NOW + (-1 if one.user_uuid == uuid_of("bob") else 1)) for one in world.roles]
    (action,) = world.plan().actions
    assert (action.key, action.why) == ("remove association alloc/bob", "the role PROJECT.MEMBER has expired")


def test_people_who_swap_their_names_in_the_marketplace_swap_nothing():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice", "bob")
    world.shown("alice", username="bob")
    world.shown("bob", username="alice")
    assert world.plan(confirmed=True).empty


def test_a_name_that_was_held_before_a_crash_is_given_again_whatever_the_source_says_now():
    world = World()
    world.allocation("alloc")
    world.member("alloc", "dave")
    world.shown("dave", username="")
    world.named_by(None, dave="david")
    world.remember(holders={"dave": uuid_of("dave")})
    plan = world.plan()
    assert [action.user for action in plan.actions if isinstance(action, AddAssociation)] == ["dave"]
    assert list(plan.usernames.values()) == ["dave"]
