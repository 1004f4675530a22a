"""What a crash can cost: the figures of the loop that kills the agent at every effect, on embedded parts and on real ones."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from agent.sandbox.real.slurm import RealCluster
from tests.fixtures.crash.loop import Loop, crash_loop, crash_rounds

TARGETS = {
    "lost": 0,
    "doubled": 0,
    "false_acknowledgements": 0,
    "overlapping_writers": 0,
    "max_cycles_to_converge": 2,
}


def measure_crash_loop() -> dict[str, int]:
    """The figures of both loops together."""
    embedded = crash_loop()
    with tempfile.TemporaryDirectory(prefix="agent-crash-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "slurm").mkdir()
        with RealCluster(folder / "slurm") as cluster:
            real = crash_rounds(folder, cluster)
    return Loop([*embedded.points, *real.points], writers=real.writers).figures()


def report_crash_loop(figures: Mapping[str, int]) -> list[str]:
    """Print the figures; gives the names of those that are over their target."""
    print("killed at every effect: " + ", ".join(f"{name} {value}" for name, value in figures.items()))
    return [f"crash loop: {name}" for name, limit in TARGETS.items() if figures[name] > limit]
