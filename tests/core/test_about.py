"""What concerns one resource, among everything else of a plan."""

from dataclasses import fields

import pytest

from agent.core.about import about, held_back, noted, planned
from agent.core.actions import (
    Action,
    AddAssociation,
    AddCoordinator,
    PutDirectoryUser,
    RemoveAssociation,
    RemoveCoordinator,
    RemoveQos,
    ResetUsage,
    SetAssociation,
    SetPartition,
)
from agent.core.model.cluster import Association
from agent.core.model.directory import DirectoryUser
from agent.core.model.marketplace import OrderType
from tests.fixtures.worlds import World, uuid_of

WEATHER = uuid_of("weather")


def every(kind: type[Action]) -> list[type[Action]]:
    return [one for below in kind.__subclasses__() for one in (below, *every(below))]


@pytest.mark.parametrize(
    "action",
    [
        AddAssociation(offering="o", account="weather", user="ada"),
        RemoveAssociation(offering="o", account="weather", user="ada", why="left"),
        AddCoordinator(offering="o", account="weather", user="ada"),
        RemoveCoordinator(offering="o", account="weather", user="ada"),
        SetAssociation(
            offering="o",
            before=Association(account="weather", user="ada"),
            after=Association(account="weather", user="ada", max_submit_jobs=0),
        ),
        ResetUsage(offering="o", account="weather", period="2026-11"),
        RemoveQos(offering="o", qos="weather"),
    ],
)
def test_what_names_only_the_account_concerns_its_resource(action: Action) -> None:
    assert about(action, WEATHER, "weather")
    assert not about(action, WEATHER, "weathe")
    assert not about(action, WEATHER, "")


def test_a_partition_or_a_login_of_the_same_name_is_something_else() -> None:
    user = DirectoryUser(name="weather", uidnumber=1, primarygroup=1)
    for action in (SetPartition(offering="o", partition="weather"), PutDirectoryUser(offering="o", user=user)):
        assert not about(action, WEATHER, "weather")


def test_every_action_about_accounts_names_a_resource_an_order_or_the_account() -> None:
    named = {"resource", "order", "account", "after", "qos"}
    others = {one.__name__ for one in every(Action) if not named & {field.name for field in fields(one)}}
    assert others == {
        "PutDirectoryUser",
        "PutDirectoryGroups",
        "DisableDirectoryUser",
        "RemoveDirectoryUser",
        "SetPartition",
        "SetUsername",
        "MoveOfferingUser",
        "DeleteOfferingUser",
    }


def test_a_plan_is_told_apart_by_resource() -> None:
    world = World()
    for name in ("weather", "ocean"):
        world.allocation(name, "ada")
        world.leaves(name, "ada")
        world.member(name, "emmy")
        world.order(name, OrderType.UPDATE, limits={"cpu": 20})
    plan = world.plan()
    mine, others = (planned(plan, uuid_of(name), name) for name in ("weather", "ocean"))
    assert {one.kind for one in mine} == {"approve order", "add association", "set limits", "finish order"}
    assert sorted([one.key for one in (*mine, *others)]) == sorted(one.key for one in plan.actions)
    assert [item.action.key for item in held_back(plan, WEATHER, "weather")] == ["remove association weather/ada"]


def test_notices_are_found_by_resource_and_order() -> None:
    world = World()
    order = world.order("weather")
    world.order("ocean")
    del world.accounts["waldur"]
    (mine,) = noted(world.plan(), WEATHER, [order.uuid])
    assert f"order {order.uuid[:8]} (Create weather) waits" in mine
    assert noted(world.plan(), uuid_of("nobody"), []) == ()
