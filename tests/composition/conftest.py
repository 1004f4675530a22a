from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.composed import Composed, Tools


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    conf = tmp_path / "slurm.conf"
    conf.write_text("# a comment\nClusterName=Lab\nSlurmctldHost=head\n")
    return Tools(tmp_path / "no-commands", conf)


@pytest.fixture
def composed(tmp_path: Path, tools: Tools) -> Iterator[Composed]:
    make = Composed(tmp_path, tools)
    yield make
    for agent in make.agents:
        agent.close()
