"""The two lanes: what they do, what they log of it, and when they count as failed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from agent.core.model.cluster import UsageRow
from agent.core.model.marketplace import Order, OrderState, OrderType
from agent.core.snapshot import Complete, Partial
from agent.engine.world import World
from agent.errors import NotConverged, Unavailable
from agent.service.lanes import Lane
from agent.service.metrics import Metrics
from agent.service.plan_told import plan_told
from agent.service.work import lanes
from tests.fixtures.memory_people import Commands
from tests.fixtures.memory_site import MemorySite, memory_site, unchanged
from tests.fixtures.outages import SLURM_AWAY, slurm_goes_away

WEATHER = "climate-1-weather-1"
Events = list[Any]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[MemorySite]:
    with memory_site(tmp_path, tables={"marketplace": {"deadline": 1}}) as made:
        yield made


@pytest.fixture
def project(lab: MemorySite) -> str:
    """The project of ada and emmy, whose allocation weather is in use."""
    climate = lab.project("Climate", "ada", "emmy")
    lab.order(climate, "weather")
    lab.run()
    return climate


@contextmanager
def lanes_of(lab: MemorySite, **hooks: Any) -> Iterator[tuple[Lane, Lane]]:
    """The converge and the usage lane, with everything that their agent would have in the daemon."""

    def change(world: World) -> World:
        return replace(world, **hooks)

    with lab.world_of(change) as (agent, world):
        agent.world = world
        yield lanes(agent)


def converge(lab: MemorySite, **hooks: Any) -> Events:
    """One run of the converge lane; gives its events."""
    with lanes_of(lab, **hooks) as (lane, _), capture_logs() as events:
        lane.run()
    return events


def usage(lab: MemorySite) -> Events:
    """One run of the usage lane."""
    with lanes_of(lab) as (_, lane), capture_logs() as events:
        lane.run()
    return events


def named(events: Events, name: str) -> Events:
    return [event for event in events if event["event"] == name]


def test_the_lanes_have_the_periods_of_the_settings(tmp_path: Path) -> None:
    with (
        memory_site(tmp_path, tables={"daemon": {"converge_every": 7, "usage_every": 11}}) as lab,
        lanes_of(lab) as two,
    ):
        assert [(lane.name, lane.every) for lane in two] == [("converge", 7.0), ("usage", 11.0)]


def test_a_cycle_logs_each_action_and_its_numbers_under_one_plan(lab: MemorySite) -> None:
    lab.order(lab.project("Climate", "ada"), "weather")
    events = converge(lab)
    done = named(events, "action done")
    assert [event["action"].split(" ")[0] for event in done] == ["approve", "create", "add", "finish"]
    assert {event["offering"] for event in done} == {lab.offering}
    (finished,) = named(events, "cycle finished")
    assert (finished["done"], finished["failed"], finished["held"]) == (4, 0, 0)
    assert {(event["cycle"], event["plan"]) for event in events} == {(finished["cycle"], finished["plan"])}


def test_what_is_held_is_logged_with_its_reason_since_when_and_its_release(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    converge(lab)
    (event,) = named(converge(lab), "action held")
    assert event["action"] == f"remove association {WEATHER}/ada"
    assert event["reason"].startswith("missing for 0 min; goes when still missing after 30 min")
    assert event["since"].endswith(" UTC")
    assert event["release"] == lab.plan().held_checksum
    assert event["log_level"] == "warning"


def test_a_held_action_is_no_failure_of_the_lane_but_a_refused_one_is(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    converge(lab)
    lab.join(project, "kurt")
    lab.memory.refuses = {f"{WEATHER}/kurt": "no such Unix user"}
    with pytest.raises(NotConverged, match=rf"1 action\(s\) failed; the first: .*{WEATHER}/kurt: no such Unix user"):
        converge(lab)


def test_an_outage_fails_the_lane_with_its_reason_after_the_rest_was_done(lab: MemorySite, project: str) -> None:
    lab.server.faults.add("status", "marketplace-offering-users/", value=500)
    ocean = lab.order(project, "ocean")
    with pytest.raises(Unavailable, match="marketplace-offering-users"):
        converge(lab)
    assert lab.order_states(ocean) == [("Create", "done")]


def test_every_open_order_is_counted_also_one_that_waits_for_a_held_action(lab: MemorySite, project: str) -> None:
    metrics = Metrics("test")
    lab.world.order_terminate(lab.world.resources(lab.offering)[0]["uuid"])
    lab.order(project, "ocean")
    few = replace(lab_guard(lab), terminations_floor=0, terminations_share=0.0)
    converge(lab, on_plan=plan_told(metrics), guard=few)
    converge(lab, on_plan=plan_told(metrics), guard=few)
    assert metrics.registry.get_sample_value("agent_orders", {"state": "pending-provider"}) == 1
    (held,) = metrics.held_descriptions()
    assert held.startswith(f"remove account {WEATHER} and its 2 user(s)")
    assert "terminations of this offering in a day is over 0" in held


def test_a_command_that_fails_is_counted_until_it_has_taken_the_event(lab: MemorySite, project: str) -> None:
    metrics, commands = Metrics("test"), Commands(trouble="exit 1")
    for trouble, failed in (("exit 1", 3), ("", 0)):
        commands.trouble = trouble
        lab.clock.at += 7 * 3600
        with lab.world_of(commands.run_in) as (agent, world):
            agent.world = world
            lanes(agent, metrics)[0].run()
        assert metrics.registry.get_sample_value("agent_failed_commands") == failed


def test_an_event_of_a_command_that_was_taken_out_of_the_settings_is_no_failure(lab: MemorySite, project: str) -> None:
    metrics, failing = Metrics("test"), Commands(trouble="exit 1")
    for change, failed in ((failing.run_in, 3), (unchanged, 0)):
        with lab.world_of(change) as (agent, world):
            agent.world = world
            lanes(agent, metrics)[0].run()
        assert metrics.registry.get_sample_value("agent_failed_commands") == failed


def test_an_outage_ends_no_order_and_lets_nothing_go(lab: MemorySite, project: str) -> None:
    metrics = Metrics("test")
    lab.leave(project, "ada")
    lab.order(project, "ocean")
    with lanes_of(lab, on_plan=plan_told(metrics), stopping=lambda: True) as (lane, _):
        lane.run()
    placed = metrics.registry.get_sample_value("agent_oldest_order_timestamp_seconds", {"state": "pending-provider"})
    assert placed is not None
    assert len(metrics.held_descriptions()) == 1
    lab.server.faults.add("status", "marketplace-orders/", value=500)
    with pytest.raises(Unavailable):
        converge(lab, on_plan=plan_told(metrics))
    assert metrics.registry.get_sample_value("agent_orders", {"state": "pending-provider"}) == 1
    assert len(metrics.held_descriptions()) == 1
    part = {"offering": lab.offering, "section": "orders"}
    assert metrics.registry.get_sample_value("agent_incomplete_reads", part) == 1
    lab.server.faults.clear()
    converge(lab, on_plan=plan_told(metrics))
    assert metrics.registry.get_sample_value("agent_incomplete_reads", part) == 0


def test_a_doubt_at_one_offering_keeps_nothing_of_another_held(tmp_path: Path) -> None:
    with memory_site(tmp_path, sells=2, tables={"marketplace": {"deadline": 1}}) as lab:
        climate = lab.project("Climate", "ada", "emmy")
        lab.order(climate, "weather")
        lab.world.order_create(climate, lab.offerings[1], "storm", {"cpu": 60})
        lab.run()
        lab.leave(climate, "ada")
        metrics = Metrics("test")
        told = plan_told(metrics)
        cycle = lab.cycle()
        told(cycle.observed, cycle.plan)
        assert len(metrics.held_descriptions()) == 2
        one = cycle.observed.offerings[lab.offering]
        doubtful = {**cycle.observed.offerings, lab.offering: replace(one, teams=Partial((), "a row"))}
        told(replace(cycle.observed, offerings=doubtful), replace(cycle.plan, held=()))
        (held,) = metrics.held_descriptions()
        assert "weather" in held
        told(cycle.observed, replace(cycle.plan, held=()))
        assert metrics.held_descriptions() == ()


def test_the_oldest_order_is_that_which_was_placed_first(lab: MemorySite, project: str) -> None:
    metrics = Metrics("test")
    orders = [
        Order(uuid=str(n), type=OrderType.CREATE, state=OrderState.EXECUTING, resource_uuid="", created=at)
        for n, at in enumerate((3000.0, 1000.0, 2000.0))
    ]
    observed = lab.cycle().observed
    offering = replace(observed.offerings[lab.offering], orders=Complete(tuple(orders)))
    plan_told(metrics)(replace(observed, offerings={lab.offering: offering}), lab.plan())
    assert metrics.registry.get_sample_value("agent_oldest_order_timestamp_seconds", {"state": "executing"}) == 1000


def test_who_waits_for_a_name_is_counted_once_however_many_accounts_wait(lab: MemorySite, project: str) -> None:
    metrics = Metrics("test")
    lab.world.put_user(lab.offering, lab.people["ada"], "OK")
    lab.join(project, "kurt")
    lab.order(project, "ocean")
    lab.cycle()
    lab.cycle()
    lab.world.rename_user(lab.offering, lab.people["kurt"], "KURT")
    with lab.world_of() as (agent, _):
        agent.journal.release_username("kurt", agent.world.clock.now())
    converge(lab, on_plan=plan_told(metrics))
    assert metrics.registry.get_sample_value("agent_waiting_users") == 1


def lab_guard(lab: MemorySite) -> Any:
    with lab.world_of() as (_, world):
        return world.guard


def test_usage_is_told_and_its_month_and_numbers_are_logged(lab: MemorySite, project: str) -> None:
    lab.memory.rows = [UsageRow(account=WEATHER, user="ada", tres_seconds={"cpu": 7200})]
    (event,) = named(usage(lab), "usage told")
    assert (event["resources"], event["changed"]) == (1, 1)
    (event,) = named(usage(lab), "usage told")
    assert (event["resources"], event["changed"]) == (1, 0)


def test_usage_that_fell_is_a_warning_with_both_figures(lab: MemorySite, project: str) -> None:
    for seconds in (7200, 3600):
        lab.memory.rows = [UsageRow(account=WEATHER, user="ada", tres_seconds={"cpu": seconds})]
        events = named(usage(lab), "usage fell")
    assert {(event["user"], str(event["told"]), str(event["now"])) for event in events} == {
        ("", "2.00", "1.00"),
        ("ada", "2.00", "1.00"),
    }


def test_usage_that_cannot_be_told_fails_the_usage_lane_and_not_the_other(lab: MemorySite, project: str) -> None:
    lab.memory.rows = [UsageRow(account=WEATHER, user="ada", tres_seconds={"cpu": 7200})]
    lab.server.faults.add("status", "set_usage/", method="POST", value=500)
    with pytest.raises(NotConverged, match=r"usage of 1 resource\(s\) was not told"):
        usage(lab)
    assert named(converge(lab), "cycle finished")


def test_an_outage_of_slurm_fails_the_usage_lane_as_one(lab: MemorySite, project: str) -> None:
    slurm_goes_away(lab.memory)
    lab.memory.observe_accounting = lab.memory.observe  # type: ignore[method-assign]
    with pytest.raises(Unavailable, match=SLURM_AWAY):
        usage(lab)


def test_an_outage_of_the_marketplace_fails_the_usage_lane_as_one(lab: MemorySite, project: str) -> None:
    lab.server.faults.add("status", "marketplace-provider-resources/", value=500)
    with pytest.raises(Unavailable, match="marketplace-provider-resources"):
        usage(lab)


def test_a_stop_tells_no_further_usage_and_is_no_failure(lab: MemorySite, project: str) -> None:
    lab.memory.rows = [UsageRow(account=WEATHER, user="ada", tres_seconds={"cpu": 7200})]
    lab.server.reset_counts()
    with lanes_of(lab, stopping=lambda: True) as (_, lane), capture_logs() as events:
        lane.run()
    assert lab.posts() == []
    assert named(events, "usage told")[0]["changed"] == 0
    assert named(usage(lab), "usage told")[0]["changed"] == 1
