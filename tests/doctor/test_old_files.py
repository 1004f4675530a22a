"""Who holds an old file open, as far as it can be seen."""

import os
import subprocess
import sys
from pathlib import Path

from agent.doctor.finding import Mark
from agent.doctor.old_files import held_open
from tests.doctor.conftest import MakePublished, as_nobody

HOLD = "import sys; held = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"


def test_another_process_is_named_until_it_lets_go(published: MakePublished, folder: Path) -> None:
    file = folder / "glauth" / "glauth.cfg"
    holding = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(holding, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        assert [one.mark for one in held_open(published()) if one.mark is Mark.BROKEN] == [], "it is the present file"
        file.with_name("new").write_text("published anew")
        file.with_name("new").replace(file)
        (finding,) = held_open(published())
        assert finding.mark is Mark.BROKEN
        assert finding.text.startswith(f"process {process.pid} (")
        process.stdin.close()
    (finding,) = held_open(published())
    assert finding.mark is not Mark.BROKEN


def test_what_could_not_be_looked_into_is_said_instead_of_all_is_well(published: MakePublished) -> None:
    with as_nobody():
        (finding,) = held_open(published())
    assert finding.mark is Mark.NONE
    assert "could not be looked into" in finding.text
    assert finding.remedy == "as root: lsof +L1"


def test_a_process_that_ends_meanwhile_is_passed_over(published: MakePublished, tmp_path: Path) -> None:
    (tmp_path / str(os.getpid())).mkdir()
    (finding,) = held_open(published(), tmp_path)
    assert finding.mark is Mark.OK
