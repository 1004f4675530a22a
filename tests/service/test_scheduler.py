import threading
import time
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs

from agent.errors import Held, Stopped
from agent.service import scheduler
from agent.service.heartbeat import Heartbeat
from agent.service.lanes import Lane
from agent.service.metrics import Metrics

Run = Callable[..., Metrics]


@pytest.fixture
def events() -> Iterator[list[MutableMapping[str, Any]]]:
    with capture_logs() as captured:
        yield captured


@pytest.fixture
def run(events: list[MutableMapping[str, Any]]) -> Iterator[Run]:
    stop = threading.Event()
    started = []

    def begin(lanes: Sequence[Lane]) -> Metrics:
        metrics = Metrics("test")
        started.append(scheduler.start(lanes, metrics, Heartbeat(lanes), stop))
        return metrics

    yield begin
    stop.set()
    for one in started:
        one.shutdown()


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_every_lane_runs_at_once_although_its_period_is_long(run: Run) -> None:
    ran = threading.Barrier(3, timeout=10)
    run([Lane("converge", 3600, ran.wait), Lane("usage", 3600, ran.wait)])
    ran.wait()


def test_a_slow_lane_does_not_delay_the_other_and_never_overlaps_itself(
    run: Run, events: list[MutableMapping[str, Any]]
) -> None:
    leave = threading.Event()
    runs = {"slow": 0, "quick": 0}
    plenty = threading.Event()

    def slow() -> None:
        runs["slow"] += 1
        leave.wait(10)

    def quick() -> None:
        runs["quick"] += 1
        if runs["quick"] == 5:
            plenty.set()

    run([Lane("slow", 0.05, slow), Lane("quick", 0.05, quick)])
    assert plenty.wait(10)
    assert runs["slow"] == 1
    leave.set()
    assert {event["lane"] for event in events if event["event"] == "lane still running"} == {"slow"}


def test_an_error_raised_on_purpose_is_logged_with_its_text_and_no_traceback() -> None:
    def held() -> None:
        raise Held("3 removals are held; look at `agent plan`")

    lane, metrics = Lane("converge", 60, held), Metrics("test")
    with capture_logs() as events:
        scheduler.attempt(lane, metrics, Heartbeat([lane]), threading.Event())
    assert [(event["event"], event["error"], event["reason"]) for event in events] == [
        ("lane failed", "Held", "3 removals are held; look at `agent plan`")
    ]
    assert "exc_info" not in events[0]
    assert value(metrics, "agent_lane_failures_total", lane="converge", error="Held") == 1
    assert metrics.last_success("converge") is None


def test_a_defect_is_logged_with_its_traceback_and_asks_to_be_reported() -> None:
    def defect() -> None:
        raise ZeroDivisionError("division by zero")

    lane, metrics = Lane("usage", 60, defect), Metrics("test")
    with capture_logs() as events:
        scheduler.attempt(lane, metrics, Heartbeat([lane]), threading.Event())
    assert isinstance(events[0]["exc_info"], ZeroDivisionError)
    assert "report" in events[0]["remedy"]
    assert value(metrics, "agent_lane_failures_total", lane="usage", error="ZeroDivisionError") == 1


@pytest.mark.usefixtures("events")
def test_a_success_leaves_its_time_and_its_duration() -> None:
    lane, metrics = Lane("usage", 60, lambda: time.sleep(0.05)), Metrics("test")
    scheduler.attempt(lane, metrics, Heartbeat([lane]), threading.Event())
    assert metrics.last_success("usage") == pytest.approx(time.time(), abs=5)
    duration = value(metrics, "agent_lane_duration_seconds", lane="usage")
    assert duration is not None
    assert 0.05 <= duration < 5


def test_a_lane_whose_turn_comes_after_the_stop_is_not_begun() -> None:
    def never() -> None:
        pytest.fail("begun after the stop")

    lane, metrics, stop = Lane("usage", 60, never), Metrics("test"), threading.Event()
    stop.set()
    heartbeat = Heartbeat([lane])
    scheduler.attempt(lane, metrics, heartbeat, stop)
    assert heartbeat.status() == "usage: waiting"
    assert value(metrics, "agent_lane_duration_seconds", lane="usage") is None


def test_a_lane_that_exits_does_not_stay_in_running() -> None:
    def leave() -> None:
        raise SystemExit(3)

    lane = Lane("usage", 60, leave)
    heartbeat = Heartbeat([lane])
    with pytest.raises(SystemExit):
        scheduler.attempt(lane, Metrics("test"), heartbeat, threading.Event())
    assert heartbeat.status() == "usage: failed"


def test_a_lane_that_was_told_to_stop_has_not_failed(run: Run, events: list[MutableMapping[str, Any]]) -> None:
    ended = threading.Event()

    def waits() -> None:
        ended.set()
        raise Stopped("the agent was told to stop while it waited")

    metrics = run([Lane("converge", 3600, waits)])
    ended.wait(10)
    end = time.monotonic() + 10
    while not [one for one in events if one["event"] == "lane stopped"] and time.monotonic() < end:
        time.sleep(0.02)
    (told,) = [one for one in events if one["event"].startswith("lane ")]
    assert (told["event"], told["log_level"]) == ("lane stopped", "info")
    assert told["reason"] == "the agent was told to stop while it waited"
    assert value(metrics, "agent_lane_failures_total", lane="converge", error="Stopped") is None
    assert value(metrics, "agent_lane_last_success_timestamp_seconds", lane="converge") is None
