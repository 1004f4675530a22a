"""SIGTERM while the agent writes or waits: the batch in hand ends, nothing else begins, and the next run does the rest."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sandbox.marketplace.server import MarketplaceServer
from agent.writer_lock import WriterLock
from tests.fixtures.service import command, service
from tests.fixtures.site import IN_SLURM, LabCluster, Site, site
from tests.fixtures.tools import Wrapped, wait_for, wrapped

WEATHER = "climate-1-weather-1"
SOON = 5.0


@pytest.fixture
def tools(tmp_path: Path, embedded_cluster: LabCluster) -> Wrapped:
    return wrapped(tmp_path / "tools", embedded_cluster)


@pytest.fixture
def lab(tmp_path: Path, embedded_cluster: LabCluster, tools: Wrapped) -> Iterator[Site]:
    with MarketplaceServer() as server:
        yield site(tmp_path / "agent", server, embedded_cluster, tools=tools)


def has_open(pid: int, path: Path) -> bool:
    return any(one.readlink() == path for one in Path(f"/proc/{pid}/fd").iterdir() if one.is_symlink())


def test_a_sync_that_is_told_to_stop_ends_its_batch_reads_it_back_and_leaves_the_rest_to_the_next(
    lab: Site, tools: Wrapped
) -> None:
    resource = lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    tools.slow_writes(1.5)
    with command(lab.settings, "sync") as stopped:
        wait_for(tools.writers, "a writer")
        stopped.terminate()
        stopped.terminate()
        printed, _ = stopped.communicate(timeout=30)
    assert stopped.returncode == 75, printed
    assert "✔ add users ada, emmy to account" in printed
    assert "the agent was told to stop; the batch in hand has ended, the next run does the rest" in printed
    begun = tools.writers()
    assert [word.split()[0] for word in begun] == ["begin", "end"]
    assert lab.users(WEATHER) == {"ada", "emmy"}
    assert lab.limits(WEATHER) == IN_SLURM
    assert lab.order_states(resource) == [("Create", "executing")]

    tools.slow_writes(0)
    assert lab.sync().code == 0
    assert tools.writers() == begun
    assert lab.order_states(resource) == [("Create", "done")]


def test_a_sync_that_waits_for_its_turn_leaves_soon_when_it_is_told_to_stop(lab: Site) -> None:
    resource = lab.order(lab.project("Climate", "ada"), "weather")
    turn = lab.journal.with_name("converge.lock")
    with WriterLock(turn).acquire(1), command(lab.settings, "sync") as waiting:
        wait_for(lambda: has_open(waiting.pid, turn), "the sync to wait")
        waiting.terminate()
        printed, _ = waiting.communicate(timeout=SOON)
    assert waiting.returncode == 75
    assert f"told to stop while it waited for {turn}" in printed
    assert lab.order_states(resource) == [("Create", "pending-provider")]


def test_a_service_whose_lanes_wait_for_their_turns_stops_soon_and_no_lane_has_failed(
    lab: Site, tmp_path: Path
) -> None:
    turns = [lab.journal.with_name(f"{lane}.lock") for lane in ("converge", "usage")]
    with WriterLock(turns[0]).acquire(1), WriterLock(turns[1]).acquire(1), service(tmp_path, lab.settings) as running:
        wait_for(lambda: all(has_open(running.process.pid, turn) for turn in turns), "both lanes to wait")
        told = time.monotonic()
        running.process.terminate()
        assert running.process.wait(30) == 0
        assert time.monotonic() - told < SOON
        assert {event["lane"] for event in running.events("lane stopped")} == {"converge", "usage"}
        assert running.events("lane failed") == []
