"""Sites on both clusters, with the real GLAuth where a test asks for it; the story of a site that is set up already."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from agent.sandbox.marketplace.server import MarketplaceServer
from agent.sandbox.real.glauth import RealGlauth
from tests.end_to_end.recording import Recorded, recorded
from tests.fixtures.site import LabCluster, Site, site

MakeSite = Callable[..., Site]
Script = Callable[[str, str], str]


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


@pytest.fixture
def commands(tmp_path: Path, cluster_site: LabCluster) -> Recorded:
    """The cluster's commands, and all that was changed by them: the ``tools`` of a site."""
    return recorded(tmp_path / "recorded", cluster_site)


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Writes a command of the site's own: its name and its lines; gives its path."""

    def write(name: str, lines: str) -> str:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return write


def served_by(glauth: RealGlauth) -> dict[str, str]:
    """The settings' table that lets the agent publish to this server."""
    return {"file": str(glauth.file), "base": str(glauth.base_file), "probe_url": glauth.url}
