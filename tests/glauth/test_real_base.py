"""The example of a base file and the template, with TLS, as the real server takes them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.model.directory import Directory
from agent.sandbox.real.address import free_ports
from agent.sandbox.real.daemon import Daemon
from backends.glauth.base_check import check_base
from backends.glauth.server import GlauthDirectory
from backends.glauth.verify import Answer, Probe, prove
from tests.fixtures.certificates import self_signed
from tests.glauth.records import DIRECTORY

pytestmark = pytest.mark.real_glauth

CONFIG = Path(__file__).parents[2] / "config"
SENTINEL_DN = "cn=waldur-agent-probe,dc=example,dc=org"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for ldap.example.org, with its key beside it."""
    return self_signed(tmp_path)[0]


@pytest.fixture(params=["glauth-base.toml", "glauth-base.toml.j2"])
def published(request: pytest.FixtureRequest, certificate: Path, tmp_path: Path) -> GlauthDirectory:
    """The directory, written with one of the two; nothing runs yet."""
    plain, secure = free_ports("127.0.0.1", 2)
    text = (CONFIG / request.param).read_text()
    base_file = tmp_path / request.param
    values = {
        "base_dn": "dc=example,dc=org",
        "ldap_listen": f"127.0.0.1:{plain}",
        "ldaps_listen": f"127.0.0.1:{secure}",
        "certificate": str(certificate),
        "private_key": str(certificate.with_suffix(".key")),
    }
    if not request.param.endswith(".j2"):
        text = text.replace("127.0.0.1:3893", f"127.0.0.1:{plain}").replace("0.0.0.0:636", f"127.0.0.1:{secure}")
        text = text.replace("/etc/glauth", str(tmp_path))
    base_file.write_text(text)
    server = GlauthDirectory(
        file=tmp_path / "glauth.cfg",
        base_file=base_file,
        base_values=values,
        key_file=tmp_path / "key",
        last_good=tmp_path / "good",
        probe=None,
    )
    server.publish(DIRECTORY)
    server.probe = Probe(url=f"ldaps://127.0.0.1:{secure}", ca_file=certificate, server_name="ldap.example.org")
    return server


@pytest.fixture
def server(published: GlauthDirectory, glauth_binary: Path, tmp_path: Path) -> Iterator[GlauthDirectory]:
    """The same with a GLAuth that serves it."""
    daemon = Daemon("glauth", [glauth_binary, "-c", published.file], {}, tmp_path / "log")
    try:
        daemon.wait_until(lambda: published.verify().proved is True, 20)
        yield published
    finally:
        daemon.end()


def test_it_serves_ldaps_and_only_the_right_name_and_authority_are_trusted(server: GlauthDirectory) -> None:
    assert server.probe is not None
    assert server.publish(Directory())
    for wrong in (replace(server.probe, server_name=None), replace(server.probe, ca_file=None)):
        verdict = prove(wrong, SENTINEL_DN, "x", 0)
        assert verdict.answer is Answer.UNREACHABLE
        assert "certificate" in verdict.reason.lower()


def test_everything_can_be_asked_over_tls_too(server: GlauthDirectory) -> None:
    assert server.verify().safe_version is not None
    assert server.differences() == ()


def test_the_base_has_nothing_wrong(published: GlauthDirectory) -> None:
    assert check_base(published.file.read_text().partition("# Written by the agent")[0]) == ()
