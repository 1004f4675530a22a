"""Coordinators: project managers, where the settings say so, and never anybody whom the agent did not make one."""

import pytest

from agent.core.actions import Evidence, RemoveCoordinator
from agent.core.model.cluster import Association
from agent.core.model.marketplace import OrderType, ResourceState
from agent.core.names import description
from agent.core.snapshot import Missing
from tests.fixtures.worlds import GENEROUS, NOW, OUTAGE, World, account, keys, uuid_of


def managed(*managers: str, coordinators: bool = True) -> World:
    """An allocation whose managers coordinate it already, as the agent made them, and where alice is a member."""
    world = World(guard=GENEROUS)
    world.allocation("alloc", *managers, "alice")
    world.roles = []
    world.member("alloc", "alice")
    world.member("alloc", *managers, kind="PROJECT.MANAGER")
    world.rules(coordinators=coordinators)
    world.coordinators = {"alloc": frozenset(managers)}
    world.remember(coordinators=frozenset(("alloc", name) for name in managers))
    return world


def test_managers_and_nobody_else_become_coordinators_where_the_settings_say_so():
    world = managed("mia")
    world.coordinators.clear()
    world.remember(coordinators=frozenset())
    (action,) = world.plan().actions
    assert (action.key, action.describe()) == (
        "add coordinator alloc/mia",
        "make user mia a coordinator of account alloc",
    )
    world.rules(coordinators=False)
    assert keys(world.plan()) == []


def test_who_is_one_already_is_not_made_one_again():
    assert keys(managed("mia").plan()) == []


def test_a_manager_of_a_new_account_coordinates_it_from_the_first_plan_on():
    world = World()
    world.order("alloc")
    world.member("alloc", "mia", kind="PROJECT.MANAGER")
    world.rules(coordinators=True)
    assert keys(world.plan())[-2:] == ["add association alloc/mia", "add coordinator alloc/mia"]


def test_a_manager_of_an_account_that_is_not_made_coordinates_nothing():
    world = World()
    world.order("alloc", limits={"cpu": -1})
    world.member("alloc", "mia", kind="PROJECT.MANAGER")
    world.rules(coordinators=True)
    assert [action.kind for action in world.plan().actions] == ["refuse order"]


def test_a_manager_whose_name_does_not_resolve_yet_does_not_coordinate():
    world = managed("mia")
    world.coordinators.clear()
    world.unready = {"mia": "waits until mia is known"}
    assert keys(world.plan()) == []


@pytest.mark.parametrize("section", ["accounts", "associations", "coordinators"])
def test_nobody_becomes_one_while_slurm_is_not_known_for_sure(section):
    world = managed("mia")
    world.coordinators.clear()
    world.sections[section] = OUTAGE
    assert keys(world.plan()) == []


def test_who_is_no_manager_any_more_stays_a_member_and_coordinates_no_longer():
    world = managed("mia")
    world.leaves("alloc", "mia")
    world.member("alloc", "mia")
    (action,) = world.plan(confirmed=True).actions
    assert (type(action), action.subject, action.evidence) == (RemoveCoordinator, "alloc/mia", Evidence.ABSENCE)


def test_who_loses_the_role_stops_coordinating_before_the_association_goes():
    world = managed("mia")
    world.leaves("alloc", "mia")
    assert keys(world.plan(confirmed=True)) == ["remove coordinator alloc/mia", "remove association alloc/mia"]


def test_the_word_of_a_record_ends_coordination_at_once_and_a_silence_only_after_a_second_look():
    silent = managed("mia")
    silent.leaves("alloc", "mia")
    assert keys(silent.plan()) == []
    silent.seen_missing("remove coordinator alloc/mia", "remove association alloc/mia")
    assert keys(silent.plan()) == ["remove coordinator alloc/mia", "remove association alloc/mia"]
    expired = managed("mia")
    expired.leaves("alloc", "mia")
    expired.member("alloc", "mia", kind="PROJECT.MANAGER", expires=NOW - 1)
    assert keys(expired.plan()) == ["remove coordinator alloc/mia", "remove association alloc/mia"]
    assert {action.evidence for action in expired.plan().actions} == {Evidence.POSITIVE}


def test_a_switch_that_is_turned_off_takes_back_only_what_the_agent_gave():
    world = managed("mia", coordinators=False)
    world.coordinators = {"alloc": frozenset({"mia", "alice", "admin"})}
    assert keys(world.plan(confirmed=True)) == ["remove coordinator alloc/mia"]


def test_a_manager_whose_name_cannot_be_used_now_is_left_a_coordinator():
    world = managed("mia")
    world.unready = {"mia": "waits until mia is known"}
    assert keys(world.plan(confirmed=True)) == []
    blank = managed("mia")
    blank.shown("mia", username="Not A Name")
    assert keys(blank.plan(confirmed=True)) == []


@pytest.mark.parametrize("section", ["teams", "resources", "users", "accounts", "associations", "coordinators"])
def test_nobody_stops_coordinating_while_a_section_is_not_whole(section):
    world = managed("mia")
    world.leaves("alloc", "mia")
    world.sections[section] = OUTAGE
    assert "remove coordinator alloc/mia" not in keys(world.plan(confirmed=True))


def test_nobody_coordinates_an_account_that_is_only_kept():
    world = managed("mia", "max")
    del world.resources["alloc"]
    world.associations.clear()
    world.in_slurm("alloc", description=description(uuid_of("alloc"), "alloc", "terminated 2026-11-24"))
    world.coordinators["alloc"] |= {"admin"}
    (first, second) = world.plan().actions
    assert (first.key, second.key) == ("remove coordinator alloc/max", "remove coordinator alloc/mia")
    assert {first.evidence, second.evidence} == {Evidence.POSITIVE}
    world.sections["teams"] = OUTAGE
    assert keys(world.plan()) == []


def test_an_account_that_is_taken_away_by_order_takes_its_coordinators_along():
    world = managed("mia")
    world.flag("alloc", state=ResourceState.TERMINATING)
    world.order("alloc", OrderType.TERMINATE)
    assert keys(world.plan()) == ["remove account alloc"]
    world.coordinators.clear()
    assert keys(world.plan()) == ["remove account alloc"]


def test_an_account_of_somebody_else_gets_no_coordinator_though_an_order_would_have_it():
    world = World()
    world.order("alloc")
    world.accounts["alloc"] = account("alloc")
    world.member("alloc", "mia", kind="PROJECT.MANAGER")
    world.rules(coordinators=True)
    world.associations.append(Association(account="alloc", user="mia"))
    assert keys(world.plan()) == []


def test_an_account_without_a_resource_keeps_its_coordinators_until_it_goes():
    world = managed("mia")
    del world.resources["alloc"]
    assert keys(world.plan(confirmed=True)) == ["remove orphan alloc"]


def test_an_account_that_an_order_restores_keeps_the_coordinators_who_manage_it():
    world = managed("mia")
    world.in_slurm("alloc", description=description(uuid_of("alloc"), "alloc", "terminated 2026-11-24"))
    world.flag("alloc", state=ResourceState.TERMINATED)
    world.order("alloc", OrderType.RESTORE)
    assert [key for key in keys(world.plan(confirmed=True)) if "coordinator" in key] == []


def test_who_is_none_in_slurm_any_more_is_forgotten():
    world = managed("mia", "max")
    world.rules(coordinators=False)
    world.coordinators["alloc"] -= {"mia"}
    world.remember(coordinators=world.known.coordinators | {("gone", "max")})
    assert world.plan().settled.coordinators == (("alloc", "mia"), ("gone", "max"))
    world.sections["coordinators"] = Missing("not read")
    assert world.plan().settled.coordinators == ()
