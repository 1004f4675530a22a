"""Usage: what the accounting holds of this month is what the marketplace is told, by component and by user."""

import time
from decimal import Decimal

import pytest

from agent.core.usage.months import month_name, month_start
from tests.fixtures.site import Site

WEATHER = "climate-1-weather-1"


def started_within_the_month(seconds: float) -> float:
    """The start of a job of so many seconds that lies in this month: a new month is waited for, it is that rare."""
    now = time.time()
    while now - month_start(now) < seconds:
        time.sleep(1)
        now = time.time()
    return now - seconds


def month() -> str:
    return f"{month_name(time.time())}-01"


def run_jobs(lab: Site) -> None:
    """Ninety seconds: ada on 8 cores and 40 GiB of 1024 MiB each, twice; emmy on 16 cores with a GPU."""
    start = started_within_the_month(90)
    for _ in range(2):
        lab.cluster.record_job(WEATHER, "ada", start=start, end=start + 90, tres={"cpu": 8, "mem": 40_960, "node": 1})
    tres = {"cpu": 16, "mem": 0, "node": 1, "gres/gpu": 1}
    lab.cluster.record_job(WEATHER, "emmy", start=start, end=start + 90, tres=tres)


@pytest.mark.parametrize("dialect", ["2024", "2025"])
def test_usage_is_told_by_component_and_by_user(make_site, dialect) -> None:
    lab = make_site(dialect)
    resource = lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    lab.sync()
    lab.sync()
    run_jobs(lab)
    said = lab.sync()
    assert said.code == 0, said.text
    # cpu: (2 * 8 + 16) * 90 s = 2880 s = 0.80 h; mem: 2 * 40 GB * 90 s = 2.00 GB-h; gpu: 90 s = 0.025 h, half up
    told = lab.world.component_usages(resource)
    assert {kind: Decimal(used) for (_, kind), used in told.items()} == {
        "cpu": Decimal("0.80"),
        "mem": Decimal("2.00"),
        "gpu": Decimal("0.03"),
    }
    assert {period for period, _ in told} == {month()}
    by_user = lab.world.user_usages(resource)
    assert {(kind, user): Decimal(used) for (_, kind, user), used in by_user.items()} == {
        ("cpu", "ada"): Decimal("0.40"),
        ("mem", "ada"): Decimal("2.00"),
        ("cpu", "emmy"): Decimal("0.40"),
        ("gpu", "emmy"): Decimal("0.03"),
    }


def test_unchanged_usage_is_not_told_again(climate: tuple[Site, str, str]) -> None:
    lab, _, _ = climate
    run_jobs(lab)
    lab.counted()
    cost, _, usage = lab.counted()
    assert usage.report is not None
    assert (usage.report.resources, usage.report.changed) == (1, 0)
    assert lab.posts() == []
    assert cost.writes == 0


def test_the_last_usage_is_told_before_a_termination_is_done(climate: tuple[Site, str, str]) -> None:
    lab, _, resource = climate
    run_jobs(lab)
    lab.world.order_terminate(resource)
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.world.resource(resource)["state"] == "Terminated"
    assert Decimal(lab.world.component_usages(resource)[month(), "cpu"]) == Decimal("0.80")
    told = [n for n, path in enumerate(lab.posts()) if "usage" in path]
    ended = [n for n, path in enumerate(lab.posts()) if path.endswith("set_state_done/")]
    assert max(told) < ended[-1]


def test_the_history_of_a_terminated_allocation_is_not_charged_to_a_new_one(climate: tuple[Site, str, str]) -> None:
    lab, project, resource = climate
    run_jobs(lab)
    lab.world.order_terminate(resource)
    lab.sync()
    again = lab.order(project, "weather")
    lab.sync()
    assert lab.account(again) != WEATHER
    assert set(lab.world.component_usages(again).values()) <= {"0.00"}
