"""A cluster made of fake executables, for what a real one cannot be made to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.process import Processes
from agent.writer_lock import WriterLock
from backends.slurm.cluster import SlurmCluster
from backends.slurm.session import SlurmTools


class Counted:
    """A cluster, and what it started: (program, changing commands) for each process."""

    def __init__(self, site, folder: Path, **options) -> None:
        self.started: list[tuple[str, int]] = []
        processes = Processes({"SLURM_CONF": str(site.conf)}, lambda *start: self.started.append(start))
        self.slurm = SlurmCluster(
            processes, SlurmTools(site.bin), WriterLock(folder / "lock"), site.name, scratch=folder / "loads", **options
        )

    def counts(self) -> tuple[int, int]:
        """Processes and changing commands since the last time this was asked."""
        started, self.started = self.started, []
        return len(started), sum(changes for _, changes in started)


class FakeSite:
    """A folder of scripts named as Slurm's commands."""

    name = "lab"

    def __init__(self, folder: Path) -> None:
        self.bin, self.conf = folder, folder / "slurm.conf"

    def script(self, program: str, text: str) -> None:
        path = self.bin / program
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)


@pytest.fixture
def fake_site(tmp_path: Path) -> FakeSite:
    folder = tmp_path / "bin"
    folder.mkdir()
    return FakeSite(folder)


@pytest.fixture
def counted(tmp_path: Path) -> Callable[..., Counted]:
    """A function that gives the cluster behind a site."""
    return lambda site, **options: Counted(site, tmp_path / "state", **options)
