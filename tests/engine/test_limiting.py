"""Limits as they are ordered: what would kill waits until nothing runs, and what is set for a time is put back."""

from dataclasses import replace
from typing import Any

import pytest

from agent.core.model.cluster import Job
from agent.errors import Unavailable
from tests.engine.conftest import MakeLab
from tests.fixtures.memory_site import MemorySite, instead_of, results

WEATHER = "climate-1-weather-1"
USED = {"cpu": 50_000, "mem": 0}
LESS, MORE = {"cpu": 500, "mem": 4000}, {"cpu": 2000, "mem": 8000}
LESS_MINUTES = {"cpu": 30_000, "mem": 245_760_000}
MINUTES = {"cpu": 60_000, "mem": 245_760_000}
MORE_MINUTES = {"cpu": 120_000, "mem": 491_520_000}


def running(*numbers: int) -> list[Job]:
    return [Job(id=str(number), account=WEATHER, user="ada", running=True) for number in numbers]


def minutes(lab: MemorySite) -> Any:
    return lab.memory.accounts[WEATHER].grp_tres_mins


def report(lab: MemorySite, resource: str) -> str:
    sections = lab.world.resource(resource)["report"]
    return "".join(section["body"] for section in sections)


@pytest.fixture
def lowered(lab: MemorySite, weather: str) -> str:
    """An Update order below what weather used, while two jobs run."""
    lab.memory.used[WEATHER] = USED
    lab.memory.queue = running(1, 2)
    lab.world.order_update(weather, LESS)
    return weather


def test_a_raised_limit_is_set_and_its_order_is_done_in_one_cycle(lab: MemorySite, weather: str) -> None:
    lab.memory.used[WEATHER] = USED
    lab.memory.queue = running(1)
    lab.world.order_update(weather, MORE)
    assert set(results(lab.cycle()).values()) == {"done"}
    assert minutes(lab) == MORE_MINUTES
    assert lab.memory.killed == []
    assert lab.order_states(weather)[-1] == ("Update", "done")
    row = lab.world.resource(weather)
    assert (row["limits"], row["state"]) == (MORE, "OK")
    assert row["backend_metadata"]["GrpTRESMins"] == MORE_MINUTES
    assert lab.plan().empty


def test_a_limit_lowered_above_what_is_used_is_set_at_once(lab: MemorySite, weather: str) -> None:
    lab.memory.used[WEATHER] = {"cpu": 29_999}
    lab.memory.queue = running(1)
    lab.world.order_update(weather, LESS)
    lab.cycle()
    assert minutes(lab) == LESS_MINUTES
    assert lab.order_states(weather)[-1] == ("Update", "done")
    assert len(lab.memory.queue) == 1


def test_a_limit_below_what_is_used_waits_until_nothing_runs_and_kills_nothing(lab: MemorySite, lowered: str) -> None:
    for left in ([1, 2], [2]):
        lab.memory.queue = running(*left)
        cycle = lab.cycle()
        assert results(cycle)[f"set limits {WEATHER}"] == "waiting"
        assert results(cycle)["finish order Update"] == "waiting"
        assert (minutes(lab), lab.memory.accounts[WEATHER].grp_jobs) == (MINUTES, 0)
        assert lab.order_states(lowered)[-1] == ("Update", "executing")
    lab.memory.queue = []
    assert set(results(lab.cycle()).values()) == {"done"}
    assert (minutes(lab), lab.memory.accounts[WEATHER].grp_jobs) == (LESS_MINUTES, None)
    assert lab.memory.killed == []
    assert lab.order_states(lowered)[-1] == ("Update", "done")
    assert lab.plan().empty


def test_a_pause_that_comes_during_a_drain_is_lifted_without_a_trace(lab: MemorySite, lowered: str) -> None:
    lab.world.set_flags(lowered, paused=True)
    lab.cycle()
    lab.memory.queue = []
    lab.cycle()
    account = lab.memory.accounts[WEATHER]
    assert (minutes(lab), account.grp_jobs, account.grp_submit_jobs) == (LESS_MINUTES, 0, 0)
    lab.world.set_flags(lowered, paused=False)
    lab.cycle()
    account = lab.memory.accounts[WEATHER]
    assert (account.grp_jobs, account.grp_submit_jobs) == (None, None)
    assert lab.plan().empty


def test_the_plan_says_how_many_jobs_a_lower_limit_waits_for(lab: MemorySite, lowered: str) -> None:
    texts = [action.describe() for action in lab.plan().actions]
    assert f"set account {WEATHER}: GrpTRESMins cpu 60000 → 30000; 2 running job(s) finish first" in texts


def test_a_draining_account_is_written_down_before_it_is_stopped(lab: MemorySite, lowered: str) -> None:
    lab.memory.outage = "slurmdbd is away"
    lab.cycle()
    lab.memory.outage = ""
    with lab.world_of() as (_, world):
        assert world.journal.known(lab.clock.now()).replaced == {WEATHER: {"GrpJobs": ""}}
    lab.memory.queue = []
    lab.cycle()
    assert (minutes(lab), lab.memory.accounts[WEATHER].grp_jobs) == (LESS_MINUTES, None)
    with lab.world_of() as (_, world):
        assert world.journal.known(lab.clock.now()).replaced == {}


def test_the_customer_is_told_of_a_wait_once_and_of_its_end(lab: MemorySite, lowered: str) -> None:
    lab.cycle()
    assert "2 job(s) still run: 1, 2" in report(lab, lowered)
    lab.server.reset_counts()
    lab.cycle()
    assert [path for path in lab.posts() if "report" in path] == []
    lab.memory.queue = []
    lab.cycle()
    assert report(lab, lowered) == "The order (Update) is carried out."


def test_a_report_that_cannot_be_written_holds_nothing_up(lab: MemorySite, lowered: str) -> None:
    def away(*_: object) -> None:
        raise Unavailable("the marketplace is away")

    cycle = lab.cycle(instead_of("marketplace", submit_report=away))
    assert cycle.notices == (f"resource {lowered[:8]}: its report could not be written: the marketplace is away",)
    assert cycle.failures == ()
    lab.cycle()
    assert "still run" in report(lab, lowered)


def test_an_order_that_is_called_off_while_its_limit_waits_lets_jobs_start_again(lab: MemorySite, lowered: str) -> None:
    lab.cycle()
    order = lab.world.orders(lab.offering)[-1]["uuid"]
    with lab.world_of() as (_, world):
        world.marketplace.set_order_erred(order, "called off", "")
    cycle = lab.cycle()
    assert [one.action.describe() for one in cycle.outcomes] == [
        f"set account {WEATHER}: GrpJobs 0 → none (as it was before)"
    ]
    assert (minutes(lab), lab.memory.accounts[WEATHER].grp_jobs) == (MINUTES, None)
    assert lab.plan().empty


def test_what_is_used_falling_below_the_new_limit_ends_the_wait(lab: MemorySite, lowered: str) -> None:
    lab.cycle()
    lab.memory.used[WEATHER] = {"cpu": 10}
    lab.cycle()
    assert (minutes(lab), lab.memory.accounts[WEATHER].grp_jobs) == (LESS_MINUTES, None)
    assert len(lab.memory.queue) == 2


def test_a_number_of_jobs_somebody_had_set_is_back_after_the_wait(lab: MemorySite, lowered: str) -> None:
    before = lab.memory.accounts[WEATHER]
    lab.memory.accounts[WEATHER] = replace(before, grp_jobs=7)
    lab.cycle()
    assert lab.memory.accounts[WEATHER].grp_jobs == 0
    lab.memory.queue = []
    lab.cycle()
    assert (minutes(lab), lab.memory.accounts[WEATHER].grp_jobs) == (LESS_MINUTES, 7)


def test_where_the_settings_say_so_a_lower_limit_kills_and_the_plan_says_how_many(make_lab: MakeLab) -> None:
    lab = make_lab(on_lower_limit="apply")
    _, weather = lab.in_use()
    lab.memory.used[WEATHER], lab.memory.queue = USED, running(1, 2)
    lab.world.order_update(weather, LESS)
    texts = [action.describe() for action in lab.plan().actions]
    assert f"set account {WEATHER}: GrpTRESMins cpu 60000 → 30000; it kills 2 running job(s)" in texts
    lab.cycle()
    assert minutes(lab) == LESS_MINUTES
    assert [job.id for job in lab.memory.killed] == ["1", "2"]
    assert lab.order_states(weather)[-1] == ("Update", "done")


def test_a_limit_below_an_unknown_use_is_held_with_its_order(lab: MemorySite, lowered: str) -> None:
    def away(*_: object) -> None:
        raise Unavailable("slurmctld is away")

    cycle = lab.cycle(instead_of("cluster", counted=away))
    assert [item.action.key for item in cycle.plan.held] == [f"set limits {WEATHER}"]
    assert minutes(lab) == MINUTES
    assert lab.order_states(lowered)[-1] == ("Update", "pending-provider")


def test_a_refused_limit_leaves_its_order_executing_until_it_is_taken(lab: MemorySite, weather: str) -> None:
    lab.world.order_update(weather, MORE)
    lab.memory.refuses = {WEATHER: "no such TRES"}
    lab.cycle()
    assert lab.order_states(weather)[-1] == ("Update", "executing")
    assert lab.world.resource(weather)["limits"] != MORE
    lab.memory.refuses = {}
    lab.cycle()
    assert lab.order_states(weather)[-1] == ("Update", "done")
    assert minutes(lab) == MORE_MINUTES


def test_a_limit_that_is_not_kept_is_not_acknowledged(lab: MemorySite, weather: str) -> None:
    lab.world.order_update(weather, MORE)
    lab.memory.forgets = {WEATHER}
    cycle = lab.cycle()
    assert "is not in Slurm as it was ordered" in cycle.failures[-1].detail
    assert lab.order_states(weather)[-1] == ("Update", "executing")
    assert lab.world.resource(weather)["backend_metadata"]["GrpTRESMins"] == MINUTES
