"""A site on a cluster in memory, with one allocation in use."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fixtures.memory_people import Published
from tests.fixtures.memory_site import MemorySite, memory_site

MakeLab = Callable[..., MemorySite]


@pytest.fixture
def make_lab(tmp_path: Path) -> Iterator[MakeLab]:
    """Makes the site of a test, with settings of its own for the offering."""
    with ExitStack() as stack:

        def make(sells: int = 1, **offering: object) -> MemorySite:
            quick = {"marketplace": {"deadline": 3}}
            settings = {"job_grace": 600, **offering}
            return stack.enter_context(memory_site(tmp_path, sells=sells, tables=quick, offering=settings))

        yield make


@pytest.fixture
def lab(make_lab: MakeLab) -> MemorySite:
    return make_lab()


@pytest.fixture
def project(lab: MemorySite) -> str:
    """The project of ada and emmy, whose allocation weather is in use."""
    return lab.in_use()[0]


@pytest.fixture
def weather(lab: MemorySite, project: str) -> str:
    """The resource in use."""
    return str(lab.world.resources(lab.offering)[0]["uuid"])


@pytest.fixture
def glauth() -> Published:
    """The published directory; nobody is in it yet."""
    return Published()


@pytest.fixture
def served(lab: MemorySite, glauth: Published, project: str) -> MemorySite:
    """The site in use, with ada and emmy in its directory."""
    lab.run(glauth.serves)
    assert glauth.enabled() == {"ada", "emmy"}
    return lab
