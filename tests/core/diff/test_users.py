"""What the marketplace is told of people: names, how far they are, and that a deletion is finished."""

import pytest

from agent.core.actions import DeleteOfferingUser, MoveOfferingUser, SetUsername
from agent.core.model.cluster import Association
from agent.core.model.people import Proposal
from agent.core.snapshot import Partial
from tests.fixtures.worlds import GENEROUS, OUTAGE, World, keys, offering_user, uuid_of

GONE_STATES = ("Requested deletion", "Deleting", "Error deleting")
ALICE = uuid_of("alice")[:8]


def world_of(*people: str, **fields: object) -> World:
    """An offering with people in a resource's project, all in one state and nobody in Slurm."""
    world = World(guard=GENEROUS)
    world.allocation("alloc")
    for person in people:
        world.member("alloc", person)
        world.shown(person, **fields)
    return world


def told(world: World) -> list[str]:
    """What the marketplace would be told of people."""
    kinds = (SetUsername, MoveOfferingUser, DeleteOfferingUser)
    return [action.describe() for action in world.plan().actions if isinstance(action, kinds)]


def test_a_new_name_is_told_and_the_person_joins_in_the_same_plan():
    world = world_of("alice", username="", state="Requested")
    world.named_by(alice="ada")
    plan = world.plan()
    assert keys(plan) == [f"set username {uuid_of('offering user alice')}", "add association alloc/ada"]
    (named, _) = plan.actions
    assert (named.name, named.back, named.describe()) == ("ada", False, f"give user {ALICE} the username ada")


def test_a_name_that_was_told_is_not_told_again_and_the_person_is_reported_ready():
    for state in ("Requested", "Creating", "Error creating", "Pending account linking"):
        world = world_of("alice", state=state)
        assert told(world) == [f"report alice as OK (was {state})"]


@pytest.mark.parametrize("state", ["", "OK", "Pending additional validation", "Deleted", "Whatever comes"])
def test_nothing_is_told_of_a_named_person_in_any_other_state(state):
    assert told(world_of("alice", state=state)) == []


@pytest.mark.parametrize("state", ["Requested", "Creating"])
def test_who_cannot_be_named_is_refused_once_and_reads_why(state):
    world = world_of("alice", username="", state=state)
    world.named_by(alice="Not A Name")
    said = "The account cannot be named 'Not A Name': it cannot be used on the cluster."
    assert told(world) == [f"report user {ALICE} as Error creating (was {state}): {said}"]
    world.shown("alice", state="Error creating")
    assert told(world) == []


def test_a_person_with_a_name_that_cannot_be_used_is_refused_and_not_reported_ready():
    world = world_of("alice", username="root beer", state="Creating")
    (action,) = world.plan().actions
    assert (action.to, action.comment) == (
        "Error creating",
        "The account has a username that cannot be used on the cluster: 'root beer'.",
    )


@pytest.mark.parametrize("state", ["Requested", "Creating"])
def test_whom_the_source_does_not_know_yet_is_asked_to_link_the_account(state):
    world = world_of("alice", username="", state=state)
    world.named_by(alice=Proposal(reason="not found in the directory", linked=False))
    (action,) = world.plan().actions
    assert (action.to, action.comment) == (
        "Pending account linking",
        "The account has no username: not found in the directory.",
    )


@pytest.mark.parametrize("state", ["", "OK", "Error creating", "Pending account linking"])
def test_whom_the_source_does_not_know_is_not_moved_from_where_they_are(state):
    world = world_of("alice", username="", state=state)
    world.named_by(alice=Proposal(reason="not found in the directory", linked=False))
    assert told(world) == []


def test_nothing_is_told_of_somebody_who_only_waits_for_a_source():
    world = world_of("alice", username="", state="Creating")
    world.named_by()
    assert told(world) == []


@pytest.mark.parametrize("section", ["offering", "users"])
def test_nothing_is_told_while_the_offering_or_its_users_are_not_known_for_sure(section):
    world = world_of("alice", state="Creating")
    world.member("alloc", "bob")
    world.remember(usernames={(world.policy.uuid, uuid_of("bob")): "bob"}, holders={"bob": uuid_of("bob")})
    world.shown("bob", username="")
    world.member("alloc", "carol")
    world.shown("carol", state="Deleting")
    assert len(told(world)) == 3
    world.sections[section] = Partial(getattr(world.offering_snapshot(), section).value, "cut short")
    assert told(world) == []


@pytest.mark.parametrize("state", GONE_STATES)
def test_a_deletion_is_finished_only_after_the_last_association_is_gone(state):
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice")
    world.shown("alice", state=state)
    assert keys(world.plan()) == ["remove association alloc/alice"]
    world.associations.clear()
    assert told(world) == [f"report alice as deleted, as the marketplace asked (was {state})"]
    world.shown("alice", state="Deleted")
    assert told(world) == []


def test_a_deletion_waits_for_the_name_that_is_remembered_not_for_the_one_that_is_shown():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice")
    world.shown("alice", state="Deleting", username="")
    assert keys(world.plan()) == ["remove association alloc/alice"]


def test_a_deletion_does_not_wait_for_what_an_administrator_added_or_another_offering_has():
    world = World(guard=GENEROUS)
    world.allocation("alloc", "bob")
    world.users["alice"] = offering_user("alice", state="Deleting")
    world.locally_added("alloc", "alice")
    world.associations.append(Association(account="waldur", user="alice"))
    world.remember(associations=world.known.associations | {("waldur", "alice")})
    assert told(world) == ["report alice as deleted, as the marketplace asked (was Deleting)"]


def test_the_deletion_of_somebody_who_never_had_a_name_is_finished():
    world = world_of("alice", username="", state="Deleting")
    assert told(world) == [f"report user {ALICE} as deleted, as the marketplace asked (was Deleting)"]


@pytest.mark.parametrize("section", ["resources", "accounts", "associations"])
def test_no_deletion_is_finished_while_it_is_not_known_who_is_where(section):
    world = world_of("alice", state="Deleting")
    assert len(told(world)) == 1
    world.sections[section] = OUTAGE
    assert told(world) == []


def test_a_restricted_person_is_not_reported_as_anything():
    world = world_of("alice", restricted=True, username="")
    world.named_by(alice="ada")
    assert told(world) == []
