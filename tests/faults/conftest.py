"""A site in the middle of its work: somebody's removal is due, and an order has just come in."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent.sandbox.marketplace.server import MarketplaceServer
from tests.fixtures.site import LabCluster, Site, site
from tests.fixtures.tools import Wrapped, wrapped

WEATHER = "climate-1-weather-1"
OCEAN = "climate-1-ocean-1"
QUICK = {
    "marketplace": {"deadline": 3},
    "slurm": {"read_timeout": 30, "write_deadline": 60},
    "guard": {"removal_confirm_after": 0},
}


@dataclass
class Busy:
    """``weather`` is in use by ada and emmy; ada has left and goes in the next good cycle; ``ocean`` is ordered."""

    lab: Site
    weather: str
    ocean: str

    def set_read_timeout(self, seconds: int) -> None:
        """Change slurm.read_timeout in the settings file."""
        text = self.lab.settings.read_text()
        self.lab.settings.write_text(re.sub(r"read_timeout = \d+", f"read_timeout = {seconds}", text))

    def nothing_happened(self) -> bool:
        """Slurm and the marketplace are as they were before the cycle."""
        return self.nobody_was_removed() and self.ordered() and self.lab.accounts() == {WEATHER}

    def nobody_was_removed(self) -> bool:
        return self.lab.users(WEATHER) == {"ada", "emmy"}

    def ordered(self) -> bool:
        return self.lab.order_states(self.ocean) == [("Create", "pending-provider")]

    def finished(self) -> bool:
        """The work of this site is done."""
        done = self.lab.order_states(self.ocean) == [("Create", "done")]
        return done and self.lab.users(WEATHER) == {"emmy"} and self.lab.users(OCEAN) == {"emmy"}


MakeBusy = Callable[[LabCluster, Any], Busy]


@pytest.fixture
def make_busy(tmp_path: Path) -> Iterator[MakeBusy]:
    with ExitStack() as stack:

        def make(cluster: LabCluster, tools: Any = None) -> Busy:
            server = stack.enter_context(MarketplaceServer())
            lab = site(tmp_path / "agent", server, cluster, tools=tools, tables=QUICK)
            project = lab.project("Climate", "ada", "emmy")
            weather = lab.order(project, "weather")
            lab.sync()
            lab.leave(project, "ada")
            assert lab.sync().code == 3
            return Busy(lab, weather, lab.order(project, "ocean"))

        yield make


@pytest.fixture
def busy(make_busy: MakeBusy, embedded_cluster: LabCluster) -> Busy:
    """On the embedded cluster: for what goes wrong elsewhere."""
    return make_busy(embedded_cluster, None)


@pytest.fixture
def tools(tmp_path: Path, cluster_site: LabCluster) -> Wrapped:
    return wrapped(tmp_path / "tools", cluster_site)


@pytest.fixture
def busy_with_tools(make_busy: MakeBusy, cluster_site: LabCluster, tools: Wrapped) -> Busy:
    """On both clusters, by commands that the test replaces."""
    return make_busy(cluster_site, tools)
