"""Members in and out of an account."""

from dataclasses import replace

from agent.core.actions import Evidence
from agent.core.diff.scene import by_account
from agent.core.model.cluster import Association
from agent.core.snapshot import Partial
from tests.fixtures.worlds import GENEROUS, World, keys


def test_a_new_member_is_added_and_an_old_one_is_not_added_again():
    world = World()
    world.allocation("alloc", "alice")
    world.member("alloc", "bob")
    assert keys(world.plan()) == ["add association alloc/bob"]


def test_additions_use_what_is_there_of_a_team_that_is_not_whole():
    world = World()
    world.allocation("alloc", "alice")
    world.member("alloc", "bob")
    world.sections["teams"] = Partial(tuple(world.roles), "a page was lost")
    assert keys(world.plan()) == ["add association alloc/bob"]


def test_who_is_not_listed_any_more_goes_on_absence():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice", "bob")
    world.leaves("alloc", "bob")
    (action,) = world.plan(confirmed=True).actions
    assert (action.user, action.evidence) == ("bob", Evidence.ABSENCE)
    assert action.why == "the project's team does not list this user any more"


def test_a_user_whose_name_was_released_is_added_under_the_new_one_before_the_old_one_goes():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice")
    world.shown("alice", username="alice2")
    world.remember(usernames={}, holders={})
    assert keys(world.plan(confirmed=True)) == ["add association alloc/alice2", "remove association alloc/alice"]


def test_a_restricted_user_goes_on_the_word_of_the_record():
    world = World()
    world.allocation("alloc", "alice")
    world.users["alice"] = replace(world.users["alice"], restricted=True)
    (action,) = world.plan().actions
    assert (action.evidence, action.why) == (Evidence.POSITIVE, "the user is restricted at this offering")


def test_an_association_with_a_partition_counts_as_the_user_being_there():
    world = World()
    world.allocation("alloc")
    world.member("alloc", "alice")
    world.associations.append(Association(account="alloc", user="alice", partition="gpu"))
    assert keys(world.plan()) == []


def test_of_a_user_s_associations_the_one_for_every_partition_is_looked_at():
    everywhere = Association(account="a", user="u", max_submit_jobs=0)
    assert by_account([everywhere, Association(account="a", user="u", partition="p")]) == {"a": {"u": everywhere}}
    assert by_account([Association(account="a", user="u", partition="p"), everywhere]) == {"a": {"u": everywhere}}


def test_a_block_of_ours_is_taken_back_from_a_member_who_returned_and_nobody_else_s_is():
    world = World()
    world.allocation("alloc", "alice", "bob")
    world.associations = [replace(one, max_submit_jobs=0) for one in world.associations]
    world.remember(blocked={"alloc/alice": 1.0})
    (action,) = world.plan().actions
    assert (action.key, action.after) == ("set association alloc/alice", Association(account="alloc", user="alice"))
    assert action.puts_back == ("MaxSubmitJobs",)


def test_in_an_account_the_journal_never_heard_of_an_offering_user_of_any_state_is_ours():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice", "bob")
    world.leaves("alloc", "alice", "bob")
    world.remember(associations=frozenset(), journaled=frozenset())
    world.users["alice"] = replace(world.users["alice"], state="Deleted")
    del world.users["bob"]
    plan = world.plan(confirmed=True)
    assert keys(plan) == ["remove association alloc/alice"]
    assert (plan.strangers, plan.inherited) == (("alloc/bob",), (("alloc", "alice"),))


def test_one_entry_of_the_journal_makes_everybody_else_in_that_account_a_stranger():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice", "bob")
    world.leaves("alloc", "alice", "bob")
    world.remember(associations=frozenset({("alloc", "bob")}))
    plan = world.plan(confirmed=True)
    assert keys(plan) == ["remove association alloc/bob"]
    assert (plan.strangers, plan.inherited) == (("alloc/alice",), ())
