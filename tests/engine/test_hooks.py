"""The site's own commands: told once of each object, again only after a failure, and never in the way of a cycle."""

from dataclasses import replace

import pytest

from agent.core.model.cluster import Association
from agent.core.policy import Hooks
from agent.engine.hooks import BUDGET
from agent.engine.world import World
from tests.engine.conftest import MakeLab
from tests.fixtures.fuse import Fuse, Fused, Killed
from tests.fixtures.memory_people import HOOKS, Commands
from tests.fixtures.memory_site import MemorySite, all_of, only_reading

WEATHER = "climate-1-weather-1"
READY = ["resource ready weather", "user ready ada", "user ready emmy"]
HOUR = 3600.0


@pytest.fixture
def commands() -> Commands:
    return Commands()


def noted(lab: MemorySite) -> frozenset[str]:
    with lab.world_of() as (_, world):
        return world.journal.noted()


def test_each_object_is_told_once_over_many_cycles(lab: MemorySite, project: str, commands: Commands) -> None:
    lab.cycle(commands.run_in)
    assert sorted(commands.take()) == READY
    for _ in range(3):
        lab.clock.at += 7 * HOUR
        lab.cycle(commands.run_in)
    assert commands.take() == []
    lab.run(all_of(commands.run_in, only_reading))


def test_what_a_command_gets_to_know(lab: MemorySite, project: str, weather: str, commands: Commands) -> None:
    lab.cycle(commands.run_in)
    told = {str(event["event"]): event for event in commands.told if event.get("username") != "emmy"}
    resource = told["resource ready"]
    assert resource.keys() == {
        *("event", "offering", "resource", "name", "account"),
        *("project", "project_slug", "project_name", "customer_slug"),
    }
    assert (resource["resource"], resource["name"], resource["account"]) == (weather, "weather", WEATHER)
    assert (resource["project"], resource["project_slug"], resource["project_name"]) == (
        project,
        "climate-1",
        "Climate",
    )
    assert resource["customer_slug"]
    assert told["user ready"] == {
        "event": "user ready",
        "offering": lab.offering,
        "username": "ada",
        "uid": None,
        "user": lab.people["ada"],
        "account": WEATHER,
    }


def test_a_user_of_two_accounts_is_told_once(lab: MemorySite, project: str, commands: Commands) -> None:
    lab.cycle(commands.run_in)
    commands.take()
    lab.order(project, "storm")
    for _ in range(3):
        lab.cycle(commands.run_in)
    assert commands.take() == ["resource ready storm"]


def test_a_command_that_fails_is_run_again_less_and_less_often(lab: MemorySite, project: str) -> None:
    commands = Commands(hooks=Hooks(on_resource_ready=("ready",)), trouble="ended with 1: no space")
    cycle = lab.cycle(commands.run_in)
    assert "ready failed and is run again: ended with 1: no space" in cycle.notices[-1]
    commands.take()
    for wait in (60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 6 * HOUR, 6 * HOUR):
        lab.clock.at += wait - 1
        lab.cycle(commands.run_in)
        assert commands.take() == [], f"before {wait} s"
        lab.clock.at += 1
        lab.cycle(commands.run_in)
        assert commands.take() == ["resource ready weather"], f"after {wait} s"
    commands.trouble = ""
    lab.clock.at += 6 * HOUR
    lab.cycle(commands.run_in)
    assert commands.take() == ["resource ready weather"]
    lab.clock.at += 24 * HOUR
    assert lab.cycle(commands.run_in).notices == ()
    assert commands.take() == []


def test_one_command_that_fails_holds_up_no_other(lab: MemorySite, project: str) -> None:
    class Choosy(Commands):
        def run(self, command: tuple[str, ...], event: dict[str, object]) -> str:  # type: ignore[override]
            super().run(command, event)
            return "ended with 1" if event.get("username") == "ada" else ""

    commands = Choosy()
    lab.cycle(commands.run_in)
    assert sorted(commands.take()) == READY
    lab.clock.at += 60
    lab.cycle(commands.run_in)
    assert commands.take() == ["user ready ada"]


def test_a_failing_command_fails_no_action_and_delays_no_order(lab: MemorySite, project: str) -> None:
    commands = Commands(trouble="ended with 1")
    storm = lab.order(project, "storm")
    cycle = lab.cycle(commands.run_in)
    assert cycle.failures == ()
    assert lab.order_states(storm) == [("Create", "done")]


def test_a_removed_resource_is_told_once_and_a_restored_one_anew(make_lab: MakeLab) -> None:
    lab, commands = make_lab(on_terminate="disable"), Commands()
    lab.world.set_options(lab.offering, can_restore_resource=True)
    _, weather = lab.in_use()
    lab.cycle(commands.run_in)
    assert sorted(commands.take()) == READY
    lab.world.order_terminate(weather)
    lab.cycle(commands.run_in)
    assert commands.take() == ["resource removed weather"]
    lab.cycle(commands.run_in)
    assert commands.take() == []
    lab.world.order_restore(weather)
    for _ in range(3):
        lab.cycle(commands.run_in)
    assert commands.take() == ["resource ready weather"]
    lab.world.order_terminate(weather)
    lab.cycle(commands.run_in)
    lab.cycle(commands.run_in)
    assert commands.take() == ["resource removed weather"]


def test_a_restored_resource_is_told_anew_where_removals_have_no_command(make_lab: MakeLab) -> None:
    lab, commands = make_lab(on_terminate="disable"), Commands(hooks=Hooks(on_resource_ready=HOOKS.on_resource_ready))
    lab.world.set_options(lab.offering, can_restore_resource=True)
    _, weather = lab.in_use()
    lab.cycle(commands.run_in)
    lab.world.order_terminate(weather)
    lab.cycle(commands.run_in)
    assert commands.take() == READY[:1]
    lab.world.order_restore(weather)
    for _ in range(3):
        lab.cycle(commands.run_in)
    assert commands.take() == READY[:1]


def test_a_removal_is_noted_before_its_order_is_done(lab: MemorySite, weather: str, commands: Commands) -> None:
    """The process dies before the marketplace hears of the end: the command hears of it all the same, once."""
    lab.cycle(commands.run_in)
    commands.take()
    lab.world.order_terminate(weather)

    def dying(world: World) -> World:
        return replace(world, marketplace=Fused(world.marketplace, ["set_order_done"], Fuse(1)))

    with pytest.raises(Killed):
        lab.cycle(all_of(commands.run_in, dying))
    assert f"resource removed {weather}" in noted(lab)
    assert lab.order_states(weather)[-1] == ("Terminate", "executing")
    lab.cycle(commands.run_in)
    assert lab.order_states(weather)[-1] == ("Terminate", "done")
    assert commands.take() == ["resource removed weather"]


def test_a_resource_whose_account_still_waits_for_jobs_is_not_told_as_removed(
    lab: MemorySite, weather: str, commands: Commands
) -> None:
    lab.cycle(commands.run_in)
    commands.take()
    lab.world.order_terminate(weather)
    lab.memory.refuses = {WEATHER: "jobs are active"}
    lab.cycle(commands.run_in)
    assert commands.take() == []
    lab.memory.refuses = {}
    lab.cycle(commands.run_in)
    assert commands.take() == ["resource removed weather"]


def test_commands_end_with_their_budget_and_the_rest_is_told_by_the_next_cycle(lab: MemorySite, project: str) -> None:
    commands = Commands()
    for number in range(8):
        lab.join(project, f"user{number}")
    lab.cycle()
    commands.during = lambda: lab.clock.sleep(BUDGET / 3)
    lab.cycle(commands.run_in)
    first = commands.take()
    assert len(first) == 4, "one that began within the budget is run to its end"
    for _ in range(3):
        lab.cycle(commands.run_in)
    rest = commands.take()
    assert sorted([*first, *rest]) == sorted([*READY, *(f"user ready user{number}" for number in range(8))])


def test_a_stop_request_ends_the_commands_after_the_one_in_hand(lab: MemorySite, project: str) -> None:
    commands = Commands()
    stopped: list[bool] = []
    commands.during = lambda: stopped.append(True)
    lab.cycle(lambda world: replace(commands.run_in(world), stopping=lambda: bool(stopped)))
    first = commands.take()
    assert len(first) == 1
    lab.cycle(commands.run_in)
    assert sorted([*first, *commands.take()]) == READY


def test_a_cycle_that_is_told_to_stop_runs_none(lab: MemorySite, project: str, commands: Commands) -> None:
    lab.cycle(lambda world: replace(commands.run_in(world), stopping=lambda: True))
    assert (commands.take(), noted(lab)) == ([], frozenset())


def test_without_commands_nothing_is_noted(lab: MemorySite, weather: str) -> None:
    lab.world.order_terminate(weather)
    lab.cycle()
    lab.cycle()
    assert noted(lab) == frozenset()


@pytest.mark.parametrize(
    ("hooks", "expected"),
    [
        (Hooks(on_user_ready=HOOKS.on_user_ready), READY[1:]),
        (Hooks(on_resource_ready=HOOKS.on_resource_ready), READY[:1]),
        (Hooks(on_resource_removed=HOOKS.on_resource_removed), []),
    ],
)
def test_only_what_has_a_command_is_noted(lab: MemorySite, project: str, hooks: Hooks, expected: list[str]) -> None:
    commands = Commands(hooks=hooks)
    lab.cycle(commands.run_in)
    assert sorted(commands.take()) == expected
    assert len(noted(lab)) == len(expected)


def test_a_command_that_ran_right_before_a_crash_is_run_once_more(lab: MemorySite, project: str) -> None:
    commands = Commands(hooks=Hooks(on_resource_ready=("ready",)))

    def dying(world: World) -> World:
        return replace(commands.run_in(world), journal=Fused(world.journal, ["told_event"], Fuse(1)))

    with pytest.raises(Killed):
        lab.cycle(dying)
    for _ in range(2):
        lab.cycle(commands.run_in)
    assert commands.take() == ["resource ready weather"] * 2


def test_a_user_whom_an_administrator_added_is_none_of_the_commands(lab: MemorySite, project: str) -> None:
    commands = Commands()
    lab.memory.associations[WEATHER, "kurt"] = Association(account=WEATHER, user="kurt")
    lab.cycle(commands.run_in)
    assert "user ready kurt" not in commands.take()


def test_nobody_is_ready_before_the_association_is_there(lab: MemorySite, project: str, commands: Commands) -> None:
    lab.cycle(commands.run_in)
    commands.take()
    lab.join(project, "grace")
    lab.memory.refuses = {f"{WEATHER}/grace": "no such uid"}
    for _ in range(2):
        lab.cycle(commands.run_in)
    assert commands.take() == []
    lab.memory.refuses = {}
    for _ in range(2):
        lab.cycle(commands.run_in)
    assert commands.take() == ["user ready grace"]
