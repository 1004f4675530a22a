"""A site whose commands are called as a person calls them, on a cluster in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import composition
from agent.sandbox.real.glauth import RealGlauth
from tests.fixtures.memory_site import MemorySite, memory_site


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MemorySite]:
    with memory_site(tmp_path, tables={"marketplace": {"deadline": 1}}) as made:
        monkeypatch.setattr(composition, "_cluster", lambda *_: made.memory)
        yield made


@pytest.fixture
def project(lab: MemorySite) -> str:
    """The project of ada and emmy, whose allocation weather is in use."""
    climate = lab.project("Climate", "ada", "emmy")
    lab.order(climate, "weather")
    assert lab.sync().code == 0
    return climate


@pytest.fixture
def site(tmp_path: Path, glauth: RealGlauth, monkeypatch: pytest.MonkeyPatch) -> Iterator[MemorySite]:
    """A site that publishes to a real GLAuth, with ada and emmy in a project whose allocation is ordered."""
    files = {"file": str(glauth.file), "base": str(glauth.base_file)}
    table = {**files, "probe_url": glauth.url, "restart": ["/bin/true"]}
    with memory_site(tmp_path, glauth=table, tables={"marketplace": {"deadline": 1}}) as made:
        monkeypatch.setattr(composition, "_cluster", lambda *_: made.memory)
        made.order(made.project("Climate", "ada", "emmy"), "weather")
        yield made
