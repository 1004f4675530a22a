"""The installed files: systemd units, alerts, dashboard and the page about them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from agent.errors import ConfigError
from agent.service.metrics import Metrics
from tests.fixtures.real_parts import unavailable

ROOT = Path(__file__).parents[2]
SYSTEMD = ROOT / "systemd"
UNITS = ["agent.service", "agent-sync.service", "agent-sync.timer"]
ANALYZE = shutil.which("systemd-analyze")


def settings(unit: str) -> list[str]:
    return [line for line in (SYSTEMD / unit).read_text().splitlines() if line and line[0] not in "#["]


def analyze(*arguments: str) -> "subprocess.CompletedProcess[str]":
    if ANALYZE is None:
        unavailable("systemd-analyze", ["the package systemd"], "as root, `make test` installs it")
    return subprocess.run([ANALYZE, *arguments], check=False, capture_output=True, text=True, timeout=60)


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = (SYSTEMD / unit).read_text().replace("/usr/bin/agent", shutil.which("true") or "/bin/true")
        (tmp_path / unit).write_text(text)
    done = analyze("verify", "--man=no", *(str(tmp_path / unit) for unit in UNITS))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", ["agent.service", "agent-sync.service"])
def test_the_exposure_that_systemd_counts_is_below_two(unit: str) -> None:
    done = analyze("security", "--offline=true", "--threshold=20", "--no-pager", str(SYSTEMD / unit))
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


def test_both_services_are_hardened_alike() -> None:
    def hardening(unit: str) -> str:
        return (SYSTEMD / unit).read_text().partition("# Hardening.")[2].partition("\n[Install]")[0].strip()

    assert hardening("agent.service") == hardening("agent-sync.service")
    assert len(hardening("agent.service").splitlines()) > 40


@pytest.mark.parametrize("unit", ["agent.service", "agent-sync.service"])
def test_no_hardening_line_is_without_a_comment_that_covers_six_at_most(unit: str) -> None:
    since_comment = 6
    for line in (SYSTEMD / unit).read_text().partition("# Hardening.\n")[2].partition("\n[Install]")[0].splitlines():
        since_comment = 0 if line.startswith("#") else since_comment + 1
        assert since_comment <= 6, f"{line} is explained by no comment"


@pytest.mark.parametrize("unit", ["agent.service", "agent-sync.service"])
def test_a_slurm_command_under_way_is_never_killed_by_the_service_manager(unit: str) -> None:
    lines = settings(unit)
    assert {"KillMode=mixed", "SendSIGKILL=no", "TimeoutStopFailureMode=abort"} <= set(lines)


def test_errors_that_a_restart_cannot_mend_do_not_restart_the_daemon() -> None:
    lines = settings("agent.service")
    assert "Restart=on-failure" in lines
    assert f"RestartPreventExitStatus={ConfigError.exit_code} 64" in lines


def test_neither_service_runs_as_root_or_can_dump_the_token() -> None:
    for unit in ("agent.service", "agent-sync.service"):
        assert {"User=agent", "CapabilityBoundingSet=", "NoNewPrivileges=yes", "LimitCORE=0"} <= set(settings(unit))


def metric_names() -> set[str]:
    metrics = Metrics("0")
    suffix = {"counter": "_total", "info": "_info"}
    ours = [family for family in metrics.registry.collect() if family.name.startswith("agent_")]
    return {family.name + suffix.get(family.type, "") for family in ours}


def mentioned(text: str) -> set[str]:
    return set(re.findall(r"\bagent_[a-z_]+[a-z]\b", text))


def test_the_operations_page_describes_every_metric_and_no_other() -> None:
    assert mentioned((ROOT / "docs/operations.md").read_text()) == metric_names()


def test_the_alerts_and_the_dashboard_use_metrics_that_exist() -> None:
    rules = yaml.safe_load((ROOT / "config/prometheus/agent.rules.yml").read_text())
    for rule in rules["groups"][0]["rules"]:
        assert mentioned(rule["expr"]), rule["alert"]
        assert mentioned(rule["expr"]) <= metric_names(), rule["alert"]
    panels = json.loads((ROOT / "config/grafana/agent.json").read_text())["panels"]
    for panel in panels:
        used = mentioned(panel["targets"][0]["expr"])
        assert used, panel["title"]
        assert used <= metric_names(), panel["title"]


def test_the_operations_page_says_what_to_do_about_every_alert() -> None:
    rules = yaml.safe_load((ROOT / "config/prometheus/agent.rules.yml").read_text())
    page = (ROOT / "docs/operations.md").read_text()
    assert [rule["alert"] for rule in rules["groups"][0]["rules"] if rule["alert"] not in page] == []


def test_the_operations_page_explains_every_event_of_the_service() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "agent/service").glob("*.py"))
    events = set(re.findall(r'log\.\w+\(\s*"([^"]+)"', sources))
    assert len(events) >= 10
    page = (ROOT / "docs/operations.md").read_text()
    assert {event for event in events if f"`{event}`" not in page} == set()
