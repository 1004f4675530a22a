from hypothesis import given
from hypothesis import strategies as st

from agent.service.health import complaints, page
from agent.service.lanes import Lane
from agent.service.metrics import Metrics

LANES = [Lane("converge", 120, lambda: None), Lane("usage", 1800, lambda: None)]
NOW = 1_800_000_000.0


def metrics_with(**ages: float) -> Metrics:
    metrics = Metrics("0.9")
    for lane, age in ages.items():
        metrics.lane_finished(lane, 1.0, NOW - age)
    return metrics


def test_a_lane_that_has_never_succeeded_is_a_complaint() -> None:
    assert complaints(LANES, metrics_with(converge=5), NOW) == (
        'lane usage has not succeeded since the agent started; see the log event "lane failed" for the reason',
    )


def test_three_periods_are_well_and_a_second_more_is_not() -> None:
    assert complaints(LANES, metrics_with(converge=360, usage=5400), NOW) == ()
    late = complaints(LANES, metrics_with(converge=361, usage=5400), NOW)
    assert len(late) == 1
    assert late[0].startswith("lane converge last succeeded 361 s ago, which is over 3 periods of 120 s")


@given(converge=st.floats(0, 1e6), usage=st.floats(0, 1e6))
def test_there_is_one_complaint_for_each_late_lane(converge: float, usage: float) -> None:
    late = (NOW - (NOW - converge) > 360) + (NOW - (NOW - usage) > 5400)
    assert len(complaints(LANES, metrics_with(converge=converge, usage=usage), NOW)) == late


def test_the_page_shows_version_lanes_and_why_something_is_held() -> None:
    metrics = metrics_with(converge=12)
    metrics.held(["remove bob from proj1: over budget, since 2 h"])
    assert page(LANES, metrics, NOW).splitlines() == [
        "slurm-site-agent 0.9",
        "lane converge: last success 2027-01-15T07:59:48+00:00 (12 s ago)",
        "lane usage: no success yet",
        "held actions: 1",
        "  remove bob from proj1: over budget, since 2 h",
    ]
