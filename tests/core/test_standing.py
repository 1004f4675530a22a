"""What keeps an order where it is."""

from dataclasses import replace

import pytest

from agent.core.model.marketplace import OrderState, OrderType, ResourceState
from agent.core.plan import Plan
from agent.core.snapshot import Missing
from agent.core.standing import UNKNOWN, why_here
from tests.fixtures.worlds import NOW, World, account, uuid_of


@pytest.mark.parametrize("state", ["pending-consumer", "pending-project", "pending-start-date"])
def test_an_order_that_somebody_else_moves_waits_for_them(state: str) -> None:
    world = World()
    order = world.order("weather", state=OrderState(state))
    assert why_here(order, world.plan()).startswith("waits ")


def test_an_erred_order_says_what_it_was_told() -> None:
    world = World()
    order = world.order("weather", state=OrderState.ERRED, error_message="the name is taken")
    assert why_here(order, world.plan()) == "the name is taken"
    assert why_here(replace(order, error_message=""), world.plan()) == "it erred without a word"


def test_an_order_that_can_be_carried_out_is_and_says_how_the_last_run_ended() -> None:
    world = World()
    order = world.order("weather")
    assert why_here(order, world.plan()) == "the next sync goes on with it"
    ended = why_here(order, world.plan(), last="slurmdbd is away")
    assert ended == "the next sync goes on with it; the last one: slurmdbd is away"


def test_a_refusal_is_told_with_its_detail() -> None:
    world = World()
    order = world.order("weather")
    world.accounts["weather"] = account("weather")
    why = why_here(order, world.plan())
    assert why.startswith("the next sync errs it: The name of this allocation is taken")
    assert "account weather exists already and belongs to somebody else" in why


def test_a_blocked_order_says_what_it_waits_for() -> None:
    world = World()
    order = world.order("weather (the (second) waits)")
    del world.accounts["waldur"]
    assert why_here(order, world.plan()) == (
        "waits: its parent account waldur does not exist; make it: sacctmgr add account waldur"
    )


def test_an_order_that_a_person_approves_says_so() -> None:
    world = World()
    world.rules(approval="manual")
    order = world.order("weather")
    assert why_here(order, world.plan()) == "waits for its approval in the marketplace"


def test_a_command_that_is_to_be_asked_is_named() -> None:
    world = World()
    world.rules(approval="ask", ask_command=("/opt/ask", "--order"))
    order = world.order("weather")
    assert why_here(order, world.plan(), last="exit 3") == "the next sync asks /opt/ask; the last one: exit 3"


def test_a_held_termination_is_told_with_the_guards_reason() -> None:
    world = World()
    world.allocation("weather", "ada")
    world.guard = replace(world.guard, terminations_floor=0, terminations_share=0.0)
    order = world.order("weather", OrderType.TERMINATE)
    plan = world.plan()
    assert [item.action.kind for item in plan.held if item.action.kind == "remove account"]
    assert why_here(order, plan, "weather").startswith("held: remove account weather")


def test_a_held_removal_of_a_member_keeps_no_order() -> None:
    world = World()
    world.allocation("weather", "ada")
    world.leaves("weather", "ada")
    order = world.order("weather", OrderType.UPDATE, limits={"cpu": 20})
    plan = world.plan()
    assert [item.action.kind for item in plan.held] == ["remove association"]
    assert why_here(order, plan, "weather") == "the next sync goes on with it"


def test_a_second_order_waits_for_the_first() -> None:
    world = World()
    world.allocation("weather")
    first = world.order("weather", OrderType.UPDATE, limits={"cpu": 20}, created=NOW - 60)
    second = replace(first, uuid=uuid_of("second"), type=OrderType.TERMINATE, created=NOW)
    world.orders.append(second)
    assert why_here(second, world.plan()) == f"waits for order {first.uuid[:8]} (Update) of the same resource"


def test_an_unknown_type_stays() -> None:
    world = World()
    world.resource("weather", ResourceState.OK)
    order = world.order("weather", OrderType.OTHER)
    assert why_here(order, world.plan()) == "this version of the agent does not know orders of its type; it stays"


def test_what_no_plan_speaks_of_is_admitted() -> None:
    world = World()
    order = world.order("weather")
    assert why_here(order, Plan(at=NOW, actions=(), managed={})) == UNKNOWN
    world.sections["resources"] = Missing("an outage")
    assert why_here(order, world.plan()) == UNKNOWN
