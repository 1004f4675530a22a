"""The end of a resource and what comes after it: disabled, purged, restored; and what force means."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest

from agent.core.model.cluster import Job, Qos
from agent.engine.world import World
from tests.engine.conftest import MakeLab
from tests.fixtures.fuse import JOURNAL_WRITES, MARKETPLACE_WRITES, Fuse, Fused, Killed
from tests.fixtures.memory_cluster import nothing
from tests.fixtures.memory_site import MemorySite, results

WEATHER = "climate-1-weather-1"
DAY = 86_400.0
MINUTES = {"cpu": 60_000, "mem": 245_760_000}


def job(number: int, *, running: bool = True) -> Job:
    return Job(id=str(number), account=WEATHER, user="ada", running=running)


def today(lab: MemorySite) -> str:
    return f"{datetime.fromtimestamp(lab.clock.at, UTC):%Y-%m-%d}"


def restorable(lab: MemorySite) -> None:
    lab.world.set_options(lab.offering, can_restore_resource=True)


def disabled(make_lab: MakeLab, **settings: object) -> tuple[MemorySite, str, str]:
    """A site whose one resource was terminated and its account disabled: (site, project, resource)."""
    lab = make_lab(on_terminate="disable", **settings)
    restorable(lab)
    project, weather = lab.in_use()
    lab.world.order_terminate(weather)
    lab.cycle()
    return lab, project, weather


def remembered(lab: MemorySite) -> tuple[object, object]:
    with lab.world_of() as (_, world):
        known = world.journal.known(lab.clock.now())
    return known.replaced, known.blocked


def test_a_disabled_account_stays_with_its_day_and_nobody_in_it(make_lab: MakeLab) -> None:
    lab, _, weather = disabled(make_lab)
    account = lab.memory.accounts[WEATHER]
    assert account.description == f"waldur-{weather} (terminated {today(lab)}) climate weather"
    assert (account.grp_submit_jobs, account.grp_tres_mins) == (0, MINUTES)
    assert lab.memory.users(WEATHER) == set()
    assert lab.order_states(weather)[-1] == ("Terminate", "done")
    assert lab.plan().empty
    assert remembered(lab) == ({}, {})


def test_without_a_time_a_disabled_account_is_never_purged(make_lab: MakeLab) -> None:
    lab, _, _ = disabled(make_lab)
    lab.clock.at += 10_000 * DAY
    assert lab.plan().empty


def test_a_disabled_account_is_purged_when_its_time_is_over_and_not_before(make_lab: MakeLab) -> None:
    lab, _, _ = disabled(make_lab, purge_after="30d")
    midnight = lab.clock.at - lab.clock.at % DAY
    lab.clock.at = midnight + 30 * DAY - 1
    assert lab.plan().empty
    lab.clock.at += 1
    assert results(lab.cycle()) == {f"purge account {WEATHER}": "done"}
    assert WEATHER not in lab.memory.accounts
    assert lab.plan().empty


def test_the_name_of_a_purged_account_is_not_given_to_another(make_lab: MakeLab) -> None:
    lab, project, weather = disabled(make_lab, purge_after="1d", account_name="{{ project_slug }}")
    assert lab.account(weather) == "climate-1"
    lab.clock.at += 2 * DAY
    lab.cycle()
    assert set(lab.memory.accounts) == {"root"}
    again = lab.order(project, "weather")
    lab.cycle()
    assert lab.account(again) == "climate-1-2"


def test_a_disabled_account_waits_for_its_jobs_like_any_other(make_lab: MakeLab) -> None:
    lab = make_lab(on_terminate="disable")
    _, weather = lab.in_use()
    lab.memory.queue = [job(1), job(2, running=False)]
    lab.world.order_terminate(weather)
    lab.cycle()
    assert [one.id for one in lab.memory.queue] == ["1"]
    assert lab.order_states(weather)[-1] == ("Terminate", "executing")
    body = lab.world.resource(weather)["report"][0]["body"]
    assert body.startswith("The allocation takes no new jobs and ends once the running ones have finished: 1 job(s)")
    lab.memory.queue = []
    lab.cycle()
    assert lab.order_states(weather)[-1] == ("Terminate", "done")
    assert "(terminated " in lab.memory.accounts[WEATHER].description


def test_force_takes_the_account_away_at_once_with_its_jobs_even_where_accounts_are_kept(make_lab: MakeLab) -> None:
    lab = make_lab(on_terminate="disable")
    _, weather = lab.in_use()
    lab.memory.queue = [job(1)]
    lab.world.order_terminate(weather, force=True)
    lab.cycle()
    assert lab.memory.queue == []
    assert set(lab.memory.accounts) == {"root"}
    assert lab.order_states(weather)[-1] == ("Terminate", "done")


def test_a_restored_resource_has_its_disabled_account_back_as_it_was(make_lab: MakeLab) -> None:
    lab, project, weather = disabled(make_lab)
    lab.join(project, "kurt")
    lab.clock.at += 3 * DAY
    lab.world.order_restore(weather)
    cycle = lab.cycle()
    assert set(results(cycle).values()) == {"done"}
    account = lab.memory.accounts[WEATHER]
    assert (account.description, account.grp_submit_jobs) == (f"waldur-{weather} climate weather", None)
    assert account.grp_tres_mins == MINUTES
    assert lab.order_states(weather)[-1] == ("Restore", "done")
    assert lab.account(weather) == WEATHER
    lab.cycle()  # the marketplace shows nobody of a terminated resource
    assert lab.memory.users(WEATHER) == {"ada", "emmy", "kurt"}
    assert lab.plan().empty


def test_a_restored_resource_has_its_removed_account_made_again_under_its_name(make_lab: MakeLab) -> None:
    lab = make_lab()
    restorable(lab)
    _, weather = lab.in_use()
    lab.world.order_terminate(weather)
    lab.cycle()
    assert set(lab.memory.accounts) == {"root"}
    lab.world.order_restore(weather)
    lab.cycle()
    assert lab.memory.accounts[WEATHER].grp_tres_mins == MINUTES
    assert lab.order_states(weather)[-1] == ("Restore", "done")
    assert lab.world.resource(weather)["state"] == "OK"
    lab.cycle()
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}
    assert lab.plan().empty


def test_a_restore_that_nobody_approved_changes_nothing(make_lab: MakeLab) -> None:
    lab = make_lab(on_terminate="disable", approval="manual")
    restorable(lab)
    weather = lab.order(lab.project("Climate", "ada"), "weather")

    def approved() -> None:
        lab.world.approve_as_provider(lab.world.orders(lab.offering)[-1]["uuid"])
        lab.cycle()

    approved()
    lab.world.order_terminate(weather)
    approved()
    before = dict(lab.memory.accounts)
    assert f"(terminated {today(lab)})" in before[WEATHER].description
    order = lab.world.order_restore(weather)
    lab.cycle()
    assert (lab.memory.accounts, lab.memory.associations) == (before, {})
    assert lab.world.order(order)["state"] == "pending-provider"
    approved()
    assert lab.order_states(weather)[-1] == ("Restore", "done")


def test_a_termination_that_is_called_off_opens_the_account_again(lab: MemorySite, weather: str) -> None:
    lab.memory.accounts[WEATHER] = replace(lab.memory.accounts[WEATHER], grp_submit_jobs=50)
    usual, people = dict(lab.memory.accounts), dict(lab.memory.associations)
    lab.memory.queue = [job(1)]
    order = lab.world.order_terminate(weather)
    lab.cycle()
    assert lab.memory.accounts[WEATHER].grp_submit_jobs == 0
    with lab.world_of() as (_, world):
        world.marketplace.set_order_erred(order, "called off", "")
    lab.cycle()
    assert (lab.memory.accounts, lab.memory.associations) == (usual, people)
    assert remembered(lab) == ({}, {})


@pytest.mark.slow
@pytest.mark.parametrize("keeps", ["delete", "disable"])
def test_killed_at_any_instant_a_resource_ends_and_comes_back(make_lab: MakeLab, keeps: str) -> None:
    lab = make_lab(on_terminate=keeps)
    restorable(lab)
    _, weather = lab.in_use()
    for number in count(1):
        lab.clock.at += DAY  # or the guard would stop so many terminations
        ended = []
        for place, state in ((lab.world.order_terminate, "Terminated"), (lab.world.order_restore, "OK")):
            place(weather)
            fuse = Fuse(number)
            lab.memory.before = fuse.burn

            def change(world: World, fuse: Fuse = fuse) -> World:
                market = Fused(world.marketplace, MARKETPLACE_WRITES, fuse)
                return replace(world, marketplace=market, journal=Fused(world.journal, JOURNAL_WRITES, fuse))

            with suppress(Killed):
                lab.cycle(change)
                ended.append(state)
            lab.memory.before = nothing
            lab.cycle()
            lab.cycle()
            assert lab.world.resource(weather)["state"] == state, f"killed before effect {number}"
            there = {"ada", "emmy"} if state == "OK" else set()
            assert lab.memory.users(WEATHER) == there, f"killed before effect {number}"
        account = lab.memory.accounts[WEATHER]
        assert (account.grp_submit_jobs, account.description) == (None, f"waldur-{weather} climate weather")
        assert remembered(lab) == ({}, {}), f"killed before effect {number}"
        assert lab.plan().empty
        if len(ended) == 2:
            break
    assert number > 20


def test_on_a_qos_of_its_own_the_end_of_the_account_is_the_end_of_the_qos(make_lab: MakeLab) -> None:
    lab = make_lab(limits_on="qos")
    _, weather = lab.in_use()
    assert set(lab.memory.qos) == {"normal", WEATHER}
    lab.memory.qos["theirs"] = Qos(name="theirs", description="of physics")
    lab.world.order_terminate(weather)
    lab.cycle()
    lab.cycle()
    assert set(lab.memory.accounts) == {"root"}
    assert set(lab.memory.qos) == {"normal", "theirs"}
    assert lab.plan().empty


def test_every_end_is_in_the_history_as_somebodys_decision_and_an_absence_as_one(make_lab: MakeLab) -> None:
    lab, project, _ = disabled(make_lab, purge_after="1d")
    lab.order(project, "storm")
    lab.cycle()
    lab.leave(project, "ada")
    lab.clock.at += DAY
    lab.cycle(confirmed=True)
    with lab.world_of() as (_, world):
        found = world.journal.known(lab.clock.at - 1.0).removals
    assert {(one.key, one.by_order) for one in found} == {
        (f"disable account {WEATHER}", True),
        (f"purge account {WEATHER}", True),
        ("remove association climate-1-storm-1/ada", False),
    }
