"""The plan as a value: its checksum, its JSON, when it is empty, and the guard's word in it."""

import json
from dataclasses import asdict, replace

import pytest

from agent.core import actions
from agent.core.actions import Action, Evidence
from agent.core.model.marketplace import OrderType
from agent.core.plan import Plan
from tests.fixtures.worlds import World, held, keys


def busy() -> World:
    world = World()
    world.order("new")
    world.member("new", "alice")
    world.allocation("old", "bob", "carol")
    world.leaves("old", "carol")
    return world


def kinds_of_actions() -> list[type[Action]]:
    found = [one for one in vars(actions).values() if isinstance(one, type) and issubclass(one, Action)]
    return [one for one in found if one is not Action]


def test_the_checksum_is_the_same_whenever_the_same_actions_are_planned():
    world = busy()
    before = world.plan()
    world.now += 60
    assert world.plan().checksum == before.checksum


def test_another_action_or_another_detail_of_one_changes_the_checksum():
    world = busy()
    before = world.plan().checksum
    world.orders[0] = replace(world.orders[0], limits={"cpu": 11})
    changed = world.plan().checksum
    world.member("new", "dave")
    assert len({before, changed, world.plan().checksum}) == 3


def test_the_checksum_of_what_is_held_is_independent_of_other_work():
    world = busy()
    before = world.plan()
    world.member("new", "dave")
    after = world.plan()
    assert before.checksum != after.checksum
    assert before.held_checksum == after.held_checksum != ""


def test_a_release_lets_exactly_this_removal_go():
    world = busy()
    world.remember(released=frozenset({world.plan().held_checksum}))
    plan = world.plan()
    assert "remove association old/carol" in keys(plan)
    assert (plan.held, plan.held_checksum) == ((), "")


def test_confirming_by_hand_removes_without_a_second_look():
    assert "remove association old/carol" in keys(busy().plan(confirmed=True))


def test_a_plan_with_something_held_is_not_empty():
    world = World()
    world.allocation("old", "bob")
    assert world.plan().empty
    world.leaves("old", "bob")
    plan = world.plan()
    assert (plan.actions, plan.empty) == ((), False)
    assert held(plan).keys() == {"remove association old/bob"}


def test_held_removals_never_hold_additions():
    plan = busy().plan()
    assert keys(plan) == ["create account new", "add association new/alice"]
    assert held(plan).keys() == {"remove association old/carol"}


def test_a_plan_becomes_json_that_says_what_and_why():
    world = busy()
    world.allocation("more")
    unknown = world.order("more", OrderType.OTHER)
    value = json.loads(json.dumps(world.plan().to_json(), default=str))
    assert [one["kind"] for one in value["actions"]] == [
        "approve order",
        "create account",
        "add association",
        "finish order",
    ]
    assert value["actions"][2]["text"] == "add user alice to account new"
    (item,) = value["held"]
    assert (item["key"], item["evidence"], item["releasable"]) == ("remove association old/carol", "absence", True)
    assert value["not_handled_yet"] == [{"order": unknown.uuid, "type": "other", "resource": "more"}]
    assert (value["checksum"], value["held_checksum"]) == (world.plan().checksum, world.plan().held_checksum)


def test_an_empty_plan_has_a_checksum_too():
    assert Plan(at=0.0, actions=(), managed={}).checksum == Plan(at=1.0, actions=(), managed={}).checksum


@pytest.mark.parametrize("kind", kinds_of_actions())
def test_every_type_of_action_has_a_kind_a_rank_and_the_sections_it_needs(kind):
    assert kind.kind
    assert kind.rank
    assert kind.needs


def test_no_two_types_of_action_share_a_kind():
    kinds = [one.kind for one in kinds_of_actions()]
    assert sorted(set(kinds)) == sorted(kinds)


def test_a_removal_says_who_where_and_why():
    world = busy()
    world.order("old", OrderType.TERMINATE)
    (removal,) = [action for action in world.plan().actions if action.kind == "remove account"]
    assert (
        removal.describe() == f"remove account old and its 2 user(s): order {world.orders[1].uuid[:8]} terminates old"
    )
    assert asdict(removal)["evidence"] == Evidence.POSITIVE
