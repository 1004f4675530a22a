"""SIGKILL of the agent while it writes: the writer goes on, no second one overlaps it, and the next start converges."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sandbox.marketplace.server import MarketplaceServer
from tests.fixtures.service import command
from tests.fixtures.site import IN_SLURM, LabCluster, Site, site
from tests.fixtures.tools import Wrapped, one_after_another, wait_for

WEATHER = "climate-1-weather-1"


@pytest.fixture
def lab(tmp_path: Path, cluster_site: LabCluster, tools: Wrapped) -> Iterator[Site]:
    with MarketplaceServer() as server:
        yield site(tmp_path / "agent", server, cluster_site, tools=tools)


def test_no_second_writer_begins_while_the_one_of_a_killed_agent_runs(lab: Site, tools: Wrapped) -> None:
    resource = lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    tools.slow_writes(8)
    with command(lab.settings, "sync") as killed:
        wait_for(tools.writers, "a writer")
        killed.send_signal(signal.SIGKILL)
    assert [event.split()[0] for event in tools.writers()] == ["begin"]
    assert lab.accounts() == set()
    tools.slow_writes(0)  # the one that began keeps its pace

    with command(lab.settings, "sync") as after:
        printed, _ = after.communicate(timeout=30)
    assert after.returncode == 0, printed
    assert one_after_another(tools.writers())
    assert len(tools.writers()) >= 4
    assert lab.users(WEATHER) == {"ada", "emmy"}
    assert lab.limits(WEATHER) == IN_SLURM
    assert lab.accounts() == {WEATHER}
    assert lab.order_states(resource) == [("Create", "done")]
    assert lab.agent("plan", "--detailed-exitcode").code == 0
