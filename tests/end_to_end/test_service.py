"""The service on a real Slurm: orders are carried out unasked, and a stop in mid-cycle leaves nothing half-done."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sandbox.marketplace.server import MarketplaceServer
from agent.sandbox.real.slurm import RealCluster
from tests.fixtures.service import command, service
from tests.fixtures.site import IN_SLURM, Site, site
from tests.fixtures.tools import Wrapped, one_after_another, wait_for, wrapped

WEATHER = "climate-1-weather-1"


@pytest.fixture
def tools(tmp_path: Path, real_slurm: RealCluster) -> Wrapped:
    return wrapped(tmp_path / "tools", real_slurm)


@pytest.fixture
def lab(tmp_path: Path, real_slurm: RealCluster, tools: Wrapped) -> Iterator[Site]:
    with MarketplaceServer() as server:
        often = {"daemon": {"converge_every": 1, "usage_every": 1}}
        yield site(tmp_path / "agent", server, real_slurm, tools=tools, tables=often)


def test_an_order_placed_while_the_service_runs_is_done_unasked(lab: Site, tmp_path: Path) -> None:
    with service(tmp_path, lab.settings) as running:
        wait_for(lambda: "READY=1" in running.heard(), "READY")
        resource = lab.order(lab.project("Climate", "ada", "emmy"), "weather")
        wait_for(lambda: lab.order_states(resource) == [("Create", "done")], "the order")
        assert lab.users(WEATHER) == {"ada", "emmy"}
        assert lab.limits(WEATHER) == IN_SLURM

        done = 'agent_actions_total{kind="finish order",result="done"}'
        wait_for(lambda: running.sample(done) == 1, "the order in a scrape")
        assert running.sample('agent_actions_total{kind="create account",result="done"}') == 1
        assert running.sample('agent_actions_total{kind="add association",result="done"}') == 2
        for lane in ("converge", "usage"):
            success = f'agent_lane_last_success_timestamp_seconds{{lane="{lane}"}}'
            wait_for(lambda series=success: abs(running.sample(series) - time.time()) < 20, f"a success of {lane}")
        running.process.terminate()
        assert running.process.wait(20) == 0
        assert running.heard().count("READY=1") == 1
        assert "STOPPING=1" in running.messages
        assert running.events("lane failed") == []


def test_sigterm_while_slurm_is_written_finishes_the_batch_and_the_next_start_the_rest(
    lab: Site, tmp_path: Path, tools: Wrapped
) -> None:
    resource = lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    tools.slow_writes(1.5)
    with service(tmp_path, lab.settings) as running:
        wait_for(tools.writers, "a writer")
        running.process.terminate()
        assert running.process.wait(20) == 0
        assert running.events("lane failed") == []
    begun = tools.writers()
    assert [word.split()[0] for word in begun] == ["begin", "end"]
    assert lab.users(WEATHER) == {"ada", "emmy"}
    assert lab.limits(WEATHER) == IN_SLURM
    assert lab.order_states(resource) == [("Create", "executing")]

    tools.slow_writes(0)
    with service(tmp_path, lab.settings):
        wait_for(lambda: lab.order_states(resource) == [("Create", "done")], "the order")
    assert tools.writers() == begun
    assert lab.account(resource) == WEATHER


def test_a_sync_beside_the_service_waits_for_its_cycle(lab: Site, tmp_path: Path, tools: Wrapped) -> None:
    resource = lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    tools.slow_writes(1.5)
    with service(tmp_path, lab.settings):
        wait_for(tools.writers, "a writer of the service")
        with command(lab.settings, "sync") as beside:
            printed, _ = beside.communicate(timeout=30)
        assert beside.returncode == 0, printed
        assert "0 done, 0 failed, 0 held." in printed
        assert lab.order_states(resource) == [("Create", "done")]
    assert one_after_another(tools.writers())
    assert len(tools.writers()) == 2
