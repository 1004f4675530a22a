"""The agent and its Slurm command die together before the n-th single object, for n = 1, 2, … until a run ends.

Stricter than Slurm, which changes all objects of a command or none; and it dies twice in a row. The mix is small: an
order to create, an order to terminate, a member who came and one who left.
"""

import copy
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from agent.core.model.cluster import UsageRow
from agent.engine.converge import Cycle
from agent.engine.world import World
from tests.fixtures.fuse import JOURNAL_WRITES, MARKETPLACE_WRITES, Fuse, Fused, Killed
from tests.fixtures.memory_cluster import MemoryCluster, nothing
from tests.fixtures.memory_site import Change, MemorySite, memory_site
from tests.fixtures.site import LIMITS

WEATHER, OCEAN, STORM = "climate-1-weather-1", "marine-1-ocean-1", "climate-1-storm-1"
MINUTES = {"cpu": 60_000, "mem": 245_760_000}
FEWEST_EFFECTS = 40
FAR = 10_000


def killed_by(one: MemorySite, fuse: Fuse) -> Change:
    """The fuse before every effect of this run, through whichever port."""
    one.memory.before = fuse.burn

    def change(world: World) -> World:
        return replace(
            world,
            marketplace=Fused(world.marketplace, MARKETPLACE_WRITES, fuse),
            journal=Fused(world.journal, JOURNAL_WRITES, fuse),
        )

    return change


def run(one: MemorySite, dies_at: int = FAR) -> tuple[Cycle, bool]:
    """One ``agent sync --confirm-removals``; whether it got to its end."""
    fuse = Fuse(dies_at)
    try:
        cycle, _ = one.run(killed_by(one, fuse), confirmed=True)
    finally:
        one.memory.before = nothing
    return cycle, not fuse.blown


def state(one: MemorySite, account: str) -> tuple[str, list[tuple[str, str]]]:
    """The resource of an account, and its orders; the resource's name is the third part of the account's."""
    rows = one.world.resources(one.offering)
    resource = next(row["uuid"] for row in rows if row["name"] == account.split("-")[2])
    return resource, one.order_states(resource)


def nothing_false_was_acknowledged(one: MemorySite) -> bool:
    """Whatever the marketplace was told is true in Slurm, at any moment."""
    _, created = state(one, STORM)
    resource, ended = state(one, OCEAN)
    if created[-1][1] == "done" and one.memory.accounts[STORM].grp_tres_mins != MINUTES:
        return False
    if ended[-1] == ("Terminate", "done"):
        return OCEAN not in one.memory.accounts and "8.00" in one.world.component_usages(resource).values()
    return True


@dataclass(frozen=True)
class Prepared:
    """A site to copy: everything ordered and nothing of it done."""

    folder: Path
    memory: MemoryCluster
    offering: str

    @contextmanager
    def copy(self, folder: Path) -> Iterator[MemorySite]:
        shutil.copytree(self.folder, folder)
        database = str(folder / "marketplace.sqlite")
        with memory_site(folder, copy.deepcopy(self.memory), [self.offering], database=database) as one:
            yield one
        shutil.rmtree(folder)


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    folder = tmp_path / "prepared"
    folder.mkdir()
    with memory_site(folder, database=str(folder / "marketplace.sqlite")) as one:
        climate = one.project("Climate", "ada", "emmy")
        marine = one.project("Marine", "kurt")
        one.order(climate, "weather")
        ocean = one.order(marine, "ocean")
        one.cycle()
        assert one.memory.users(WEATHER) == {"ada", "emmy"}
        one.memory.rows = [UsageRow(account=OCEAN, user="kurt", tres_seconds={"cpu": 8 * 3600})]
        one.order(climate, "storm")
        one.world.order_terminate(ocean)
        one.join(climate, "kurt")
        one.leave(climate, "ada")
        return Prepared(folder, one.memory, one.offering)


def check_everything_is_as_ordered(one: MemorySite) -> None:
    assert set(one.memory.accounts) == {"root", WEATHER, STORM}
    assert one.memory.users(WEATHER) == one.memory.users(STORM) == {"emmy", "kurt"}
    assert one.memory.users(OCEAN) == set()
    for name in (WEATHER, STORM):
        assert one.memory.accounts[name].grp_tres_mins == MINUTES
        assert one.memory.accounts[name].grp_submit_jobs is None
        resource, states = state(one, name)
        assert states == [("Create", "done")]
        row = one.world.resource(resource)
        assert (row["state"], row["backend_id"], row["limits"]) == ("OK", name, LIMITS)
        assert row["backend_metadata"]["account"] == name
    assert {each.max_submit_jobs for each in one.memory.associations.values()} == {None}
    ocean, states = state(one, OCEAN)
    assert states == [("Create", "done"), ("Terminate", "done")]
    assert one.world.resource(ocean)["state"] == "Terminated"
    used = {kind: Decimal(amount) for (_, kind), amount in one.world.component_usages(ocean).items()}
    assert used["cpu"] == Decimal(8)
    by_user = one.world.user_usages(ocean)
    assert {(kind, user): Decimal(amount) for (_, kind, user), amount in by_user.items()} == {("cpu", "kurt"): 8}


def test_killed_before_any_of_its_effects_the_agent_converges_within_two_cycles(
    prepared: Prepared, tmp_path: Path
) -> None:
    for number in count(1):
        with prepared.copy(tmp_path / f"life-{number}") as one:
            untouched = False
            with suppress(Killed):
                _, untouched = run(one, number)
            assert nothing_false_was_acknowledged(one), f"killed before effect {number}"
            for _ in range(2):
                run(one)
                assert nothing_false_was_acknowledged(one), f"killed before effect {number}"
            check_everything_is_as_ordered(one)
            one.server.reset_counts()
            last, _ = run(one)
            assert last.plan.empty, f"killed before effect {number}: {last.plan.actions}"
            assert one.posts() == []
            if untouched:
                break
    assert number > FEWEST_EFFECTS


def test_killed_twice_in_a_row_it_converges_as_well(prepared: Prepared, tmp_path: Path) -> None:
    for number in range(1, FEWEST_EFFECTS, 5):
        with prepared.copy(tmp_path / f"life-{number}") as one:
            for at in (number, number + 1):
                with suppress(Killed):
                    run(one, at)
                assert nothing_false_was_acknowledged(one), f"killed before effects {number} and {at}"
            for _ in range(2):
                run(one)
            check_everything_is_as_ordered(one)
