"""``agent run``: the service from its settings to its end, in a process of its own."""

from pathlib import Path

from tests.fixtures.memory_site import MemorySite, memory_site
from tests.fixtures.service import command, service
from tests.fixtures.tools import wait_for


def started(folder: Path) -> MemorySite:
    """Settings whose commands do not exist: Slurm is away, and the service runs all the same."""
    folder.mkdir()
    with memory_site(folder, tables={"marketplace": {"deadline": 1}}) as made:
        return made


def test_the_service_starts_while_nothing_answers_and_says_what_to_do(tmp_path: Path) -> None:
    lab = started(tmp_path / "site")
    with service(tmp_path, lab.settings) as running:
        wait_for(lambda: "READY=1" in running.heard(), "READY")
        wait_for(lambda: len(running.events("lane failed")) == 2, "a failure of both lanes")
        failed = running.sample('agent_lane_failures_total{error="Unavailable",lane="converge"}')
        running.process.terminate()
        assert running.process.wait(20) == 0
    assert failed == 1
    for event in running.events("lane failed"):
        assert event["error"] == "Unavailable"
        assert "install it, or correct" in event["reason"]
        assert "exception" not in event
    assert lab.server.token not in running.log.read_text()


def test_settings_that_cannot_be_used_end_the_service_with_78_before_anything_starts(tmp_path: Path) -> None:
    lab = started(tmp_path / "site")
    lab.settings.write_text(lab.settings.read_text().replace('token_file = "', 'token_file = "/nowhere'))
    with command(lab.settings, "run") as running:
        printed, _ = running.communicate(timeout=30)
    assert running.returncode == 78
    assert "/nowhere" in printed
    assert not (tmp_path / "site" / "agent" / "state").exists()
