"""GLAuth's own unit, for sites that have none."""

import shutil
import subprocess
from pathlib import Path

from tests.fixtures.real_parts import unavailable

UNIT = Path(__file__).parents[2] / "systemd" / "glauth.service"


def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        unavailable("systemd-analyze", ["the package systemd"], "as root, `make test` installs it")
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/usr/bin/glauth", shutil.which("true") or "/bin/true"))
    done = subprocess.run(
        [analyze, "verify", "--man=no", copy], check=False, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_it_comes_back_by_itself_never_reloads_and_loads_no_file_that_was_not_checked() -> None:
    lines = UNIT.read_text().splitlines()
    (start,) = (line.removeprefix("ExecStart=") for line in lines if line.startswith("ExecStart="))
    assert {"Restart=always", "RestartSec=1", "StartLimitIntervalSec=0", "User=glauth", "Group=glauth"} <= set(lines)
    assert f"ExecStartPre={start.replace(' -c', ' --check-config -c')}" in lines
    assert not any(line.startswith("ExecReload") for line in lines)
