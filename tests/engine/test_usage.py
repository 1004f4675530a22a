"""The usage lane: this month's figures, told once, each resource on its own."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from agent.core.model.cluster import UsageRow
from agent.core.snapshot import Complete, Missing, Partial, value_or
from agent.engine.usage import UsageReport, read_billed, report_usage
from agent.errors import Unavailable
from tests.fixtures.memory_site import Change, MemorySite, unchanged

WEATHER, STORM = "climate-1-weather-1", "climate-1-storm-1"


def used(hours: int, user: str = "ada", account: str = WEATHER) -> UsageRow:
    return UsageRow(account=account, user=user, tres_seconds={"cpu": hours * 3600})


def report(lab: MemorySite, change: Change = unchanged) -> UsageReport:
    with lab.world_of(change) as (_, world):
        return report_usage(world, read_billed(world, world.policies))


def told(lab: MemorySite, resource: str, component: str = "cpu") -> Decimal:
    return next(
        Decimal(value) for (_, name), value in lab.world.component_usages(resource).items() if name == component
    )


def test_figures_that_did_not_change_are_told_once(lab: MemorySite, weather: str) -> None:
    lab.memory.rows = [used(3)]
    assert report(lab).changed == 1
    assert told(lab, weather) == 3
    lab.server.reset_counts()
    assert report(lab).changed == 0
    assert lab.posts() == []
    lab.memory.rows = [used(4)]
    assert report(lab).changed == 1
    assert told(lab, weather) == 4


def test_a_figure_that_fell_is_kept_and_shown(lab: MemorySite, weather: str) -> None:
    lab.memory.rows = [used(5), used(5, "emmy")]
    report(lab)
    lab.memory.rows = [used(2), used(5, "emmy")]
    fallen = report(lab)
    assert {(account, fell.user, fell.told, fell.now) for account, fell in fallen.unsent} == {
        (WEATHER, "", Decimal("10.00"), Decimal("7.00")),
        (WEATHER, "ada", Decimal("5.00"), Decimal("2.00")),
    }
    assert told(lab, weather) == 10


def test_one_resource_that_cannot_be_told_does_not_hold_the_others(lab: MemorySite, project: str, weather: str) -> None:
    storm = lab.order(project, "storm")
    lab.run()
    lab.memory.rows = [used(1), used(2, account=STORM)]

    class Failing:
        def __init__(self, real: Any) -> None:
            self.real = real

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

        def set_usage(self, resource: str, amounts: Any, at: float) -> None:
            if resource == weather:
                raise Unavailable("the marketplace is away")
            self.real.set_usage(resource, amounts, at)

    done = report(lab, lambda world: replace(world, marketplace=Failing(world.marketplace)))
    assert done.failed == {weather: "the marketplace is away"}
    assert told(lab, storm) == 2
    assert report(lab).failed == {}
    assert told(lab, weather) == 1


def test_a_month_that_ends_meanwhile_gets_nothing_more_booked(lab: MemorySite, weather: str) -> None:
    lab.memory.rows = [used(9)]

    class Midnight:
        """A second before the new month at the first look, a second into it at every other."""

        def __init__(self, at: float) -> None:
            self.at = at

        def now(self) -> float:
            self.at += 1
            return self.at - 1

        def sleep(self, seconds: float) -> None:
            raise AssertionError("nothing to wait for")

    last_second = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC).timestamp()
    done = report(lab, lambda world: replace(world, clock=Midnight(last_second)))
    assert done.month == "2026-11"
    assert "the month 2026-11 ended while its usage was told" in done.failed[weather]
    assert not any(Decimal(value) for value in lab.world.component_usages(weather).values())


def test_usage_of_nobodys_account_is_not_told(lab: MemorySite, weather: str) -> None:
    lab.memory.rows = [used(9, account="physics")]
    done = report(lab)
    assert (done.resources, done.changed) == (1, 0)


def test_a_resource_that_a_doubtful_list_leaves_out_is_not_forgotten_in_silence(
    lab: MemorySite, project: str, weather: str
) -> None:
    storm = lab.order(project, "storm")
    lab.run()
    lab.memory.rows = [used(1), used(2, account=STORM)]
    with lab.world_of() as (_, world):
        (whole,) = read_billed(world, world.policies)
        listed = tuple(one for one in value_or(whole.resources, ()) if one.uuid == weather)
        doubtful = replace(whole, resources=Partial(listed, "a page is gone"))
        done = report_usage(world, [doubtful])
        assert report_usage(world, [replace(whole, resources=Complete(listed))]).failed == {}
    assert (done.failed, done.outage) == ({storm: "a page is gone"}, "a page is gone")
    assert done.notices == ["offering HPC 1: no usage of 1 resource(s) was told: a page is gone"]
    assert told(lab, weather) == 1


def test_a_resource_whose_account_a_doubtful_reading_leaves_out_is_told_of(lab: MemorySite, weather: str) -> None:
    lab.memory.rows = [used(9)]
    seen = lab.memory.observe()
    doubtful = replace(seen, accounts=Partial({}, "sacctmgr was cut off"))
    lab.memory.observe_accounting = lambda: doubtful  # type: ignore[method-assign]
    done = report(lab)
    assert (done.failed, done.outage) == ({weather: "sacctmgr was cut off"}, "sacctmgr was cut off")


def test_a_doubtful_list_that_hides_nothing_is_no_outage(lab: MemorySite, weather: str) -> None:
    lab.memory.rows = [used(9)]
    seen = lab.memory.observe()
    doubtful = replace(seen, accounts=Partial(value_or(seen.accounts, {}), "a row of somebody else's"))
    lab.memory.observe_accounting = lambda: doubtful  # type: ignore[method-assign]
    done = report(lab)
    assert (done.failed, done.outage, done.notices, done.changed) == ({}, "", [], 1)


def test_without_slurms_accounts_nothing_is_told(lab: MemorySite, weather: str) -> None:
    lab.memory.rows = [used(9)]
    seen = replace(lab.memory.observe(), accounts=Missing("slurmdbd is away"))
    lab.memory.observe_accounting = lambda: seen  # type: ignore[method-assign]
    with pytest.raises(Unavailable, match="no usage was reported: slurmdbd is away"):
        report(lab)
