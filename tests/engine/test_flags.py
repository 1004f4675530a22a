"""Paused, downscaled and restricted resources, and back again exactly as it was before."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from agent.core.model.cluster import Account, Association, Job, Qos
from agent.engine.world import World
from tests.engine.conftest import MakeLab
from tests.fixtures.fuse import JOURNAL_WRITES, MARKETPLACE_WRITES, Fuse, Fused, Killed
from tests.fixtures.memory_cluster import nothing
from tests.fixtures.memory_site import Change, MemorySite, results

WEATHER = "climate-1-weather-1"


def job(number: int, user: str = "ada") -> Job:
    return Job(id=str(number), account=WEATHER, user=user, running=True)


def blocks(lab: MemorySite) -> tuple[int | None, int | None]:
    account = lab.memory.accounts[WEATHER]
    return account.grp_jobs, account.grp_submit_jobs


def remembered(lab: MemorySite) -> tuple[Any, Any, Any]:
    """What the journal means to put back."""
    with lab.world_of() as (_, world):
        known = world.journal.known(lab.clock.now())
    return known.replaced, known.aside, known.blocked


@contextmanager
def dying_at(lab: MemorySite, number: int) -> Iterator[Change]:
    """A change of the world that ends it before its n-th effect."""
    fuse = Fuse(number)
    lab.memory.before = fuse.burn

    def change(world: World) -> World:
        return replace(
            world,
            marketplace=Fused(world.marketplace, MARKETPLACE_WRITES, fuse),
            journal=Fused(world.journal, JOURNAL_WRITES, fuse),
        )

    try:
        yield change
    finally:
        lab.memory.before = nothing


def test_a_paused_resource_starts_nothing_and_takes_nothing_in_and_kills_nothing(lab: MemorySite, weather: str) -> None:
    lab.memory.queue = [job(1)]
    before = dict(lab.memory.accounts)
    lab.world.set_flags(weather, paused=True)
    cycle = lab.cycle()
    assert [one.action.describe() for one in cycle.outcomes] == [
        f"set account {WEATHER}: GrpJobs none → 0, GrpSubmitJobs none → 0 (paused)"
    ]
    assert blocks(lab) == (0, 0)
    assert len(lab.memory.queue) == 1
    assert lab.plan().empty
    lab.world.set_flags(weather, paused=False)
    lab.cycle()
    assert lab.memory.accounts == before
    assert remembered(lab) == ({}, {}, {})
    assert lab.plan().empty


def test_numbers_somebody_had_set_are_back_after_a_pause(lab: MemorySite, weather: str) -> None:
    own = replace(lab.memory.accounts[WEATHER], grp_jobs=8, grp_submit_jobs=80)
    lab.memory.accounts[WEATHER] = own
    lab.world.set_flags(weather, paused=True)
    lab.cycle()
    assert blocks(lab) == (0, 0)
    lab.world.set_flags(weather, paused=False)
    lab.cycle()
    assert lab.memory.accounts[WEATHER] == own


def test_an_account_made_for_a_paused_resource_is_let_go_like_any_other(lab: MemorySite, weather: str) -> None:
    lab.world.set_flags(weather, paused=True)
    lab.memory.associations.clear()
    del lab.memory.accounts[WEATHER]
    lab.cycle()
    assert blocks(lab) == (0, 0)
    lab.world.set_flags(weather, paused=False)
    lab.cycle()
    assert blocks(lab) == (None, None)
    assert remembered(lab) == ({}, {}, {})


@pytest.mark.slow
@pytest.mark.parametrize("paused", [True, False], ids=["pausing", "letting go"])
def test_killed_at_any_instant_a_pause_is_finished_and_put_back(make_lab: MakeLab, paused: bool) -> None:
    lab = make_lab()
    _, weather = lab.in_use()
    usual = replace(lab.memory.accounts[WEATHER], grp_jobs=8)
    for number in count(1):
        lab.memory.accounts[WEATHER] = usual
        if not paused:
            lab.world.set_flags(weather, paused=True)
            lab.cycle()
        lab.world.set_flags(weather, paused=paused)
        finished = False
        with dying_at(lab, number) as change, suppress(Killed):
            lab.cycle(change)
            finished = True
        lab.cycle()
        assert blocks(lab) == ((0, 0) if paused else (8, None)), f"killed before effect {number}"
        lab.world.set_flags(weather, paused=False)
        lab.cycle()
        lab.cycle()
        assert lab.memory.accounts[WEATHER] == usual, f"killed before effect {number}"
        assert remembered(lab) == ({}, {}, {}), f"killed before effect {number}"
        if finished:
            break
    assert number > 5


def test_a_qos_list_set_by_hand_is_back_after_a_pause_by_qos(make_lab: MakeLab) -> None:
    lab = make_lab(on_pause="qos", paused_qos="idle")
    _, weather = lab.in_use()
    for name in ("idle", "long", "short"):
        lab.memory.qos[name] = Qos(name=name)
    own = replace(lab.memory.accounts[WEATHER], qos=("long", "short"), default_qos="short")
    ada = replace(lab.memory.associations[WEATHER, "ada"], qos=("long",), default_qos="long")
    lab.memory.accounts[WEATHER], lab.memory.associations[WEATHER, "ada"] = own, ada
    assert lab.plan().empty
    lab.world.set_flags(weather, paused=True)
    lab.cycle()
    account, user = lab.memory.accounts[WEATHER], lab.memory.associations[WEATHER, "ada"]
    assert (account.qos, account.default_qos, blocks(lab)) == (("idle",), "idle", (None, None))
    assert (user.qos, user.default_qos) == (("idle",), "idle")
    lab.world.set_flags(weather, paused=False)
    lab.cycle()
    assert lab.memory.accounts[WEATHER] == own
    assert lab.memory.associations[WEATHER, "ada"] == ada
    assert remembered(lab)[0] == {}


def test_a_downscaled_resource_runs_in_its_qos_until_it_is_not(make_lab: MakeLab) -> None:
    lab = make_lab(downscaled_qos="slow")
    _, weather = lab.in_use()
    lab.memory.qos["slow"] = Qos(name="slow")
    usual = lab.memory.accounts[WEATHER]
    lab.world.set_flags(weather, downscaled=True)
    lab.cycle()
    assert lab.memory.accounts[WEATHER] == replace(usual, qos=("slow",), default_qos="slow")
    lab.world.set_flags(weather, downscaled=False)
    lab.cycle()
    assert lab.memory.accounts[WEATHER] == usual


def test_a_qos_that_is_missing_is_refused_and_the_account_stays_as_it_is(make_lab: MakeLab) -> None:
    lab = make_lab(downscaled_qos="slow")
    _, weather = lab.in_use()
    usual = lab.memory.accounts[WEATHER]
    lab.world.set_flags(weather, downscaled=True)
    assert results(lab.cycle()) == {f"set limits {WEATHER}": "failed"}
    assert lab.memory.accounts[WEATHER] == usual
    lab.world.set_flags(weather, downscaled=False)
    lab.cycle()
    assert lab.plan().empty
    assert remembered(lab)[0] == {}


def test_a_restriction_takes_everybody_out_and_puts_everybody_back_as_they_were(lab: MemorySite, weather: str) -> None:
    visitor = Association(account=WEATHER, user="visitor", grp_jobs=3, fairshare=7)
    lab.memory.associations[WEATHER, "visitor"] = visitor
    before = dict(lab.memory.associations)
    lab.world.set_flags(weather, restrict_member_access=True)
    cycle = lab.cycle()
    assert set(results(cycle).values()) == {"done"}
    assert lab.memory.users(WEATHER) == set()
    assert WEATHER in lab.memory.accounts
    assert lab.plan().empty
    lab.world.set_flags(weather, restrict_member_access=False)
    lab.cycle()
    assert lab.memory.associations == before
    lab.cycle()
    assert remembered(lab) == ({}, {}, {})
    assert lab.plan().strangers == (f"{WEATHER}/visitor",)


def test_a_restriction_waits_for_running_jobs_and_is_called_off_without_a_trace(lab: MemorySite, weather: str) -> None:
    lab.memory.queue = [job(1)]
    lab.world.set_flags(weather, restrict_member_access=True)
    lab.cycle()
    assert lab.memory.users(WEATHER) == {"ada"}
    assert lab.memory.associations[WEATHER, "ada"].max_submit_jobs == 0
    lab.world.set_flags(weather, restrict_member_access=False)
    lab.cycle()
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}
    assert {one.max_submit_jobs for one in lab.memory.associations.values()} == {None}
    lab.cycle()
    assert remembered(lab) == ({}, {}, {})


def test_who_left_during_a_restriction_does_not_come_back(lab: MemorySite, project: str, weather: str) -> None:
    lab.world.set_flags(weather, restrict_member_access=True)
    lab.cycle()
    lab.leave(project, "ada")
    lab.join(project, "kurt")
    lab.world.set_flags(weather, restrict_member_access=False)
    lab.cycle()
    assert lab.memory.users(WEATHER) == {"emmy", "kurt"}
    lab.cycle()
    assert remembered(lab) == ({}, {}, {})


@pytest.mark.slow
def test_killed_at_any_instant_a_restriction_is_lifted_exactly_as_it_was(lab: MemorySite, weather: str) -> None:
    visitor = Association(account=WEATHER, user="visitor", fairshare=7)
    lab.memory.associations[WEATHER, "visitor"] = visitor
    before = dict(lab.memory.associations)
    for number in count(1):
        ended = []
        for restricted in (True, False):
            lab.world.set_flags(weather, restrict_member_access=restricted)
            with dying_at(lab, number) as change, suppress(Killed):
                lab.cycle(change)
                ended.append(restricted)
            lab.cycle()
            there = {} if restricted else before
            assert lab.memory.associations == there, f"killed before effect {number}, restricted: {restricted}"
        lab.cycle()
        assert remembered(lab) == ({}, {}, {}), f"killed before effect {number}"
        if len(ended) == 2:
            break
    assert number > 8


def test_a_paused_and_restricted_resource_comes_back_whole(lab: MemorySite, weather: str) -> None:
    accounts: dict[str, Account] = dict(lab.memory.accounts)
    people = dict(lab.memory.associations)
    lab.world.set_flags(weather, paused=True, restrict_member_access=True)
    lab.cycle()
    assert (blocks(lab), lab.memory.users(WEATHER)) == ((0, 0), set())
    lab.world.set_flags(weather, paused=False, restrict_member_access=False)
    lab.cycle()
    assert (lab.memory.accounts, lab.memory.associations) == (accounts, people)


@pytest.mark.slow
def test_killed_at_any_instant_a_pause_by_qos_leaves_no_trace_on_a_user(make_lab: MakeLab) -> None:
    lab = make_lab(on_pause="qos", paused_qos="idle")
    _, weather = lab.in_use()
    lab.memory.qos |= {name: Qos(name=name) for name in ("idle", "long")}
    own = replace(lab.memory.associations[WEATHER, "ada"], qos=("long",), default_qos="long")
    lab.memory.associations[WEATHER, "ada"] = own
    for number in count(1):
        ended = []
        for paused in (True, False):
            lab.world.set_flags(weather, paused=paused)
            with dying_at(lab, number) as change, suppress(Killed):
                lab.cycle(change)
                ended.append(paused)
            lab.cycle()
        assert lab.memory.associations[WEATHER, "ada"] == own, f"killed before effect {number}"
        lab.cycle()
        assert remembered(lab) == ({}, {}, {}), f"killed before effect {number}"
        if len(ended) == 2:
            break
    assert number > 6
