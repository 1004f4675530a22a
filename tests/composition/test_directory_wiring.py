"""The directory that the settings describe."""

from pathlib import Path

from agent.directory_wiring import published_directory
from agent.settings import load

SETTINGS = """
[marketplace]
url = "https://waldur.example.org"

[[offerings]]
uuid = "9f4b2c1de8a74d0b8c5a6e7f00112233"

[state]
directory = "{folder}"
"""
GLAUTH = """
[glauth]
file = "{folder}/glauth.cfg"
base = "{folder}/base.toml.j2"
base_values = {{ base_dn = "dc=example,dc=org" }}
probe_url = ""
restart = ["{folder}/restart"]
restart_interval = "1h"
"""


def test_without_a_table_there_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text(SETTINGS.format(folder=tmp_path))
    assert published_directory(load(tmp_path / "agent.toml", {})) is None


def test_base_values_restart_and_interval_reach_it_and_its_files_stand_beside_the_journal(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text((SETTINGS + GLAUTH).format(folder=tmp_path))
    (tmp_path / "base.toml.j2").write_text("{{ base_dn }}")
    (tmp_path / "restart").write_text(f"#!/bin/sh\ntouch {tmp_path}/restarted-by-the-command\n")
    (tmp_path / "restart").chmod(0o755)
    directory = published_directory(load(tmp_path / "agent.toml", {}))
    assert directory is not None
    assert directory.base_values == {"base_dn": "dc=example,dc=org"}
    assert directory.refusal.seconds == 3600.0
    assert directory.restart.run() == ""
    assert (tmp_path / "restarted-by-the-command").exists()
    assert directory.restart.refused().startswith("GLAuth was restarted at ")
    kept = (directory.key_file, directory.last_good, directory.copies.previous, directory.hold.file)
    assert {file.parent for file in (*kept, directory.refusal.file)} == {tmp_path}
    assert len({*kept, directory.refusal.file}) == 5
