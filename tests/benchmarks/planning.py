"""The CPU seconds of one plan, in a process that holds nothing but the agent.

Run as a program with the path of the settings; prints the seconds. The benchmark's own process also holds the embedded
marketplace, whose objects the garbage collector would go through at the plan's expense.
"""

import sys
import time
from pathlib import Path

from agent.composition import compose
from agent.core.cycle import make_plan
from agent.engine.converge import plan_cycle
from agent.settings import load


def plan_cpu(settings: Path) -> float:
    """From what was observed to what would be done."""
    agent = compose(load(settings, {}), {})
    try:
        world = agent.world
        observed, known, _ = plan_cycle(world, world.policies)
        began = time.process_time()
        make_plan(observed, world.policies, world.guard, known, world.makers)
        return time.process_time() - began
    finally:
        agent.close()


if __name__ == "__main__":
    sys.stdout.write(f"{plan_cpu(Path(sys.argv[1])):.3f}\n")
