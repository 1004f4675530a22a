"""Many orders at once: six creations, two updates, two terminations of ten; on the embedded marketplace and a real Slurm.

Every project has five people. What is updated and terminated was made, and its usage told, before the counting starts.
The guard runs as shipped: the terminations beyond its brake are held, and released by their checksum.
"""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from agent.composition import compose
from agent.engine.converge import plan_cycle
from agent.sandbox.marketplace.server import MarketplaceServer
from agent.sandbox.marketplace.world import World
from agent.sandbox.real.slurm import RealCluster
from agent.sandbox.settings_file import write_settings
from agent.settings import load
from tests.benchmarks.history import record_jobs
from tests.benchmarks.measure import Cost, one_sync

SIZES = (10, 100, 1000)
USERS = 5
TARGETS = {"requests_per_order": 4.0, "mutating_processes": 40, "writes": 150}


def measure_orders() -> dict[int, dict[str, float]]:
    """The figures of each size: requests an order, mutating processes, writes, processes and seconds."""
    return {size: _figures(size, _one_size(size)) for size in SIZES}


def report_orders(figures: Mapping[int, Mapping[str, float]]) -> list[str]:
    """Print how the figures grow; gives those of the largest size that are over their target."""
    table = Table(title="orders (6 Create with 5 users : 2 Update : 2 Terminate), 2025 dialect, real Slurm")
    columns = ("requests_per_order", "mutating_processes", "writes", "processes", "seconds")
    table.add_column("orders", justify="right")
    for column in columns:
        table.add_column(column.replace("_", " "), justify="right")
    for size, row in figures.items():
        table.add_row(str(size), *(f"{row[column]:g}" for column in columns))
    table.add_row("target", *(f"{TARGETS[column]:g}" if column in TARGETS else "" for column in columns))
    Console(width=120).print(table)
    largest = figures[max(figures)]
    return [f"orders: {name}" for name, limit in TARGETS.items() if largest[name] > limit]


def _figures(size: int, cost: Cost) -> dict[str, float]:
    return {
        "requests_per_order": round(cost.requests / size, 2),
        "mutating_processes": cost.mutating,
        **cost.figures(),
    }


def _one_size(size: int) -> Cost:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="agent-bench-", dir="/tmp")))
        folder.chmod(0o755)
        (folder / "slurm").mkdir()
        server = stack.enter_context(MarketplaceServer("2025"))
        cluster = stack.enter_context(RealCluster(folder / "slurm"))
        offering = server.world.create_offering("HPC")
        settings = write_settings(folder / "agent", server.url, server.token, cluster, [offering])
        projects = _projects(server.world, size)
        standing = _order(server.world, offering, projects, size * 4 // 10, "standing")
        _settle(settings, server, cluster, offering)
        _place_orders(server.world, offering, projects, standing, size)
        first, cycle, _ = one_sync(settings, server)
        total = first
        if cycle.plan.held:
            _release(settings)
            second, cycle, _ = one_sync(settings, server)
            total = first.plus(second)
        _prove(server.world, offering, size)
        return total


def _projects(world: World, size: int) -> list[str]:
    """One project for ten orders, each with people of its own."""
    projects = []
    with world.at_once():
        customer = world.create_customer("University")
        for number in range(max(1, size // 10)):
            project = world.create_project(customer, f"Project {number}")
            for person in range(USERS):
                name = f"u{number:03}{person}"
                world.add_member(project, world.create_user(name, "User", name))
            projects.append(project)
    return projects


def _order(world: World, offering: str, projects: Sequence[str], number: int, name: str) -> list[str]:
    with world.at_once():
        orders = [
            world.order_create(projects[each % len(projects)], offering, f"{name}-{each}", {"cpu": 100 + each})
            for each in range(number)
        ]
        return [str(world.order(order)["resource"]) for order in orders]


def _settle(settings: Path, server: MarketplaceServer, cluster: RealCluster, offering: str) -> None:
    """The standing resources are made, have members and usage, and the marketplace was told of it."""
    for _ in range(2):
        _, cycle, _ = one_sync(settings, server)
        _expect(not cycle.failures, f"the standing resources could not be made: {cycle.failures[:3]}")
    accounts = [row["backend_id"] for row in server.world.resources(offering)]
    record_jobs(cluster, cluster._up().database, accounts, 2 * USERS)
    _, cycle, usage = one_sync(settings, server)
    told = usage.report
    _expect(told is not None and told.changed == len(accounts) and not told.failed, f"usage was not told: {usage}")
    _expect(cycle.plan.empty, "the standing resources are not settled")


def _place_orders(world: World, offering: str, projects: Sequence[str], standing: Sequence[str], size: int) -> None:
    half = len(standing) // 2
    with world.at_once():
        for number, resource in enumerate(standing[:half]):
            world.order_update(resource, {"cpu": 5000 + number})
        for resource in standing[half:]:
            world.order_terminate(resource)
    _order(world, offering, projects, size * 6 // 10, "new")


def _release(settings: Path) -> None:
    """What ``agent guard release CHECKSUM`` does with the checksum that ``agent plan`` prints."""
    agent = compose(load(settings, {}), {})
    try:
        _, _, plan = plan_cycle(agent.world, agent.world.policies)
        agent.journal.release(plan.held_checksum, agent.world.clock.now())
    finally:
        agent.close()


def _prove(world: World, offering: str, size: int) -> None:
    open_orders = [row for row in world.orders(offering) if row["state"] != "done"]
    _expect(not open_orders, f"{len(open_orders)} of {size} orders are not done: {open_orders[:2]}")


def _expect(condition: bool, text: str) -> None:
    """A figure of work that was not done is worse than none."""
    if not condition:
        raise SystemExit(text)
