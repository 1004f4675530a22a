"""The seven commands as executable files in a folder: never console scripts, which would shadow a head node's own."""

import sys
from pathlib import Path

import agent

PROGRAMS = ("sacctmgr", "scontrol", "sacct", "squeue", "scancel", "sinfo", "sreport")
ROOT = str(Path(agent.__file__).resolve().parent.parent)
# -I and -S leave out the environment and the site folders: only the standard library and this package are wanted.
TEXT = """#!{python} -IS
import sys

sys.path.append({root!r})
from agent.sandbox.cluster.program import main

main({program!r})
"""


def write(folder: Path) -> None:
    """Write all launchers."""
    folder.mkdir(parents=True, exist_ok=True)
    for program in PROGRAMS:
        write_one(folder, program)


def write_one(folder: Path, program: str) -> None:
    """Write the launcher of one program."""
    path = folder / program
    path.write_text(TEXT.format(python=sys.executable, root=ROOT, program=program), encoding="utf-8")
    path.chmod(0o755)
