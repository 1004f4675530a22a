"""Limits on a QOS of the account's own, and the count that begins anew with each period."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.core.model.cluster import Job, Qos
from agent.engine.world import World
from tests.engine.conftest import MakeLab
from tests.fixtures.memory_site import MemorySite, results

WEATHER, STORM = "climate-1-weather-1", "climate-1-storm-1"
MINUTES = {"cpu": 60_000, "mem": 245_760_000}
NOVEMBER = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()
DECEMBER = datetime(2026, 12, 1, 0, 5, tzinfo=UTC).timestamp()


@pytest.fixture
def lab(make_lab: MakeLab) -> MemorySite:
    made = make_lab(limits_on="qos")
    made.clock.at = NOVEMBER
    return made


def test_the_limits_stand_on_a_qos_that_never_decays_and_the_account_runs_in_it(lab: MemorySite, weather: str) -> None:
    qos, account = lab.memory.qos[WEATHER], lab.memory.accounts[WEATHER]
    assert (qos.grp_tres_mins, qos.flags) == (MINUTES, ("NoDecay",))
    assert (account.qos, account.default_qos, account.grp_tres_mins) == ((WEATHER,), WEATHER, {})
    assert lab.order_states(weather) == [("Create", "done")]
    metadata = lab.world.resource(weather)["backend_metadata"]
    assert (metadata["GrpTRESMins"], metadata["QOS"]) == (MINUTES, [WEATHER])
    assert lab.plan().empty


def test_another_amount_is_set_on_the_qos(lab: MemorySite, weather: str) -> None:
    lab.world.order_update(weather, {"cpu": 2000, "mem": 4000})
    cycle = lab.cycle()
    texts = [one.action.describe() for one in cycle.outcomes]
    assert f"set account {WEATHER}: in its QOS GrpTRESMins cpu 60000 → 120000" in texts
    assert lab.memory.qos[WEATHER].grp_tres_mins["cpu"] == 120_000
    assert lab.memory.accounts[WEATHER].grp_tres_mins == {}
    assert lab.order_states(weather)[-1] == ("Update", "done")
    assert lab.world.resource(weather)["backend_metadata"]["GrpTRESMins"]["cpu"] == 120_000


def test_what_the_qos_counts_decides_whether_a_lower_limit_waits(lab: MemorySite, weather: str) -> None:
    lab.memory.used[WEATHER] = {"cpu": 50_000}
    lab.memory.queue = [Job(id="1", account=WEATHER, user="ada", running=True)]
    lab.world.order_update(weather, {"cpu": 500, "mem": 4000})
    assert results(lab.cycle())[f"set limits {WEATHER}"] == "waiting"
    assert lab.memory.qos[WEATHER].grp_tres_mins == MINUTES
    assert lab.memory.accounts[WEATHER].grp_jobs == 0
    lab.memory.queue = []
    lab.cycle()
    assert lab.memory.killed == []
    assert lab.memory.qos[WEATHER].grp_tres_mins["cpu"] == 30_000
    assert lab.memory.accounts[WEATHER].grp_jobs is None


def test_a_qos_that_cannot_be_made_leaves_its_account_unmade_and_the_order_executing(
    lab: MemorySite, project: str
) -> None:
    resource = lab.order(project, "storm")
    theirs = Qos(name=STORM, description="of physics", grp_jobs=3)
    lab.memory.refuses = {STORM: "no more QOS"}
    cycle = lab.cycle()
    assert results(cycle)[f"add QOS {STORM}"] == "failed"
    assert STORM not in lab.memory.accounts
    assert lab.memory.users(STORM) == set()
    assert lab.order_states(resource) == [("Create", "executing")]
    assert lab.memory.qos.get(STORM) != theirs
    lab.memory.refuses = {}
    lab.cycle()
    assert lab.order_states(resource) == [("Create", "done")]
    assert lab.memory.users(STORM) == {"ada", "emmy"}


def test_limits_move_from_the_account_to_a_qos_when_the_settings_change(make_lab: MakeLab) -> None:
    lab = make_lab()
    lab.in_use()
    assert lab.memory.accounts[WEATHER].grp_tres_mins == MINUTES
    lab.settings.write_text(lab.settings.read_text().replace("job_grace", 'limits_on = "qos"\njob_grace'))
    lab.memory.refuses = {WEATHER: "no more QOS"}
    lab.cycle()
    assert lab.memory.accounts[WEATHER].grp_tres_mins == MINUTES, "without its QOS the account keeps its limits"
    lab.memory.refuses = {}
    lab.cycle()
    assert lab.memory.qos[WEATHER].grp_tres_mins == MINUTES
    assert (lab.memory.accounts[WEATHER].qos, lab.memory.accounts[WEATHER].grp_tres_mins) == ((WEATHER,), {})
    assert lab.plan().empty


def test_a_new_month_begins_the_count_anew_once(lab: MemorySite, weather: str) -> None:
    lab.cycle()
    lab.memory.used[WEATHER] = {"cpu": 59_000}
    assert lab.plan().empty
    lab.clock.at = DECEMBER
    cycle = lab.cycle()
    assert [one.action.describe() for one in cycle.outcomes] == [f"let QOS {WEATHER} count its usage anew for 2026-12"]
    assert lab.memory.used == {}
    for _ in range(3):
        lab.clock.at += 86_400
        lab.cycle()
    assert lab.memory.resets == [WEATHER]


def test_a_reset_that_fails_is_made_in_the_next_cycle(lab: MemorySite, weather: str) -> None:
    lab.cycle()
    lab.clock.at = DECEMBER
    lab.memory.outage = "slurmdbd is away"
    assert results(lab.cycle()) == {f"reset usage {WEATHER}": "failed"}
    lab.memory.outage = ""
    lab.cycle()
    lab.cycle()
    assert lab.memory.resets == [WEATHER]


def test_killed_between_a_reset_and_the_journal_it_is_made_once_more_and_then_no_more(
    lab: MemorySite, weather: str
) -> None:
    class Died(BaseException):
        pass

    def change(world: World) -> World:
        class Dying:
            def __getattr__(self, name: str) -> object:
                return getattr(world.journal, name)

            def remember_resets(self, *_: object) -> None:
                raise Died

        return replace(world, journal=Dying())  # type: ignore[arg-type]  # all but one call is the journal's

    lab.cycle()
    lab.clock.at = DECEMBER
    with suppress(Died):
        lab.cycle(change)
    assert lab.memory.resets == [WEATHER]
    for _ in range(3):
        lab.cycle()
    assert lab.memory.resets == [WEATHER, WEATHER]


def test_an_account_that_is_new_in_its_month_has_nothing_to_begin_anew(lab: MemorySite, project: str) -> None:
    lab.clock.at = DECEMBER
    lab.cycle()
    lab.order(project, "storm")
    for _ in range(3):
        lab.cycle()
    assert STORM not in lab.memory.resets
