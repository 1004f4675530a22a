"""A directory that cannot be written holds up nothing but its own file."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sandbox.marketplace.server import MarketplaceServer
from tests.fixtures.service import AGENT, ENVIRON
from tests.fixtures.site import LabCluster, Site, site

WEATHER = "climate-1-weather-1"
BASE = """\
watchconfig = true
[ldap]
enabled = true
listen = "127.0.0.1:3893"
[ldaps]
enabled = false
[backend]
datastore = "config"
baseDN = "dc=example,dc=org"
nameformat = "cn,uid"
groupformat = "ou,cn"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "glauth"
    made.mkdir()
    (made / "base.toml").write_text(BASE)
    return made


@pytest.fixture
def lab(tmp_path: Path, embedded_cluster: LabCluster, folder: Path) -> Iterator[Site]:
    table = {"file": str(folder / "glauth.cfg"), "base": str(folder / "base.toml"), "probe_url": ""}
    with MarketplaceServer() as server:
        yield site(tmp_path / "agent", server, embedded_cluster, glauth=table, tables={"marketplace": {"deadline": 3}})


def sync_bound_by_permissions(lab: Site) -> "subprocess.CompletedProcess[str]":
    """``agent sync``, as root without root's right to write where nobody may."""
    without = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override") if os.geteuid() == 0 else ()
    argv = [*without, *AGENT, "-c", str(lab.settings), "sync"]
    return subprocess.run(argv, env=ENVIRON, capture_output=True, text=True, timeout=60, check=False)


def test_an_unwritable_folder_is_named_and_holds_up_only_the_file(lab: Site, folder: Path) -> None:
    resource = lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    folder.chmod(0o555)
    try:
        answer = sync_bound_by_permissions(lab)
    finally:
        folder.chmod(0o755)
    assert answer.returncode == 4
    assert str(folder) in answer.stdout
    assert "ermission" in answer.stdout
    assert not (folder / "glauth.cfg").exists()
    assert lab.users(WEATHER) == {"ada", "emmy"}
    assert lab.order_states(resource) == [("Create", "done")]

    assert lab.sync().code == 0
    assert 'name = "ada"' in (folder / "glauth.cfg").read_text()


@pytest.mark.parametrize(("kind", "value"), [("status", 500), ("drop", 0), ("empty", 0)])
def test_a_feed_that_fails_or_is_empty_keeps_the_last_good_file(lab: Site, folder: Path, kind: str, value: int) -> None:
    project = lab.project("Climate", "ada")
    lab.order(project, "weather")
    lab.sync()
    lab.sync()
    published = (folder / "glauth.cfg").read_text()
    assert 'name = "ada"' in published
    if kind == "empty":
        lab.world.set_options(lab.offering, username_generation_policy="service_provider")
    else:
        lab.server.faults.add(kind, "glauth_users_config/", value=value)
    lab.join(project, "emmy")
    answer = lab.sync(*([] if kind == "empty" else ["--confirm-removals"]))
    assert "feed" in answer.text
    assert (folder / "glauth.cfg").read_text() == published


def test_a_feed_that_is_empty_because_names_were_blanked_locks_nobody_out_though_it_is_confirmed(
    lab: Site, folder: Path
) -> None:
    lab.order(lab.project("Climate", "ada"), "weather")
    lab.sync()
    lab.sync()
    published = (folder / "glauth.cfg").read_text()
    lab.world.set_options(lab.offering, username_generation_policy="service_provider")
    assert "give user" in lab.sync("--confirm-removals").text
    assert (folder / "glauth.cfg").read_text() == published
