"""Adopting: the marker is written and read back, and a crash anywhere leaves something that calling again finishes."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from agent.core.model.cluster import Account, Association, Job
from agent.core.names import organization
from agent.core.snapshot import Partial
from agent.engine.adopting import Candidate, Proposal, adopt, look, propose, scan
from agent.engine.world import World
from agent.errors import NotConverged, Rejected, Unavailable
from tests.fixtures.memory_site import MemorySite

CLIMATE = "climate"


class Killed(BaseException):
    """The process is gone: nothing catches this."""


@pytest.fixture
def weather(lab: MemorySite) -> str:
    """A resource of ada and emmy that was made by hand: its account is climate, with ada and frank in it."""
    resource = lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    order = lab.world.orders(lab.offering)[0]["uuid"]
    lab.world.approve_as_provider(order)
    with lab.world_of() as (_, world):
        world.marketplace.set_order_done(order)
    lab.memory.accounts[CLIMATE] = Account(
        name=CLIMATE, parent="root", organization="physics", description="the climate group", fairshare=7
    )
    for user in ("ada", "frank"):
        lab.memory.associations[CLIMATE, user] = Association(account=CLIMATE, user=user)
    return resource


def proposal(world: World, resource: str, account: str = CLIMATE) -> Proposal:
    return propose(world, look(world), account, resource)


def adopted(lab: MemorySite, resource: str, change: Callable[[World], World] = lambda world: world) -> None:
    with lab.world_of(change) as (_, world):
        adopt(world, proposal(world, resource))


def known(lab: MemorySite) -> Any:
    with lab.world_of() as (agent, world):
        return agent.journal.known(world.clock.now())


def intents(lab: MemorySite) -> list[tuple[str, str, str]]:
    with sqlite3.connect(lab.settings.parent / "state" / "journal.sqlite") as db:
        rows = db.execute("select i.key, i.result, r.outcome from intent i join run r on r.id = i.run").fetchall()
    db.close()
    return rows


def test_a_proposal_writes_nothing_anywhere(lab: MemorySite, weather: str) -> None:
    before = dict(lab.memory.accounts), dict(lab.memory.associations), known(lab)
    lab.server.reset_counts()
    with lab.world_of() as (_, world):
        found = proposal(world, weather)
        assert not found.empty
        assert len(scan(world, look(world))) == 0
    assert (dict(lab.memory.accounts), dict(lab.memory.associations), known(lab)) == before
    assert lab.posts() == []


def test_adopting_writes_the_marker_the_backend_id_and_the_journal_and_nothing_else(
    lab: MemorySite, weather: str
) -> None:
    was = lab.memory.accounts[CLIMATE]
    adopted(lab, weather)
    there = lab.memory.accounts[CLIMATE]
    assert there == replace(was, organization=there.organization, description=there.description)
    assert there.organization == organization(lab.offering)
    assert there.description == f"waldur-{weather} climate weather"
    assert lab.account(weather) == CLIMATE
    assert lab.memory.users(CLIMATE) == {"ada", "frank"}
    found = known(lab)
    assert found.accounts == {weather: CLIMATE}
    assert found.associations == {(CLIMATE, "ada")}
    assert intents(lab) == [(f"adopt account {CLIMATE}", "done", "done")]


def test_the_next_cycle_brings_it_to_what_is_ordered_and_leaves_strangers(lab: MemorySite, weather: str) -> None:
    with lab.world_of() as (_, world):
        foretold = [action.key for action in proposal(world, weather).follows.actions]
    adopted(lab, weather)
    assert [action.key for action in lab.plan().actions] == foretold
    lab.cycle()
    assert lab.memory.accounts[CLIMATE].grp_tres_mins == {"cpu": 60_000, "mem": 245_760_000}
    assert lab.memory.accounts[CLIMATE].fairshare == 7
    assert lab.memory.users(CLIMATE) == {"ada", "emmy", "frank"}
    assert lab.plan().empty


def test_once_adopted_there_is_nothing_to_adopt(lab: MemorySite, weather: str) -> None:
    adopted(lab, weather)
    lab.server.reset_counts()
    with lab.world_of() as (_, world):
        again = proposal(world, weather)
        assert again.empty
        adopt(world, again)
    assert lab.posts() == []
    assert len(intents(lab)) == 1


def test_what_the_limits_would_kill_is_foretold(lab: MemorySite, weather: str) -> None:
    lab.memory.queue = [Job(id="7", account=CLIMATE, user="ada", running=True)]
    lab.memory.used[CLIMATE] = {"cpu": 60_001}
    with lab.world_of() as (_, world):
        texts = [action.describe() for action in proposal(world, weather).follows.actions]
    assert [text for text in texts if "1 running job(s)" in text]


def test_killed_at_any_effect_or_journal_write_calling_it_again_finishes(lab: MemorySite, weather: str) -> None:
    start = lab.memory.accounts[CLIMATE]
    for step in range(1, 50):
        killed = _killed_at(lab, weather, step)
        adopted(lab, weather)
        found = known(lab)
        assert lab.memory.accounts[CLIMATE].organization == organization(lab.offering)
        assert (lab.account(weather), found.accounts) == (CLIMATE, {weather: CLIMATE})
        assert found.associations == {(CLIMATE, "ada")}
        if not killed:
            assert step > 5
            return
        lab.memory.accounts[CLIMATE] = start
        with lab.world_of() as (_, world):
            world.marketplace.set_backend_id(weather, "")
        for file in (lab.settings.parent / "state").glob("journal.sqlite*"):
            file.unlink()
    pytest.fail("it never ends untouched")


def _killed_at(lab: MemorySite, resource: str, step: int) -> bool:
    """Whether the process died before its so-many-th write to any side."""
    left = [step]

    def tick() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    def fragile(world: World) -> World:
        return replace(
            world,
            marketplace=_Fuse(world.marketplace, tick, {"set_backend_id"}),
            journal=_Fuse(world.journal, tick, _JOURNAL_WRITES),
            cluster=_Fuse(world.cluster, tick, {"change"}),
        )

    try:
        adopted(lab, resource, fragile)
    except Killed:
        return True
    return False


_JOURNAL_WRITES = {"begin", "intend", "remember_accounts", "remember_associations", "conclude_all", "end"}


class _Fuse:
    """A port that ticks before each of its writes."""

    def __init__(self, port: Any, tick: Callable[[], None], writes: set[str]) -> None:
        self._port, self._tick, self._writes = port, tick, writes

    def __getattr__(self, name: str) -> Any:
        if name in self._writes:
            self._tick()
        return getattr(self._port, name)


def test_a_marker_that_slurm_refuses_or_forgets_is_not_acknowledged(lab: MemorySite, weather: str) -> None:
    lab.memory.refuses = {CLIMATE: "permission denied"}
    with pytest.raises(NotConverged, match="permission denied"):
        adopted(lab, weather)
    lab.memory.refuses, lab.memory.forgets = {}, {CLIMATE}
    with pytest.raises(NotConverged, match="does not show it when read again"):
        adopted(lab, weather)
    assert lab.account(weather) == ""
    assert known(lab).associations == frozenset()
    assert [result for _, result, _ in intents(lab)] == ["failed", "failed"]
    lab.memory.forgets = set()
    adopted(lab, weather)
    assert lab.account(weather) == CLIMATE


def test_a_marketplace_that_goes_away_in_between_is_told_by_the_next_call(lab: MemorySite, weather: str) -> None:
    lab.server.faults.add("status", "set_backend_id/", method="POST", value=500)
    with pytest.raises(Unavailable):
        adopted(lab, weather)
    assert lab.account(weather) == ""
    lab.server.faults.clear()
    adopted(lab, weather)
    assert lab.account(weather) == CLIMATE


def test_nothing_is_said_on_half_a_view(lab: MemorySite, weather: str) -> None:
    lab.server.faults.add("lose row", "marketplace-offering-users/")
    with lab.world_of() as (_, world), pytest.raises(Unavailable, match="cannot be said now"):
        look(world)
    lab.server.faults.clear()
    seen = lab.memory.observe()
    half = replace(seen, associations=Partial((), "half of it"))
    lab.memory.observe = lambda: half  # type: ignore[method-assign]
    with lab.world_of() as (_, world), pytest.raises(Unavailable, match="half of it"):
        look(world)


def test_a_refusal_names_the_account_and_the_reason(lab: MemorySite, weather: str) -> None:
    with lab.world_of() as (_, world), pytest.raises(Rejected, match=r"account root is not adopted: .*protected"):
        proposal(world, weather, "root")


def scanned(lab: MemorySite) -> list[Candidate]:
    with lab.world_of() as (_, world):
        return scan(world, look(world))


def test_a_scan_foretells_each_adoption_as_if_it_were_made(lab: MemorySite, weather: str) -> None:
    with lab.world_of() as (_, world):
        world.marketplace.set_backend_id(weather, CLIMATE)
        alone = proposal(world, weather)
    (one,) = scanned(lab)
    assert (one.account, one.resource, one.like, one.refused) == (CLIMATE, weather, "the backend_id", "")
    assert one.proposal == alone


def test_two_resources_with_one_account_refuse_each_other_and_are_both_shown(lab: MemorySite, weather: str) -> None:
    other = lab.order(lab.project("Ocean", "mia"), "ocean")
    with lab.world_of() as (_, world):
        for resource in (weather, other):
            world.marketplace.set_backend_id(resource, CLIMATE)
    found = {one.resource: one for one in scanned(lab)}
    assert set(found) == {weather, other}
    assert all("is the backend_id of another resource" in one.refused for one in found.values())
    assert all(one.proposal is None for one in found.values())
