"""Sites on both clusters; the story of a site that is set up already."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from agent.sandbox.marketplace.server import MarketplaceServer
from tests.fixtures.site import LabCluster, Site, site

MakeSite = Callable[..., Site]


@pytest.fixture
def make_site(tmp_path: Path, cluster_site: LabCluster) -> Iterator[MakeSite]:
    """Makes the site of a test: ``dialect`` for the marketplace, the rest as ``tests.fixtures.site.site`` takes it."""
    with ExitStack() as stack:

        def make(dialect: Any = "2025", **settings: Any) -> Site:
            server = stack.enter_context(MarketplaceServer(dialect))
            return site(tmp_path / "agent", server, cluster_site, **settings)

        yield make


@pytest.fixture
def climate(make_site: MakeSite) -> tuple[Site, str, str]:
    """A site with one allocation in use by ada and emmy: (site, project, resource)."""
    lab = make_site()
    project = lab.project("Climate", "ada", "emmy")
    resource = lab.order(project, "weather")
    said = lab.sync()
    assert said.code == 0, said.text
    return lab, project, resource
