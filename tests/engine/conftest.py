"""A site on a cluster in memory, with one allocation in use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.memory_site import MemorySite, memory_site


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[MemorySite]:
    quick = {"marketplace": {"deadline": 1}}
    with memory_site(tmp_path, tables=quick, offering={"job_grace": 600}) as made:
        yield made


@pytest.fixture
def project(lab: MemorySite) -> str:
    """The project of ada and emmy, whose allocation weather is in use."""
    climate = lab.project("Climate", "ada", "emmy")
    lab.order(climate, "weather")
    lab.run()
    return climate


@pytest.fixture
def weather(lab: MemorySite, project: str) -> str:
    """The resource in use."""
    return str(lab.world.resources(lab.offering)[0]["uuid"])
