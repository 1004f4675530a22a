"""Processes that hold an old file open: GLAuth is told of a new one only when the old one is gone for good."""

import os
from collections.abc import Iterator
from pathlib import Path

from agent.doctor.finding import Finding, Mark
from agent.doctor.published import Published

PROC = Path("/proc")


def held_open(published: Published, proc: Path = PROC) -> Iterator[Finding]:
    """A finding for each process that holds an old file, as far as this user may look."""
    gone, hidden, held = f"{published.file} (deleted)", 0, False
    for process in (entry for entry in proc.iterdir() if entry.name.isdecimal()):
        try:
            found = any(_target(entry) == gone for entry in (process / "fd").iterdir())
        except PermissionError:
            hidden += 1
            continue
        except OSError:  # it ended meanwhile
            continue
        if found:
            held = True
            yield _holder(process, published.file)
    if not held:
        yield _nobody(hidden)


def _target(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except OSError:
        return ""


def _holder(process: Path, file: Path) -> Finding:
    try:
        name = (process / "comm").read_text().strip()
    except OSError:
        name = "?"
    return Finding(
        mark=Mark.BROKEN,
        about="old files",
        text=f"process {process.name} ({name}) holds an old {file} open, and GLAuth sees no later one meanwhile",
        remedy=f"end it (kill {process.name}); if agent glauth verify then still fails, restart GLAuth",
    )


def _nobody(hidden: int) -> Finding:
    if not hidden:
        return Finding(mark=Mark.OK, about="old files", text="no process holds an old one open")
    return Finding(
        mark=Mark.NONE,
        about="old files",
        text=f"no process that uid {os.geteuid()} may look into holds one; {hidden} could not be looked into",
        remedy="as root: lsof +L1",
    )
