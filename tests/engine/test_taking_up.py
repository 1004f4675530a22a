"""Orders at their beginning: a command decides where the settings say so, and nothing is done on a word not given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pytest

from agent.core.model.cluster import Account
from agent.engine.world import World
from agent.errors import Unavailable
from agent.ports import Answer
from tests.engine.conftest import MakeLab
from tests.fixtures.memory_site import MemorySite, instead_of, results

WEATHER, STORM = "climate-1-weather-1", "climate-1-storm-1"
COMMAND = "/usr/local/bin/approve"
LESS = {"cpu": 500, "mem": 4000}
MINUTE = 60.0


@dataclass
class Approvals:
    """A command that gives the answers of a test, one after another, and the last one for ever."""

    answers: list[Answer]
    asked: list[Mapping[str, object]] = field(default_factory=list)

    def ask(self, command: Sequence[str], order: Mapping[str, object]) -> Answer:
        assert list(command) == [COMMAND]
        self.asked.append(order)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def __call__(self, world: World) -> World:
        return replace(world, approver=self)


YES, NO, LATER = Answer(approved=True), Answer(approved=False, reason="over budget"), Answer(None, "it timed out")


@pytest.fixture
def lab(make_lab: MakeLab) -> MemorySite:
    return make_lab(approval="ask", ask_command=[COMMAND])


@pytest.fixture
def project(lab: MemorySite) -> str:
    climate = lab.project("Climate", "ada", "emmy")
    lab.order(climate, "weather")
    lab.cycle(Approvals([YES]))
    return climate


def slurm(lab: MemorySite) -> tuple[Any, ...]:
    memory = lab.memory
    return dict(memory.accounts), dict(memory.associations), dict(memory.qos), list(memory.resets)


def update(lab: MemorySite, resource: str, _: str) -> str:
    return str(lab.world.order_update(resource, LESS))


def terminate(lab: MemorySite, resource: str, _: str) -> str:
    return str(lab.world.order_terminate(resource))


def create(lab: MemorySite, _: str, project: str) -> str:
    return str(lab.world.order_create(project, lab.offering, "storm", LESS))


ORDERS = pytest.mark.parametrize("place", [create, update, terminate])


@ORDERS
def test_a_yes_lets_an_order_be_carried_out(lab: MemorySite, project: str, weather: str, place: Any) -> None:
    order = place(lab, weather, project)
    command = Approvals([YES])
    lab.cycle(command)
    assert lab.world.order(order)["state"] == "done"
    assert [asked["order"] for asked in command.asked] == [order]


@ORDERS
def test_a_no_rejects_an_order_with_its_reason_and_changes_nothing_in_slurm(
    lab: MemorySite, project: str, weather: str, place: Any
) -> None:
    before = slurm(lab)
    order = place(lab, weather, project)
    cycle = lab.cycle(Approvals([NO]))
    assert lab.world.order(order)["state"] == "rejected"
    assert slurm(lab) == before
    assert [one.detail for one in cycle.outcomes] == [f"rejected by {COMMAND}: over budget"]
    assert lab.plan().empty


@ORDERS
def test_no_answer_leaves_an_order_pending_and_changes_nothing_in_slurm(
    lab: MemorySite, project: str, weather: str, place: Any
) -> None:
    before = slurm(lab)
    order = place(lab, weather, project)
    for _ in range(3):
        lab.cycle(Approvals([LATER]))
        assert lab.world.order(order)["state"] == "pending-provider"
        assert slurm(lab) == before


def test_a_command_that_did_not_decide_is_asked_again_after_ever_longer_waits(
    lab: MemorySite, project: str, weather: str
) -> None:
    update(lab, weather, project)
    command, start, times = Approvals([LATER]), lab.clock.at, []
    while len(times) < 7:
        lab.cycle(command)
        if len(command.asked) > len(times):
            times.append(round((lab.clock.at - start) / MINUTE))
        lab.clock.at += 10 * MINUTE
    assert [later - earlier for earlier, later in pairwise(times)] == [10, 20, 40, 80, 160, 320]


def test_the_plan_says_when_the_command_is_asked_again(lab: MemorySite, project: str, weather: str) -> None:
    order = update(lab, weather, project)
    planned = lab.plan()
    assert planned.actions[0].describe() == f"approve order {order[:8]}: Update weather if {COMMAND} says yes"
    lab.cycle(Approvals([LATER]))
    lab.clock.at += 61
    planned = lab.plan()
    assert planned.actions == ()
    assert planned.notices == (
        f"order {order[:8]} (Update weather) waits: {COMMAND} did not decide; it is asked again in 9 min",
    )


def test_while_an_order_is_undecided_the_resource_is_kept_as_it_was_ordered(
    lab: MemorySite, project: str, weather: str
) -> None:
    update(lab, weather, project)
    lab.cycle(Approvals([LATER]))
    lab.join(project, "kurt")
    lab.world.set_flags(weather, paused=True)
    lab.cycle(Approvals([YES]))
    assert lab.memory.users(WEATHER) == {"ada", "emmy", "kurt"}
    assert lab.memory.accounts[WEATHER].grp_jobs == 0
    assert lab.memory.accounts[WEATHER].grp_tres_mins["cpu"] == 60_000


def test_what_else_is_due_is_done_in_the_cycle_that_got_no_answer(lab: MemorySite, project: str, weather: str) -> None:
    update(lab, weather, project)
    lab.join(project, "kurt")
    cycle = lab.cycle(Approvals([LATER]))
    assert results(cycle) == {"approve order Update": "waiting", f"add association {WEATHER}/kurt": "done"}
    with lab.world_of() as (_, world):
        assert (WEATHER, "kurt") in world.journal.known(0).associations


def test_each_order_is_decided_by_itself(lab: MemorySite, project: str, weather: str) -> None:
    first, second = create(lab, weather, project), update(lab, weather, project)

    class ByType(Approvals):
        def ask(self, command: Sequence[str], order: Mapping[str, object]) -> Answer:
            return YES if order["type"] == "Create" else NO

    lab.cycle(ByType([]))
    assert lab.world.order(first)["state"] == "done"
    assert lab.world.order(second)["state"] == "rejected"
    assert lab.memory.users(STORM) == {"ada", "emmy"}
    assert lab.memory.accounts[WEATHER].grp_tres_mins["cpu"] == 60_000


def test_a_no_that_cannot_be_told_is_asked_again_and_carried_out_never(
    lab: MemorySite, project: str, weather: str
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("the marketplace is away")

    order = terminate(lab, weather, project)
    lab.join(project, "kurt")

    def change(world: World) -> World:
        return Approvals([NO])(instead_of("marketplace", reject_order=away)(world))

    cycle = lab.cycle(change)
    assert results(cycle) == {"approve order Terminate": "failed", f"add association {WEATHER}/kurt": "done"}
    assert lab.world.order(order)["state"] == "pending-provider"
    lab.clock.at += 11 * MINUTE
    lab.cycle(Approvals([NO]))
    assert lab.world.order(order)["state"] == "rejected"
    assert WEATHER in lab.memory.accounts


def test_an_order_the_marketplace_does_not_take_up_changes_nothing(lab: MemorySite, project: str, weather: str) -> None:
    def away(*_: object) -> None:
        raise Unavailable("the marketplace is away")

    before = slurm(lab)
    order = update(lab, weather, project)

    def change(world: World) -> World:
        return Approvals([YES])(instead_of("marketplace", approve_order=away)(world))

    assert results(lab.cycle(change)) == {"approve order Update": "failed"}
    assert slurm(lab) == before
    assert lab.world.order(order)["state"] == "pending-provider"


def test_with_manual_approval_an_order_waits_for_the_provider_and_is_then_carried_out(make_lab: MakeLab) -> None:
    lab = make_lab(approval="manual")
    order = lab.world.order_create(lab.project("Climate", "ada"), lab.offering, "storm", LESS)
    cycle = lab.cycle()
    assert cycle.plan.actions == ()
    assert "waits for its approval in the marketplace" in cycle.plan.notices[0]
    lab.world.approve_as_provider(order)
    lab.cycle()
    assert lab.world.order(order)["state"] == "done"
    assert lab.memory.users(STORM) == {"ada"}


def test_an_erred_order_that_is_tried_again_is_finished(make_lab: MakeLab) -> None:
    lab = make_lab()
    lab.memory.accounts[STORM] = Account(name=STORM, parent="root", organization="physics")
    resource = lab.order(lab.project("Climate", "ada"), "storm")
    lab.cycle()
    assert lab.order_states(resource) == [("Create", "erred")]
    del lab.memory.accounts[STORM]
    with lab.world_of() as (_, world):
        (erred,) = world.marketplace.erred_orders(lab.offering)
        assert "exists already and belongs to somebody else" in lab.world.order(erred.uuid)["error_traceback"]
        world.marketplace.set_order_executing(erred.uuid)
    lab.cycle()
    assert lab.order_states(resource) == [("Create", "done")]
    assert lab.account(resource) == STORM
    assert lab.memory.users(STORM) == {"ada"}
    assert lab.world.resource(resource)["state"] == "OK"


def test_an_order_that_slurm_cannot_hold_is_erred_with_both_texts_and_changes_nothing(make_lab: MakeLab) -> None:
    lab = make_lab()
    _, weather = lab.in_use()
    before = slurm(lab)
    order = lab.world.order_update(weather, {"cpu": 1000, "mem": 2**40})
    cycle = lab.cycle()
    assert results(cycle) == {"refuse order Update": "done"}
    row = lab.world.order(order)
    assert row["state"] == "erred"
    assert row["error_message"] == "This allocation cannot be changed: the limit of mem is larger than Slurm can hold."
    assert row["error_traceback"] == "the limit of mem is larger than Slurm can hold"
    assert slurm(lab) == before
