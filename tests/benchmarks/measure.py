"""What a run of the agent costs: processes where they start, requests where they arrive, changing commands, seconds."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agent.composition import Agent, Observers, compose
from agent.engine.converge import Cycle, converge
from agent.engine.oneshot import UsageRun, usage_after
from agent.sandbox.marketplace.server import MarketplaceServer
from agent.settings import load


@dataclass
class Cost:
    """Counts of one run. ``writes`` are changing commands sent to Slurm: a line on a stdin is one, a load file one.

    ``mutating`` are the processes that were sent any.
    """

    requests: int = 0
    seconds: float = 0.0
    programs: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    mutating: int = 0

    @property
    def processes(self) -> int:
        """Processes started."""
        return self.programs.total()

    def started(self, program: str, changes: int) -> None:
        """One process was started with this many changing commands."""
        self.programs[program] += 1
        self.writes += changes
        self.mutating += changes > 0

    def plus(self, other: "Cost") -> "Cost":
        """Both together."""
        return Cost(
            requests=self.requests + other.requests,
            seconds=self.seconds + other.seconds,
            programs=self.programs + other.programs,
            writes=self.writes + other.writes,
            mutating=self.mutating + other.mutating,
        )

    def figures(self) -> dict[str, float]:
        """The figures as they are published."""
        return {
            "processes": self.processes,
            "requests": self.requests,
            "writes": self.writes,
            "seconds": round(self.seconds, 2),
        }


@contextmanager
def fresh_agent(settings: Path, cost: Cost) -> Iterator[Agent]:
    """An agent as one command would start it, nothing remembered but its journal."""
    agent = compose(load(settings, {}), {}, Observers(on_start=cost.started))
    try:
        yield agent
    finally:
        agent.close()


def one_sync(settings: Path, server: MarketplaceServer, *, confirmed: bool = False) -> tuple[Cost, Cycle, UsageRun]:
    """One ``agent sync``, and what it cost."""
    cost = Cost()
    server.reset_counts()
    began = time.monotonic()
    with fresh_agent(settings, cost) as agent:
        cycle = converge(agent.world, agent.world.policies, confirmed=confirmed)
        usage = usage_after(agent.world, agent.world.policies, cycle)
    cost.seconds = time.monotonic() - began
    cost.requests = len(server.requests)
    return cost, cycle, usage
