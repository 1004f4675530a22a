"""A bad minute of the marketplace: a section fails, is cut off, empty or halved. Nobody is removed, and it passes."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from agent.core.model.cluster import Association
from agent.core.model.directory import Directory, Feed
from agent.core.snapshot import ClusterSnapshot, Missing, Partial
from agent.engine.world import World
from agent.errors import Incomplete, Unavailable
from tests.engine.conftest import MakeLab
from tests.fixtures.memory_people import Commands, Published, Resolver
from tests.fixtures.memory_site import Change, MemorySite, all_of, only_reading

PEOPLE = ("ada", "alan", "emmy", "grace", "kurt", "max")
SECTIONS = ("orders", "resources", "project_roles", "offering_users", "service_accounts", "directory_feed")
EVERYTHING_ON = {
    "project_service_accounts": True,
    "customer_service_accounts": True,
    "course_accounts": True,
    "robot_accounts": True,
    "coordinators": True,
}
Answer = Callable[[Any], Any]


def away(_: Any) -> Any:
    raise Unavailable("the marketplace is away")


def first_half(rows: Any) -> Any:
    if isinstance(rows, Feed):
        return replace(rows, directory=second_half(rows.directory))
    if isinstance(rows, Directory):
        return replace(rows, users=rows.users[: len(rows.users) // 2], groups=rows.groups[: len(rows.groups) // 2])
    return rows[: len(rows) // 2]


def second_half(rows: Any) -> Any:
    if isinstance(rows, Feed):
        return replace(rows, directory=second_half(rows.directory))
    if isinstance(rows, Directory):
        return replace(rows, users=rows.users[len(rows.users) // 2 :], groups=rows.groups[len(rows.groups) // 2 :])
    return rows[len(rows) // 2 :]


def empty(rows: Any) -> Any:
    return Feed() if isinstance(rows, Feed) else ()


def partial(rows: Any) -> Any:
    half = second_half(rows)
    raise Incomplete("the list was cut off", (half,) if isinstance(half, Feed) else half)


def known_to_be_bad(answer: Answer) -> bool:
    """Whether the answer says of itself that it cannot be trusted, so that it may last for ever."""
    return answer in {away, partial}


class Bad:
    """A marketplace in which one question is answered badly."""

    def __init__(self, real: Any, question: str, answer: Answer) -> None:
        self._real, self._question, self._answer = real, question, answer

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        return (lambda *words: self._answer(real(*words))) if name == self._question else real


@dataclass
class Busy:
    """A site with everything switched on that is at rest."""

    lab: MemorySite
    glauth: Published = field(default_factory=Published)
    commands: Commands = field(default_factory=Commands)
    resolver: Resolver = field(default_factory=Resolver)

    def world(self, world: World) -> World:
        world = self.commands.run_in(self.glauth.serves(world))
        return replace(world, identities={"nss": self.resolver})

    def cycle(self, *changes: Change, confirmed: bool = False) -> Any:
        return self.lab.run(all_of(self.world, *changes), confirmed=confirmed)[0]

    def state(self) -> dict[str, Any]:
        """All that could be lost."""
        lab, offering = self.lab, self.lab.offering
        with lab.world_of() as (_, world):
            known = world.journal.known(lab.clock.now())
        return {
            "accounts": dict(lab.memory.accounts),
            "associations": dict(lab.memory.associations),
            "coordinators": set(lab.memory.coordinators),
            "directory": self.glauth.directory,
            "people": [(row["username"], row["state"]) for row in lab.world.offering_users(offering)],
            "orders": [(order["type"], order["state"]) for order in lab.world.orders(offering)],
            "names": (known.usernames, known.holders, known.uids, known.associations, known.coordinators),
            "told": len(self.commands.told),
        }


@pytest.fixture
def busy(make_lab: MakeLab) -> Busy:
    site = Busy(make_lab(identity_gate="nss", **EVERYTHING_ON))
    lab = site.lab
    projects = lab.project("Climate", *PEOPLE[:4]), lab.project("Energy", *PEOPLE[2:])
    lab.join(projects[0], "ada", role="PROJECT.MANAGER")
    site.resolver.uids = {name: 20_001 + number for number, name in enumerate(PEOPLE)}
    site.resolver.uids |= {"svc-a": 1, "svc-b": 2, "course": 3, "robot": 20_007}
    resources = [lab.order(project, "weather") for project in projects]
    for number, project in enumerate(projects):
        lab.world.add_service_account(f"svc-{'ab'[number]}", project=project)
    lab.world.add_course_account("course", projects[0])
    lab.world.add_robot_account(resources[1], "robot")
    for _ in range(4):
        site.cycle()
    lab.memory.associations["climate-1-weather-1", "admin"] = Association(account="climate-1-weather-1", user="admin")
    site.cycle()
    assert site.cycle(only_reading).plan.empty
    assert site.glauth.enabled() == {*PEOPLE, "robot"}
    return site


@pytest.mark.parametrize("section", SECTIONS)
def test_nobody_is_lost_in_a_bad_minute_and_it_is_forgotten(busy: Busy, section: str) -> None:
    before = busy.state()
    for answer in (away, partial, empty, first_half, second_half):

        def bad(world: World, answer: Answer = answer) -> World:
            return replace(world, marketplace=Bad(world.marketplace, section, answer))

        for seconds in (0, 60):
            busy.lab.clock.at += seconds
            cycle = busy.cycle(bad)
            assert cycle.failures == (), answer.__name__
            assert busy.state() == before, answer.__name__
        if known_to_be_bad(answer):
            busy.lab.clock.at += 5000
            busy.cycle(bad, confirmed=True)
            assert busy.state() == before, f"{answer.__name__} for hours"
        busy.cycle()
        assert busy.cycle(only_reading).plan.empty, f"after {answer.__name__}"
        assert busy.state() == before, f"after {answer.__name__}"


def test_nobody_is_lost_while_the_description_of_the_offering_is_away(busy: Busy) -> None:
    before = busy.state()

    def bad(world: World) -> World:
        return replace(world, marketplace=Bad(world.marketplace, "offering", away))

    for seconds in (0, 60, 5000):
        busy.lab.clock.at += seconds
        busy.cycle(bad, confirmed=True)
        assert busy.state() == before
    busy.cycle()
    assert busy.cycle(only_reading).plan.empty


def test_nobody_is_lost_while_nothing_of_the_marketplace_can_be_read(busy: Busy) -> None:
    before = busy.state()
    busy.lab.server.faults.add("status", "", value=403)
    for seconds in (0, 60, 5000):
        busy.lab.clock.at += seconds
        busy.cycle(confirmed=True)
        assert busy.state() == before
    busy.lab.server.faults.clear()
    busy.cycle()
    assert busy.cycle(only_reading).plan.empty


def test_whose_name_was_released_is_not_lost_while_the_list_of_people_is_away(busy: Busy) -> None:
    """Nobody remembers the name for them then: only the list says that it is still theirs."""
    with busy.lab.world_of() as (_, world):
        world.journal.release_username("ada", busy.lab.clock.at)

    def bad(world: World) -> World:
        return replace(world, marketplace=Bad(world.marketplace, "offering_users", away))

    for seconds in (0, 5000):
        busy.lab.clock.at += seconds
        busy.cycle(bad, confirmed=True)
        assert "ada" in busy.lab.memory.users("climate-1-weather-1")
    busy.cycle()
    assert busy.cycle().plan.empty


GONE = Missing("slurmdbd is away")


def cut(seen: ClusterSnapshot) -> ClusterSnapshot:
    rows = tuple(getattr(seen.associations, "value", ()))
    return replace(seen, associations=Partial(rows[: len(rows) // 2], "cut off"))


@pytest.mark.parametrize(
    "blinded",
    [
        lambda seen: replace(seen, accounts=GONE, associations=GONE, coordinators=GONE, default_accounts=GONE),
        lambda seen: replace(seen, coordinators=GONE),
        lambda seen: replace(seen, default_accounts=GONE),
        lambda seen: replace(seen, associations=GONE),
        cut,
    ],
)
def test_nobody_is_lost_while_a_part_of_slurm_cannot_be_seen(
    busy: Busy, blinded: Callable[[ClusterSnapshot], ClusterSnapshot]
) -> None:
    before = busy.state()
    memory = busy.lab.memory
    real = memory.observe
    memory.observe = lambda: blinded(real())  # type: ignore[method-assign]
    for seconds in (0, 5000):
        busy.lab.clock.at += seconds
        busy.cycle(confirmed=True)
        assert busy.state() == before
    del memory.observe
    busy.cycle()
    assert busy.cycle(only_reading).plan.empty


def test_an_absence_that_was_dated_before_a_bad_minute_keeps_its_date(busy: Busy) -> None:
    """Neither does the minute count as a second look, nor does it make the first one forgotten."""
    lab = busy.lab
    project = str(
        next(one for one in lab.world.resources(lab.offering) if one["backend_id"] == "climate-1-weather-1")["project"]
    )
    lab.leave(project, "ada")
    busy.cycle()
    for section in ("service_accounts", "offering_users", "project_roles", "resources"):

        def bad(world: World, section: str = section) -> World:
            return replace(world, marketplace=Bad(world.marketplace, section, partial))

        lab.clock.at += 440
        busy.cycle(bad)
        assert "ada" in lab.memory.users("climate-1-weather-1")
    lab.clock.at += 40
    busy.cycle()
    assert "ada" not in lab.memory.users("climate-1-weather-1")
