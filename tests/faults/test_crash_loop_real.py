"""The agent is killed around its writers on a real Slurm, whose commands go on without it; no two of them overlap."""

from pathlib import Path

import pytest

from agent.sandbox.real.slurm import RealCluster
from tests.fixtures.crash.loop import Loop, crash_rounds
from tests.fixtures.crash.point import FURTHER

FEWEST_POINTS = 20


@pytest.mark.slow
@pytest.mark.real_slurm
def test_killed_around_its_writers_the_agent_converges_and_no_two_of_them_overlap(
    tmp_path: Path, real_slurm: RealCluster
) -> None:
    loop = crash_rounds(tmp_path, real_slurm)
    assert loop.failures == []
    assert len(loop.points) >= FEWEST_POINTS
    assert max(point.cycles for point in loop.points) <= FURTHER
    assert len(loop.writers) > 2 * len(loop.points)
    assert loop.figures()["overlapping_writers"] == 0
    assert everyone_ended(loop)


def everyone_ended(loop: Loop) -> bool:
    """Whether every writer came to its end, those of a dead agent too."""
    begun = sorted(event.split()[1] for event in loop.writers if event.startswith("begin"))
    return begun == sorted(event.split()[1] for event in loop.writers if event.startswith("end"))
