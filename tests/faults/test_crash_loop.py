"""The agent is killed at its n-th effect, for n = 1, 2, … until a run ends untouched; each time all must come right.

The mix is a morning of forty orders of every type, in three offerings with flat, tree and kept accounts, beside flags,
a project that moves, drift, and people: who come and have to be named, who leave in every way, whose names were
blanked, coordinators, service accounts, and the site's command for users (tests/fixtures/crash/mix.py).
"""

import pytest

from tests.fixtures.crash.loop import Loop, crash_loop
from tests.fixtures.crash.mix import ORDERS
from tests.fixtures.crash.point import FURTHER

FEWEST_POINTS = 300


@pytest.fixture(scope="module")
def loop() -> Loop:
    return crash_loop()


@pytest.mark.slow
def test_killed_at_any_of_its_effects_the_agent_leaves_everything_as_it_was_ordered(loop: Loop) -> None:
    assert loop.failures == []
    assert len(loop.points) > FEWEST_POINTS
    assert sum(loop.orders.values()) >= ORDERS
    assert loop.orders.keys() == {"Create", "Update", "Terminate", "Restore"}


@pytest.mark.slow
def test_two_further_cycles_are_enough(loop: Loop) -> None:
    assert max(point.cycles for point in loop.points) <= FURTHER
