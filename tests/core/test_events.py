"""What a site's commands hear of, and when they are run again."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from agent.core.events import (
    RESOURCE_READY,
    RESOURCE_REMOVED,
    USER_READY,
    commands,
    due,
    happened,
    of_resource,
    reversed_key,
    wait,
)
from agent.core.model.marketplace import ResourceState
from agent.core.model.people import Event
from agent.core.names import description
from agent.core.policy import Hooks
from agent.core.snapshot import Partial
from tests.fixtures.worlds import NOW, OFFERING, OTHER_OFFERING, World, account, uuid_of

KINDS = (USER_READY, RESOURCE_READY)


def events(world: World, kinds: Sequence[str] = KINDS) -> list[str]:
    observed = world.observed()
    return [event.key for event in happened(observed, observed.cluster, world.known, kinds)]


def site() -> World:
    world = World()
    world.allocation("alloc", "alice", "bob")
    return world


def test_only_commands_that_there_are_hear_of_anything():
    hooks = Hooks(on_user_ready=("/opt/user", "-v"), on_resource_removed=("/opt/gone",))
    assert commands(hooks) == {USER_READY: ("/opt/user", "-v"), RESOURCE_REMOVED: ("/opt/gone",)}
    assert commands(Hooks(on_resource_ready=("/opt/there",))) == {RESOURCE_READY: ("/opt/there",)}


def test_a_resource_and_its_users_are_ready_once_slurm_shows_them():
    alloc = uuid_of("alloc")
    assert events(site()) == [f"resource ready {alloc}", "user ready alice", "user ready bob"]
    assert events(site(), [RESOURCE_READY]) == [f"resource ready {alloc}"]
    assert events(site(), [USER_READY]) == ["user ready alice", "user ready bob"]
    assert events(site(), []) == []


def test_a_user_s_command_learns_who_it_is():
    world = site()
    world.remember(uids={"alice": 10_001}, usernames={(OFFERING, uuid_of("alice")): "alice"})
    observed = world.observed()
    first, second = happened(observed, observed.cluster, world.known, [USER_READY])
    assert first == Event(
        kind=USER_READY,
        about="alice",
        offering=OFFERING,
        facts={"username": "alice", "uid": 10_001, "user": uuid_of("alice"), "account": "alloc"},
    )
    assert second.facts == {"username": "bob", "uid": None, "user": None, "account": "alloc"}


def test_a_resource_s_command_learns_what_it_is():
    world = World()
    world.allocation("alloc", project_slug="p1", project_name="Project", customer_slug="lab")
    world.accounts["short"] = replace(world.accounts.pop("alloc"), name="short")
    observed = world.observed()
    (event,) = happened(observed, observed.cluster, world.known, [RESOURCE_READY])
    assert event.facts == of_resource(world.resources["alloc"], "short")
    assert event.facts == {
        "resource": uuid_of("alloc"),
        "name": "alloc",
        "account": "short",
        "project": uuid_of("project of alloc"),
        "project_slug": "p1",
        "project_name": "Project",
        "customer_slug": "lab",
    }


def test_a_user_whom_an_administrator_added_is_none_of_ours_to_tell_of():
    world = site()
    world.locally_added("alloc", "local")
    assert "user ready local" not in events(world)


@pytest.mark.parametrize("state", [state for state in ResourceState if state not in {"OK", "Updating"}])
def test_nothing_is_ready_of_a_resource_that_is_not_there_yet_or_not_any_more(state):
    world = site()
    world.flag("alloc", state=state)
    assert events(world) == []
    world.flag("alloc", state=ResourceState.UPDATING)
    assert len(events(world)) == 3


@pytest.mark.parametrize("section", ["accounts", "associations"])
def test_nothing_is_told_of_a_cluster_that_was_not_read_whole(section):
    world = site()
    value = getattr(world.cluster_snapshot(), section).value
    world.sections[section] = Partial(value, "cut short")
    assert events(world) == []


@pytest.mark.parametrize(
    "other",
    [
        account("alloc", "alloc", offering=OTHER_OFFERING),
        account("alloc", "another resource"),
        account("alloc"),
        account("alloc", "alloc", description=description(uuid_of("alloc"), "alloc", "project")),
        account("alloc", "alloc", description=description(uuid_of("alloc"), "alloc", "terminated 2026-11-24")),
    ],
)
def test_an_account_that_is_not_the_resource_s_own_or_only_kept_is_not_ready(other):
    world = site()
    world.accounts["alloc"] = other
    assert events(world) == []


def test_a_resource_that_is_ready_again_takes_its_removal_back_and_the_other_way_round():
    ready, removed = (Event(kind=kind, about="r", offering="o") for kind in (RESOURCE_READY, RESOURCE_REMOVED))
    assert (reversed_key(ready), reversed_key(removed)) == (removed.key, ready.key)
    assert reversed_key(Event(kind=USER_READY, about="r", offering="o")) == ""


def test_after_each_failure_the_wait_is_twice_as_long_up_to_six_hours():
    assert [wait(tries) for tries in (1, 2, 3, 9, 10, 10**9)] == [60.0, 120.0, 240.0, 15_360.0, 21_600.0, 21_600.0]


def test_an_event_is_due_at_first_and_again_once_its_wait_is_over():
    def failed(tries: int, ago: float) -> Event:
        return Event(kind=USER_READY, about=f"{tries} {ago}", offering="o", tries=tries, at=NOW - ago)

    first, early, late, later = failed(0, 0), failed(2, 119.0), failed(2, 120.0), failed(1, 3600.0)
    assert due([first, early, late, later], NOW) == [first, late, later]
