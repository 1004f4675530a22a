"""What the guard counts of a directory that was written, and that GLAuth was not seen to serve."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser, Feed
from agent.engine.converge import Cycle
from agent.engine.oneshot import UsageRun, exit_code
from agent.engine.usage import UsageReport
from agent.engine.world import World
from agent.errors import NotConverged, Unavailable
from tests.engine.conftest import MakeLab
from tests.fixtures.memory_people import Published
from tests.fixtures.memory_site import MemorySite, instead_of

GOOD = UsageRun(UsageReport(month="2026-11"))
Ending = Callable[[Published, Directory], bool]


def served(glauth: Published, directory: Directory) -> bool:
    return glauth.publish(directory)


def down(glauth: Published, directory: Directory) -> bool:
    glauth.publish(directory)
    raise NotConverged("the file stands as it should, but GLAuth cannot be reached")


def put_back(glauth: Published, directory: Directory) -> bool:
    raise NotConverged("GLAuth does not serve it, and the last good file was put back")


def written_and_not_copied(glauth: Published, directory: Directory) -> bool:
    glauth.publish(directory)
    raise Unavailable("the copy of what was served cannot be written")


def not_written(glauth: Published, directory: Directory) -> bool:
    raise Unavailable("the file cannot be replaced")


@dataclass
class Listed:
    """A site whose one feed lists these numbers; publishing ends as a test says."""

    lab: MemorySite
    glauth: Published
    numbers: list[int]
    end: Ending = served

    def cycle(self, **answers: Any) -> Cycle:
        return self.lab.cycle(lambda world: self._world(world, answers), confirmed=True)

    def _world(self, world: World, answers: dict[str, Any]) -> World:
        world = self.glauth.serves(world)
        ending = {"publish": lambda directory: self.end(self.glauth, directory), **answers}
        feed = instead_of("marketplace", directory_feed=lambda _: self._feed())
        return feed(instead_of("directory", **ending)(world))

    def _feed(self) -> Feed:
        users = tuple(DirectoryUser(name=f"u{n}", uidnumber=n, primarygroup=n) for n in self.numbers)
        groups = tuple(DirectoryGroup(name=f"u{n}", gidnumber=n) for n in self.numbers)
        return Feed(directory=Directory(users=users, groups=groups))

    def counted(self) -> list[str]:
        """The keys of the removals that the journal has."""
        with self.lab.world_of() as (_, world):
            return [removal.key for removal in world.journal.known(0.0).removals]


@pytest.fixture
def listed(make_lab: MakeLab) -> Listed:
    """Sixty people, all served."""
    site = Listed(make_lab(), Published(), list(range(10_001, 10_061)))
    site.cycle()
    assert (len(site.glauth.enabled()), site.counted()) == (60, [])
    return site


@pytest.mark.parametrize("end", [down, written_and_not_copied])
def test_a_removal_that_stands_in_the_file_counts_although_publishing_failed(listed: Listed, end: Ending) -> None:
    listed.end = end
    del listed.numbers[:2]
    cycle = listed.cycle()
    assert len(cycle.failures) == 2, "a person and the heart-beat are told all the same"
    assert len(listed.glauth.enabled()) == 58
    assert len(listed.counted()) == 2
    listed.end = served
    assert listed.cycle().plan.actions == ()
    assert len(listed.counted()) == 2


@pytest.mark.parametrize("end", [put_back, not_written])
def test_a_removal_that_does_not_stand_counts_once_it_does(listed: Listed, end: Ending) -> None:
    listed.end = end
    del listed.numbers[:2]
    for _ in range(3):
        listed.cycle()
        assert (len(listed.glauth.enabled()), listed.counted()) == (60, [])
    listed.end = served
    listed.cycle()
    assert (len(listed.glauth.enabled()), len(listed.counted())) == (58, 2)


@pytest.mark.parametrize(("end", "counted"), [(down, 2), (not_written, 0)])
def test_a_file_that_cannot_be_read_again_counts_when_it_may_have_been_written(
    listed: Listed, end: Ending, counted: int
) -> None:
    listed.end = end
    del listed.numbers[:2]
    before, reads = listed.glauth.directory, iter([True])

    def only_at_first() -> Directory:
        if next(reads, False):
            return before
        raise Unavailable("the file cannot be read")

    listed.cycle(current=only_at_first)
    assert len(listed.counted()) == counted


def test_the_brake_of_a_day_holds_while_glauth_is_down(listed: Listed) -> None:
    listed.end = down
    for _ in range(10):
        del listed.numbers[:5]
        assert listed.cycle().plan.held == ()
    del listed.numbers[:1]
    cycle = listed.cycle()
    assert ["51 removals in 24 hours is over 50" in held.reason for held in cycle.plan.held] == [True]
    assert len(listed.glauth.enabled()) == 10


def test_what_a_person_rolled_back_waits_and_nothing_counts_as_failed(listed: Listed) -> None:
    listed.glauth.roll_back()
    listed.glauth.directory = Directory(users=listed.glauth.good.users, groups=listed.glauth.good.groups)
    listed.numbers.append(10_061)
    cycle = listed.cycle()
    waiting = {outcome.detail for outcome in cycle.outcomes if outcome.result == "waiting"}
    assert waiting == {"publishing is held since the roll-back"}
    assert (cycle.failures, exit_code(cycle, GOOD)) == ((), 3)
    listed.glauth.resume()
    assert exit_code(listed.cycle(), GOOD) == 0
    assert "u10061" in listed.glauth.enabled()


def test_a_roll_back_with_nothing_to_publish_ends_with_3_as_well(listed: Listed) -> None:
    listed.glauth.back = True
    cycle = listed.cycle()
    assert (cycle.outcomes, exit_code(cycle, GOOD)) == ((), 3)
    assert "directory: publishing is held since the roll-back" in cycle.notices


def test_a_directory_that_is_not_served_is_told_also_when_nothing_changes(listed: Listed) -> None:
    listed.end = down
    cycle = listed.cycle()
    assert (cycle.outcomes, exit_code(cycle, GOOD)) == ((), 4)
