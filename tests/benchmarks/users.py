"""Many users: a cycle with nothing to do, and a thousand mixed changes of membership, on a real Slurm.

Twenty people a project, each person in two of them. The marketplace is the embedded one in its 2025 dialect; the cluster
holds every account and association before the counting starts, as if the agent had been running for years.
"""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from agent.composition import compose
from agent.core.names import description, organization
from agent.engine.converge import plan_cycle
from agent.sandbox.marketplace.server import MarketplaceServer
from agent.sandbox.marketplace.world import World
from agent.sandbox.real.slurm import RealCluster
from agent.sandbox.settings_file import write_settings
from agent.settings import load
from tests.benchmarks.filled import Filling, fill
from tests.benchmarks.measure import Cost, one_sync
from tests.benchmarks.peak import run_measured

SIZES = (100, 1000, 10_000)
TO_A_PROJECT = 20
CHANGES = 1000
TARGETS = {
    "idle_processes": 5,
    "idle_writes": 0,
    "idle_requests": 115,
    "plan_cpu_seconds": 1.0,
    "rss_mb": 300,
    "changes_1000_mutating_processes": 40,
    "changes_1000_writes": 250,
}
AGENT = Path(sys.executable).with_name("agent")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Site:
    """A settled site: its marketplace, its settings, and who is where."""

    server: MarketplaceServer
    settings: Path
    offering: str
    projects: list[str]
    people: list[str]


def measure_users() -> dict[int, dict[str, float]]:
    """The figures of each size; the changes are measured at the largest."""
    return {size: _one_size(size) for size in SIZES}


def report_users(figures: Mapping[int, Mapping[str, float]]) -> list[str]:
    """Print how the figures grow; gives those of the largest size that are over their target."""
    table = Table(title=f"users, {TO_A_PROJECT} to a project and each in two, 2025 dialect, real Slurm")
    table.add_column("users", justify="right")
    for column in TARGETS:
        table.add_column(column.replace("_", " "), justify="right")
    for size, row in figures.items():
        table.add_row(str(size), *(f"{row[column]:g}" if column in row else "" for column in TARGETS))
    table.add_row("target", *(f"{limit:g}" for limit in TARGETS.values()))
    Console(width=140).print(table)
    largest = figures[max(figures)]
    return [f"users: {name}" for name, limit in TARGETS.items() if largest[name] > limit]


def _one_size(size: int) -> dict[str, float]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="agent-bench-", dir="/tmp")))
        folder.chmod(0o755)
        (folder / "slurm").mkdir()
        server = stack.enter_context(MarketplaceServer("2025"))
        cluster = stack.enter_context(RealCluster(folder / "slurm"))
        site = _settled(server, cluster, folder, size)
        idle, cycle, _ = one_sync(site.settings, server)
        _expect(
            cycle.plan.empty, f"the idle cycle has something to do: {cycle.plan.actions[:2]} {cycle.plan.notices[:2]}"
        )
        figures: dict[str, float] = {
            "idle_processes": idle.processes,
            "idle_writes": idle.writes,
            "idle_requests": idle.requests,
            "idle_seconds": round(idle.seconds, 2),
            "plan_cpu_seconds": _plan_cpu(site.settings),
            "rss_mb": round(_resident(site.settings), 1),
        }
        if size == max(SIZES):
            changed = _changed(site)
            figures |= {
                "changes_1000_mutating_processes": changed.mutating,
                "changes_1000_writes": changed.writes,
                "changes_1000_processes": changed.processes,
                "changes_1000_seconds": round(changed.seconds, 2),
            }
        return figures


def _settled(server: MarketplaceServer, cluster: RealCluster, folder: Path, size: int) -> Site:
    """Everybody has a role, a name and an association; the journal has taken over what was there."""
    world = server.world
    offering = world.create_offering("HPC")
    projects, people = _marketplace(world, offering, size)
    settings = write_settings(folder / "agent", server.url, server.token, cluster, [offering])
    _slurm(world, cluster, offering)
    for _ in range(2):
        _, cycle, _ = one_sync(settings, server)
        _expect(not cycle.failures, f"the site could not be settled: {cycle.failures[:3]}")
    return Site(server=server, settings=settings, offering=offering, projects=projects, people=people)


def _marketplace(world: World, offering: str, size: int) -> tuple[list[str], list[str]]:
    with world.at_once():
        customer = world.create_customer("University")
        number = max(2, size // TO_A_PROJECT)
        projects = [world.create_project(customer, f"Project {each}") for each in range(number)]
        people = [world.create_user(f"u{each:05}", "User", f"{each:05}") for each in range(size)]
        for each, person in enumerate(people):
            for place in {each % number, (each + 1 + each // number) % number}:
                world.add_member(projects[place], person)
        for each, project in enumerate(projects):
            world.order_create(project, offering, f"alloc-{each}", {"cpu": 1000})
    return projects, people


def _slurm(world: World, cluster: RealCluster, offering: str) -> None:
    """What an agent would have made long ago."""
    names = {row["user"]: row["username"] for row in world.offering_users(offering)}
    fill(
        cluster,
        [
            Filling(
                name=resource["name"],
                description=description(resource["uuid"], resource["name"]),
                organization=organization(offering),
                users=tuple(sorted(names[user] for user in world.members(resource["project"]))),
            )
            for resource in world.resources(offering)
        ],
    )


def _plan_cpu(settings: Path) -> float:
    """CPU seconds of one plan, see ``tests.benchmarks.planning``."""
    program = [sys.executable, "-m", "tests.benchmarks.planning", settings]
    return float(subprocess.run(program, check=True, capture_output=True, cwd=ROOT).stdout)


def _resident(settings: Path) -> float:
    """The most resident MiB of one ``agent sync``."""
    _, peak = run_measured([AGENT, "--config", settings, "sync"])
    return peak


def _changed(site: Site) -> Cost:
    """Half of the changes are people who leave one of their projects, half are people who join another."""
    world, projects = site.server.world, site.projects
    with world.at_once():
        for each in range(CHANGES // 2):
            project = projects[each % len(projects)]
            world.remove_member(project, world.members(project)[0])
            newcomer = site.people[(each * 7 + len(site.people) // 3) % len(site.people)]
            world.add_member(projects[(each * 3 + 1) % len(projects)], newcomer)
    first, cycle, _ = one_sync(site.settings, site.server, confirmed=True)
    _release(site.settings)
    second, cycle, _ = one_sync(site.settings, site.server, confirmed=True)
    _expect(not cycle.failures and not cycle.plan.held, f"the changes were not carried out: {cycle.failures[:3]}")
    _, cycle, _ = one_sync(site.settings, site.server)
    _expect(cycle.plan.empty, f"the changes were not all carried out: {cycle.plan.actions[:3]}")
    return first.plus(second)


def _release(settings: Path) -> None:
    """What ``agent guard release CHECKSUM`` does with the checksum that ``agent plan`` prints."""
    agent = compose(load(settings, {}), {})
    try:
        _, _, plan = plan_cycle(agent.world, agent.world.policies, confirmed=True)
        agent.journal.release(plan.held_checksum, agent.world.clock.now())
    finally:
        agent.close()


def _expect(condition: bool, text: str) -> None:
    """A figure of work that was not done is worse than none."""
    if not condition:
        raise SystemExit(text)
