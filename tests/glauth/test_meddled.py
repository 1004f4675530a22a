"""A file that somebody else had a hand in: what GLAuth serves is compared with it, for the probe's password says nothing."""

from pathlib import Path

import pytest

from agent.errors import NotConverged, Unavailable
from agent.sandbox.real.glauth import RealGlauth
from backends.glauth.server import GlauthDirectory
from tests.fixtures.tools import wait_for
from tests.glauth.conftest import MakeServer, Restarter
from tests.glauth.records import DIRECTORY

pytestmark = pytest.mark.real_glauth

EVIL = f'[[users]]\nname = "evil"\nuidnumber = 4242\nprimarygroup = 9001\npasssha256 = "{"1" * 64}"\n\n'
PROBE = '[[users]]\nname = "waldur-agent-probe"'


def slip_in(glauth: RealGlauth, after: bool = False) -> None:
    """Write somebody into the published file as it stands, before or after the probe; GLAuth takes it up."""
    text = glauth.file.read_text()
    assert PROBE in text
    glauth.file.write_text(f"{text}\n{EVIL}" if after else text.replace(PROBE, f"{EVIL}{PROBE}"))
    wait_for(lambda: glauth.lookup("evil"), "GLAuth to serve it")


def as_told(server: GlauthDirectory, glauth: RealGlauth, aside: Path) -> None:
    """A sync refuses the file, and says to move it away."""
    with pytest.raises(Unavailable, match=r"move .* away, and the next run writes it anew"):
        server.current()
    glauth.file.rename(aside)


def test_who_was_slipped_in_is_found_although_the_probe_s_password_is_right_and_a_restart_ends_it(
    make_server: MakeServer, glauth: RealGlauth, restarter: Restarter, tmp_path: Path
) -> None:
    server = make_server(restart=restarter.command)
    server.publish(DIRECTORY)
    slip_in(glauth)
    assert server.verify().proved is False
    as_told(server, glauth, tmp_path / "aside")
    assert server.publish(DIRECTORY)
    assert restarter.times == 1
    assert (glauth.lookup("evil"), server.differences(), server.verify().proved) == ({}, (), True)
    assert not server.publish(DIRECTORY)
    assert restarter.times == 1


def test_without_a_restart_it_is_told_in_each_cycle_until_somebody_makes_one(
    server: GlauthDirectory, glauth: RealGlauth, tmp_path: Path
) -> None:
    server.publish(DIRECTORY)
    slip_in(glauth)
    as_told(server, glauth, tmp_path / "aside")
    for _ in range(2):
        with pytest.raises(NotConverged, match=r"GLAuth still serves something else: .*evil.* Restart GLAuth"):
            server.publish(DIRECTORY)
        status = server.verify()
        assert status.proved is False
        assert status.reason.startswith("somebody else changed it or took it away")
    glauth.stop()
    glauth.start()
    assert not server.publish(DIRECTORY)
    assert (server.verify().proved, server.status().proved) == (True, True)


def test_a_file_that_is_not_the_agent_s_is_not_proved_whatever_the_probe_says(
    server: GlauthDirectory, glauth: RealGlauth
) -> None:
    server.publish(DIRECTORY)
    slip_in(glauth, after=True)
    status = server.verify()
    assert status.proved is False
    assert "cannot be read as what the agent published" in status.reason


def test_a_file_that_only_the_agent_wrote_is_compared_with_nothing(server: GlauthDirectory) -> None:
    server.publish(DIRECTORY)
    server.publish(DIRECTORY)
    assert not server.meddled.noted
