"""The directory with the real GLAuth: the file is published, proved by a bind, and LDAP shows the people."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sandbox.marketplace.server import MarketplaceServer
from agent.sandbox.real.glauth import RealGlauth
from tests.end_to_end.conftest import served_by
from tests.fixtures.site import LabCluster, Site, site

pytestmark = pytest.mark.real_glauth


@pytest.fixture
def lab(glauth: RealGlauth, tmp_path: Path, embedded_cluster: LabCluster) -> Iterator[Site]:
    with MarketplaceServer() as server:
        yield site(tmp_path / "agent", server, embedded_cluster, glauth=served_by(glauth))


def served(glauth: RealGlauth) -> set[str]:
    """The people in the file, without the site's own accounts and the one that the agent proves the file with."""
    users = tomllib.loads(glauth.file.read_text())["users"]
    return {user["name"] for user in users if user["uidnumber"] >= 20_000} - {"waldur-agent-probe"}


def test_members_are_served_by_ldap_and_a_steady_cycle_leaves_the_file(lab: Site, glauth: RealGlauth) -> None:
    project = lab.project("Climate", "ada", "emmy")
    lab.order(project, "weather")
    said = lab.sync()
    assert said.code == 0, said.text
    assert served(glauth) == {"ada", "emmy"}
    assert glauth.lookup("ada")["homeDirectory"] == ["/home/ada"]
    uid = lab.world.offering_users(lab.offering)[0]["uidnumber"]
    assert int(glauth.lookup("ada")["uidNumber"][0]) == uid
    before = glauth.file.stat().st_mtime_ns
    assert lab.sync().code == 0
    assert glauth.file.stat().st_mtime_ns == before


def test_a_server_that_does_not_answer_is_named_and_the_order_goes_on(lab: Site, glauth: RealGlauth) -> None:
    glauth.stop()
    resource = lab.order(lab.project("Climate", "ada"), "weather")
    said = lab.sync()
    assert said.code == 4
    assert glauth.url in said.text
    assert lab.order_states(resource) == [("Create", "done")]
    assert lab.users("climate-1-weather-1") == {"ada"}
