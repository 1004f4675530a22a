"""``agent doctor`` with the real GLAuth: each thing that can be wrong with the directory is told with its remedy."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from agent.sandbox.real.glauth import RealGlauth
from tests.fixtures.memory_site import MemorySite, memory_site

pytestmark = pytest.mark.real_glauth


@pytest.fixture
def site(site: MemorySite) -> MemorySite:
    """A site whose directory is published and served."""
    site.cycle()
    return site


def findings(site: MemorySite) -> dict[str, Any]:
    """What each part of the directory is found to be, by what it is about; the last one where there are several."""
    said = site.agent("doctor", "--json")
    found = {one["about"]: one for one in json.loads(said.text)}
    assert said.code == (4 if any(one["mark"] == "broken" for one in found.values()) else 0)
    return found


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_healthy_directory_has_nothing_broken(site: MemorySite, glauth: RealGlauth) -> None:
    said = site.agent("doctor")
    assert said.code == 0, said.text
    assert "✘" not in said.text
    assert f"  ✔ GLAuth       serves {glauth.file}: 2 users, 2 groups\n" in said.text
    assert "  ✔ hard links   the file has one name only\n" in said.text
    assert "  ✔ old files    " in said.text
    assert said.text.splitlines()[-1].startswith("0 broken, ")


def test_looking_changes_no_file(site: MemorySite, glauth: RealGlauth) -> None:
    def all_files() -> dict[Path, tuple[int, int]]:
        folders = (site.settings.parent, glauth.file.parent)
        files = (path for folder in folders for path in folder.rglob("*") if path.suffix != ".log")
        return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in files if path.is_file()}

    before = all_files()
    findings(site)
    assert all_files() == before


def test_settings_that_cannot_be_used_are_its_first_finding(site: MemorySite) -> None:
    edit(site.settings, "[glauth]", "[glauth]\nfiel = 1")
    said = site.agent("doctor")
    assert said.code == 4
    assert "  ✘ settings     " in said.text
    assert "is not a key; did you mean file?" in said.text
    assert said.text.splitlines()[-1] == "1 broken, 0 to look at."


def test_a_base_that_makes_glauth_dangerous_is_told_problem_by_problem(site: MemorySite, glauth: RealGlauth) -> None:
    edit(glauth.base_file, "LimitFailedBinds = false", "LimitFailedBinds = true\nIgnoreCapabilities = true")
    said = site.agent("doctor")
    assert said.code == 4
    assert f"  ✘ base file    {glauth.base_file}: [behaviors] LimitFailedBinds crashes GLAuth" in said.text
    assert f"  ✘ base file    {glauth.base_file}: [behaviors] IgnoreCapabilities lets every user" in said.text
    assert "  ✔ GLAuth       serves" in said.text, "the other checks go on"


def test_a_base_that_turns_sssd_away_is_told_with_the_line_to_write(site: MemorySite, glauth: RealGlauth) -> None:
    without = findings(site)["SSSD"]
    assert (without["mark"], "anonymousdse = true" in without["remedy"]) == ("doubtful", True)
    edit(glauth.base_file, "[backend]", "[backend]\nanonymousdse = true")
    assert findings(site)["SSSD"]["mark"] == "ok"


def test_a_hard_link_is_told(site: MemorySite, glauth: RealGlauth) -> None:
    os.link(glauth.file, glauth.file.with_name("kept"))
    found = findings(site)["hard links"]
    assert (found["mark"], "has 2 names" in found["text"]) == ("broken", True)
    assert "-samefile" in found["remedy"]


def test_a_process_that_holds_an_old_file_is_named(site: MemorySite, glauth: RealGlauth) -> None:
    with glauth.file.open():
        glauth.file.with_name("new").write_bytes(glauth.file.read_bytes())
        glauth.file.with_name("new").replace(glauth.file)
        found = findings(site)["old files"]
    assert found["mark"] == "broken"
    assert f"process {os.getpid()} (" in found["text"]
    assert findings(site)["old files"]["mark"] in {"ok", "none"}


@pytest.mark.parametrize(("mode", "words"), [(0o644, "lets others"), (0o660, "lets others")])
def test_a_file_that_others_may_read_or_change_is_told(
    site: MemorySite, glauth: RealGlauth, mode: int, words: str
) -> None:
    glauth.file.chmod(mode)
    found = findings(site)["file"]
    assert (found["mark"], words in found["text"], "chmod 640" in found["remedy"]) == ("broken", True, True)


def test_a_file_of_another_group_than_glauths_is_told(site: MemorySite, glauth: RealGlauth) -> None:
    edit(site.settings, "[glauth]", '[glauth]\ngroup = "daemon"')
    found = findings(site)
    assert (found["file"]["mark"], found["group"]["mark"]) == ("broken", "ok")
    assert "GLAuth runs in daemon" in found["file"]["text"]
    assert "chgrp daemon" in found["file"]["remedy"]


def test_a_group_that_is_not_there_is_told(site: MemorySite) -> None:
    edit(site.settings, "[glauth]", '[glauth]\ngroup = "no-such-group"')
    assert findings(site)["group"]["text"] == "there is no group no-such-group on this host"


def test_a_key_that_others_may_read_is_told(site: MemorySite) -> None:
    site.journal.with_name("sentinel.key").chmod(0o644)
    found = findings(site)["probe's key"]
    assert (found["mark"], "chmod 600" in found["text"]) == ("broken", True)


def test_glauth_that_does_not_run_is_told(site: MemorySite, glauth: RealGlauth) -> None:
    glauth.stop()
    found = findings(site)["GLAuth"]
    assert found["mark"] == "broken"
    assert glauth.url in found["text"]


def test_glauth_that_serves_another_file_is_told(site: MemorySite, glauth: RealGlauth) -> None:
    edit(glauth.file, "/home/ada", "/home/eve")
    assert findings(site)["GLAuth"]["mark"] == "broken"


def test_no_probe_and_no_restart_are_worth_a_look_and_no_more(site: MemorySite, glauth: RealGlauth) -> None:
    edit(site.settings, f'probe_url = "{glauth.url}"', 'probe_url = ""')
    edit(site.settings, 'restart = [\n    "/bin/true",\n]', "restart = []")
    found = findings(site)
    assert (found["GLAuth"]["mark"], found["restart"]["mark"]) == ("doubtful", "doubtful")


def test_a_restart_command_that_is_not_there_is_told(site: MemorySite) -> None:
    edit(site.settings, "/bin/true", "/bin/not-there")
    assert findings(site)["restart"]["text"] == "/bin/not-there is not there or cannot be run"


def test_publishing_that_is_held_back_is_told(site: MemorySite) -> None:
    site.order(site.project("Proofs", "kurt"), "theorems")
    site.cycle()
    assert site.agent("glauth", "rollback").code == 0
    found = findings(site)["publishing"]
    assert (found["mark"], "agent glauth rollback --end" in found["remedy"]) == ("broken", True)


def test_before_the_first_sync_nothing_is_broken(tmp_path: Path, glauth: RealGlauth) -> None:
    table = {"file": str(tmp_path / "glauth" / "none.cfg"), "base": str(glauth.base_file), "probe_url": glauth.url}
    with memory_site(tmp_path, glauth=table) as fresh:
        fresh.journal.parent.mkdir(exist_ok=True)
        found = findings(fresh)
        assert not fresh.journal.with_name("sentinel.key").exists()
    assert (found["file"]["mark"], found["GLAuth"]["mark"]) == ("doubtful", "none")
