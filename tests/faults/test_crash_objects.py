"""The agent and its Slurm command die together before the n-th single object, for n = 1, 2, … until a run ends.

Stricter than Slurm, which changes all objects of a command or none; and it dies twice in a row. The mix is small: an
order to create, an order to terminate; members who come, one of whom has to be named, who leave, and whose account is
to be deleted; a name that was blanked, a coordinator, a service account, and the site's commands.
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
from tests.fixtures.memory_people import Commands
from tests.fixtures.memory_site import Change, MemorySite, all_of, memory_site
from tests.fixtures.site import LIMITS

WEATHER, OCEAN, STORM = "climate-1-weather-1", "marine-1-ocean-1", "climate-1-storm-1"
MANAGER = "PROJECT.MANAGER"
RULES = {"username": {"template": "{{ username }}"}, "coordinators": True, "project_service_accounts": True}
TEAM = {"emmy", "kurt", "hedy", "svc-new"}
TOLD = {f"user ready {name}" for name in TEAM} | {
    "resource ready weather",
    "resource ready storm",
    "resource removed ocean",
}
MINUTES = {"cpu": 60_000, "mem": 245_760_000}
DECIDING = frozenset(JOURNAL_WRITES) - {"begin", "end", "intend", "conclude_all"}
"""What the agent goes by; the others tell people what it did, and dying before one is dying before the next."""
FEWEST_EFFECTS = 50
FAR = 10_000


def killed_by(one: MemorySite, fuse: Fuse) -> Change:
    """The fuse before every effect of this run, through whichever port."""
    one.memory.before = fuse.burn

    def change(world: World) -> World:
        return replace(
            world,
            marketplace=Fused(world.marketplace, MARKETPLACE_WRITES, fuse),
            journal=Fused(world.journal, DECIDING, fuse),
        )

    return change


def run(one: MemorySite, commands: Commands, dies_at: int = FAR) -> tuple[Cycle, bool]:
    """One ``agent sync --confirm-removals``; whether it got to its end."""
    fuse = Fuse(dies_at)
    try:
        cycle, _ = one.run(all_of(commands.run_in, killed_by(one, fuse)), confirmed=True)
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


def unnoted(one: MemorySite, commands: Commands) -> int:
    """How many commands have run of which the journal does not know it."""
    with one.world_of() as (_, world):
        return len(commands.told) - (len(world.journal.noted()) - len(world.journal.events()))


def everybody_heard(commands: Commands, again: int) -> None:
    """Each object was told once, but for so many that the agent died right after."""
    told = commands.take()
    assert set(told) == TOLD
    assert len(told) == len(TOLD) + again


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
        memory = copy.deepcopy(self.memory)
        with memory_site(folder, memory, [self.offering], database=database, offering=RULES) as one:
            yield one
        shutil.rmtree(folder)


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    folder = tmp_path / "prepared"
    folder.mkdir()
    with memory_site(folder, database=str(folder / "marketplace.sqlite"), offering=RULES) as one:
        one.world.set_options(one.offering, username_generation_policy="service_provider")
        climate = one.project("Climate", "ada", "emmy", "grace")
        one.join(climate, "ada", role=MANAGER)
        old = one.world.add_service_account("svc-old", project=climate)
        marine = one.project("Marine", "kurt")
        one.order(climate, "weather")
        ocean = one.order(marine, "ocean")
        one.cycle()
        assert one.memory.users(WEATHER) == {"ada", "emmy", "grace", "svc-old"}
        one.world.request_deletion(one.offering, one.people["grace"])
        one.cycle()
        assert one.memory.users(WEATHER) == {"ada", "emmy", "svc-old"}
        one.memory.rows = [UsageRow(account=OCEAN, user="kurt", tres_seconds={"cpu": 8 * 3600})]
        one.order(climate, "storm")
        one.world.order_terminate(ocean)
        for name in ("kurt", "hedy"):
            one.join(climate, name)
        one.leave(climate, "ada")
        one.join(climate, "emmy", role=MANAGER)
        one.world.blank_usernames(one.offering, [one.people["emmy"]])
        one.world.close_service_account(old)
        one.world.add_service_account("svc-new", project=climate)
        return Prepared(folder, one.memory, one.offering)


def check_everything_is_as_ordered(one: MemorySite) -> None:
    assert set(one.memory.accounts) == {"root", WEATHER, STORM}
    assert one.memory.users(WEATHER) == one.memory.users(STORM) == TEAM
    assert one.memory.users(OCEAN) == set()
    assert one.memory.coordinators == {(WEATHER, "emmy"), (STORM, "emmy")}
    users = {row["username"]: row["state"] for row in one.world.offering_users(one.offering)}
    assert users == {"ada": "OK", "emmy": "OK", "kurt": "OK", "hedy": "OK", "grace": "Deleted"}
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


def converge_again(one: MemorySite, commands: Commands, said: str) -> None:
    """Cycles until one has nothing to do, which is the third at the latest."""
    for _ in range(3):
        one.server.reset_counts()
        heard = len(commands.told)
        cycle, _ = run(one, commands)
        assert nothing_false_was_acknowledged(one), said
        if cycle.plan.empty and not one.posts() and len(commands.told) == heard:
            return
    raise AssertionError(f"{said}: {cycle.plan.actions or one.posts() or commands.told[heard:]}")


def test_killed_before_any_of_its_effects_the_agent_converges_within_two_cycles(
    prepared: Prepared, tmp_path: Path
) -> None:
    again = 0
    for number in count(1):
        with prepared.copy(tmp_path / f"life-{number}") as one:
            untouched, commands, said = False, Commands(), f"killed before effect {number}"
            with suppress(Killed):
                _, untouched = run(one, commands, number)
            assert nothing_false_was_acknowledged(one), said
            lost = unnoted(one, commands)
            again += lost
            converge_again(one, commands, said)
            check_everything_is_as_ordered(one)
            everybody_heard(commands, again=lost)
            if untouched:
                break
    assert number > FEWEST_EFFECTS
    assert again > 0, "no death came between a command and its note"


def test_killed_twice_in_a_row_it_converges_as_well(prepared: Prepared, tmp_path: Path) -> None:
    for number in range(1, FEWEST_EFFECTS, 7):
        with prepared.copy(tmp_path / f"life-{number}") as one:
            commands, lost = Commands(), 0
            for at in (number, number + 1):
                with suppress(Killed):
                    run(one, commands, at)
                assert nothing_false_was_acknowledged(one), f"killed before effects {number} and {at}"
                lost = unnoted(one, commands)
            converge_again(one, commands, f"killed before effects {number} and {number + 1}")
            check_everything_is_as_ordered(one)
            everybody_heard(commands, again=lost)
