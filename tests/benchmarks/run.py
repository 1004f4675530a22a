"""``make bench``: the cost of the agent's work against that of an existing agent, on the same figures.

20 resources, 25 users each, 250 people, 4 customers, 20 projects, 500 jobs a resource; the 2025 dialect on the embedded
marketplace and a real Slurm. Counts are exact; seconds depend on the machine.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from http import HTTPStatus
from pathlib import Path
from urllib.request import urlopen

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from agent.sandbox.marketplace.scenario import populate
from agent.sandbox.marketplace.server import MarketplaceServer
from agent.sandbox.real.address import free_ports
from agent.sandbox.real.slurm import RealCluster
from agent.sandbox.settings_file import write_settings
from tests.benchmarks.crash_loop import measure_crash_loop, report_crash_loop
from tests.benchmarks.glauth import measure_glauth, report_glauth
from tests.benchmarks.history import record_jobs
from tests.benchmarks.measure import one_sync
from tests.benchmarks.orders import measure_orders, report_orders
from tests.benchmarks.users import measure_users, report_users
from tests.fixtures.glauth import found

RESOURCES, USERS, PEOPLE, CUSTOMERS, PROJECTS, JOBS = 20, 25, 250, 4, 20, 500

EXISTING = {
    "provision": (1144, 254),
    "steady": (220, 337),
    "one_in_one_out": (144, 96),
}
"""Processes and requests of waldur-site-agent 1.0.7 for the same work."""

TARGETS = {"provision": (20, 100, 8), "steady": (5, 12, 0), "one_in_one_out": (8, 14, 4)}

START_TARGETS = {"help_seconds": 0.4, "rss_mb": 70}
COUNTED = ("processes", "requests", "writes", "seconds")
ROOT = Path(__file__).resolve().parents[2]
AGENT = Path(sys.executable).with_name("agent")


def main() -> int:
    """Measure, print the table, write ``build/bench.json``; 1 when a count is over its target."""
    if missing := RealCluster.missing():
        sys.stderr.write(f"the benchmark needs a real Slurm: {', '.join(missing)}; as root, `make test` installs it\n")
        return 1
    binary = found()
    if binary is None:
        sys.stderr.write("the benchmark needs a GLAuth: run `make glauth`, or set GLAUTH_BIN to the binary\n")
        return 1
    figures = measure()
    orders = measure_orders()
    users = measure_users()
    directory = measure_glauth(binary)
    crashes = measure_crash_loop()
    grown = {f"orders_{size}": cost for size, cost in orders.items()} | {
        f"users_{size}": cost for size, cost in users.items()
    }
    written = {**figures, **grown, "glauth": directory, "crash_loop": crashes}
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "bench.json").write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    over = [
        *report(figures),
        *report_orders(orders),
        *report_users(users),
        *report_glauth(directory),
        *report_crash_loop(crashes),
    ]
    print(f"over target: {', '.join(over)}" if over else "every figure is within its target")
    return 1 if over else 0


def measure() -> dict[str, dict[str, float]]:
    """Provision everything, let nothing change, then change one member for another."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="agent-bench-", dir="/tmp")))
        folder.chmod(0o755)
        (folder / "slurm").mkdir()
        server = stack.enter_context(MarketplaceServer("2025"))
        cluster = stack.enter_context(RealCluster(folder / "slurm"))
        offering = populate(
            server.world,
            resources=RESOURCES,
            users_per_resource=USERS,
            distinct_users=PEOPLE,
            customers=CUSTOMERS,
            projects=PROJECTS,
        )
        settings = write_settings(folder / "agent", server.url, server.token, cluster, [offering])
        provision, cycle, _ = one_sync(settings, server)
        expect(not cycle.failures, f"provisioning failed: {cycle.failures[:3]}")
        accounts = [row["backend_id"] for row in server.world.resources(offering)]
        record_jobs(cluster, cluster._up().database, accounts, JOBS)
        first, _, usage = one_sync(settings, server)
        expect(usage.report is not None and usage.report.changed == RESOURCES, f"usage was not told: {usage}")
        steady, cycle, _ = one_sync(settings, server)
        expect(cycle.plan.empty, "the steady cycle has something to do")
        change_one_member(server, offering)
        changed, cycle, _ = one_sync(settings, server, confirmed=True)
        expect(len(cycle.outcomes) == 2 and not cycle.failures, f"one in, one out: {cycle.outcomes}")
        costs = {"provision": provision, "first_usage": first, "steady": steady, "one_in_one_out": changed}
        start = {"help_seconds": round(measure_help(), 3), "rss_mb": round(measure_resident(settings), 1)}
        return {**{name: cost.figures() for name, cost in costs.items()}, "start": start}


def change_one_member(server: MarketplaceServer, offering: str) -> None:
    """One member of the first project leaves, somebody new comes."""
    resource = server.world.resources(offering)[0]
    member = server.world.members(resource["project"])[0]
    server.world.remove_member(resource["project"], member)
    server.world.add_member(resource["project"], server.world.create_user("u9999", "New", "Member"))


def measure_help() -> float:
    """Seconds of ``agent --help``: the best of five."""
    seconds = []
    for _ in range(5):
        began = time.monotonic()
        subprocess.run([AGENT, "--help"], check=True, capture_output=True)
        seconds.append(time.monotonic() - began)
    return min(seconds)


def measure_resident(settings: Path) -> float:
    """Resident MiB of the daemon once both lanes have succeeded."""
    port = free_ports("127.0.0.1", 1)[0]
    environ = {**os.environ, "AGENT_DAEMON__LISTEN": f"127.0.0.1:{port}"}
    with subprocess.Popen([AGENT, "--config", settings, "run"], env=environ, stderr=subprocess.DEVNULL) as daemon:
        try:
            wait_until_healthy(port)
            status = Path(f"/proc/{daemon.pid}/status").read_text(encoding="ascii")
        finally:
            daemon.terminate()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


def wait_until_healthy(port: int) -> None:
    """Until /healthz says that every lane succeeded."""
    for _ in range(300):
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as reply:
            if reply.status == HTTPStatus.OK:
                return
        time.sleep(0.1)
    raise SystemExit("the daemon did not become healthy within 30 s")


def report(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Print the table; gives the names of what is over its target."""
    table = Table(title=f"R={RESOURCES} U={USERS} J={JOBS}, 2025 dialect, real Slurm")
    for column in ("work", "processes", "requests", "writes", "seconds", "targets", "existing agent"):
        table.add_column(column, justify="left" if column == "work" else "right")
    over = []
    for name, cost in figures.items():
        if name == "start":
            continue
        wanted, existing = TARGETS.get(name), EXISTING.get(name)
        counts = (cost["processes"], cost["requests"], cost["writes"])
        if wanted and any(count > limit for count, limit in zip(counts, wanted, strict=True)):
            over.append(name)
        table.add_row(name, *(f"{cost[key]:g}" for key in COUNTED), slashed(wanted), slashed(existing))
    Console(width=120).print(table)
    start = figures["start"]
    over += [name for name, limit in START_TARGETS.items() if start[name] > limit]
    print(f"agent --help {start['help_seconds']} s (0.4; 3.0), daemon after a cycle {start['rss_mb']} MiB (70; 137)")
    return over


def slashed(figures: tuple[int, ...] | None) -> str:
    """``20 / 100 / 8``."""
    return " / ".join(map(str, figures)) if figures else ""


def expect(condition: bool, text: str) -> None:
    """A figure of work that was not done is worse than none."""
    if not condition:
        raise SystemExit(text)


if __name__ == "__main__":
    sys.exit(main())
