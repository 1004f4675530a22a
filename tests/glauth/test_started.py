"""A change of the base that GLAuth reads only when it starts, while it may not be restarted: the restart is made up."""

import os
from pathlib import Path

import pytest

from agent.core.model.directory import Directory
from agent.errors import NotConverged
from agent.sandbox.real.glauth import RealGlauth
from backends.glauth.copies import Copies, content_of
from backends.glauth.parse import MARKER
from backends.glauth.server import GlauthDirectory
from backends.glauth.started import Started
from tests.glauth.conftest import MakeServer, Restarter
from tests.glauth.records import ALICE, DIRECTORY, GROUPS

ONLY_ALICE = Directory(users=(ALICE,), groups=GROUPS)
NOW = 1_800_000_000.0


class Agent:
    """The site's base, the hours that pass, and each run a new process of the agent."""

    def __init__(self, glauth: RealGlauth, make_server: MakeServer, command: tuple[str, ...]) -> None:
        self.now, self.command = NOW, command
        self._glauth, self._make = glauth, make_server

    def server(self) -> GlauthDirectory:
        return self._make(0.3, restart=self.command, clock=lambda: self.now)

    def write_base(self, old: str, new: str) -> None:
        text = self._glauth.base_file.read_text()
        assert old in text
        self._glauth.base_file.write_text(text.replace(old, new))

    def publish(self, directory: Directory = DIRECTORY, after: float = 0.0) -> bool:
        self.now += after
        return self.server().publish(directory)

    def refused(self, after: float = 0.0) -> str:
        with pytest.raises(NotConverged) as caught:
            self.publish(after=after)
        return str(caught.value)


@pytest.fixture
def agent(glauth: RealGlauth, make_server: MakeServer, restarter: Restarter) -> Agent:
    """GLAuth was restarted just now, for a base that names groups by cn."""
    made = Agent(glauth, make_server, restarter.command)
    made.publish()
    made.write_base('"ou,cn"', '"cn,ou"')
    assert made.publish()
    assert restarter.times == 1
    return made


@pytest.mark.real_glauth
def test_a_restart_that_is_owed_is_made_once_the_time_has_passed_and_only_once(
    agent: Agent, restarter: Restarter
) -> None:
    agent.write_base('"cn,ou"', '"ou,cn"')
    assert agent.publish(after=60)
    assert agent.server().differences() != ()  # the groups still have the names of the base before
    assert not agent.publish(after=539)
    assert agent.publish(ONLY_ALICE)  # other changes go on, and are good ones
    assert agent.server().status().proved is True
    assert restarter.times == 1
    assert not agent.publish(ONLY_ALICE, after=1)
    assert restarter.times == 2
    assert agent.server().differences() == ()
    assert not agent.publish(ONLY_ALICE, after=3600)
    assert restarter.times == 2


@pytest.mark.real_glauth
def test_a_change_that_is_taken_back_while_its_restart_is_owed_needs_none(agent: Agent, restarter: Restarter) -> None:
    agent.write_base('"cn,ou"', '"ou,cn"')
    agent.publish(after=60)
    agent.write_base('"ou,cn"', '"cn,ou"')
    agent.publish(after=60)
    assert not agent.publish(after=3600)
    assert restarter.times == 1
    assert agent.server().differences() == ()


@pytest.mark.real_glauth
def test_a_base_that_glauth_does_not_start_with_is_taken_back_when_the_restart_was_owed_too(
    agent: Agent, glauth: RealGlauth, restarter: Restarter, tmp_path: Path
) -> None:
    good, missing = glauth.file.read_bytes(), tmp_path / "no-such.pem"
    ldaps = f'[ldaps]\nenabled = true\nlisten = "127.0.0.1:0"\ncert = "{missing}"\nkey = "{missing}"\n'
    agent.write_base("[ldaps]\nenabled = false\n", ldaps)
    assert agent.publish(after=60)
    text = agent.refused(after=600)
    assert "The last good file, of " in text
    assert "was put back and is served" in text
    assert glauth.file.read_bytes() == good
    assert glauth.lookup("alice")["uid"] == ["alice"]
    assert agent.server().status().proved is True
    assert "It is tried again after" in agent.refused(after=60)
    agent.write_base(ldaps, "[ldaps]\nenabled = false\n")
    assert not agent.publish()
    assert restarter.times == 3  # for the group's names, for the bad base, and out of it


@pytest.mark.real_glauth
def test_without_a_command_nothing_is_owed_and_one_that_comes_later_restarts_nothing(
    glauth: RealGlauth, make_server: MakeServer, restarter: Restarter
) -> None:
    agent = Agent(glauth, make_server, ())
    agent.publish()
    agent.write_base('"ou,cn"', '"cn,ou"')
    assert agent.publish()
    agent.command = restarter.command
    assert not agent.publish(after=3600)
    assert restarter.times == 0


@pytest.mark.real_glauth
def test_a_restart_that_fails_is_told_stays_owed_and_is_tried_again(agent: Agent, restarter: Restarter) -> None:
    works, agent.command = agent.command, ("/bin/false",)
    agent.write_base('"cn,ou"', '"ou,cn"')
    text = agent.refused(after=600)
    assert "is served, but restarting it failed: /bin/false ended with 1; run it as the agent's user" in text
    status = agent.server().status()
    assert (status.proved, status.owed) == (True, True)
    agent.command = ()
    assert not agent.server().status().owed  # nobody would ever make it
    assert status.restart_failed.startswith("failed at 20")
    agent.command = ("/bin/false",)
    assert status.restarted == NOW  # the one before, which did succeed
    assert not agent.publish(after=599)  # it may not be run yet, and nothing else is wrong
    agent.command = works
    assert not agent.publish(after=1)
    assert (restarter.times, agent.server().status().owed) == (2, False)
    assert agent.server().differences() == ()


@pytest.mark.real_glauth
def test_a_roll_back_whose_restart_fails_stands_and_says_so(agent: Agent) -> None:
    agent.command = ("/bin/false",)
    agent.now += 600
    with pytest.raises(NotConverged, match="is served, but restarting it failed"):
        agent.server().roll_back()
    status = agent.server().status()
    assert (status.proved, status.owed) == (True, True)
    assert "publishing is held since the roll-back" in status.held_back


@pytest.mark.real_glauth
def test_a_roll_back_to_another_base_is_owed_its_restart_as_well(agent: Agent, restarter: Restarter) -> None:
    agent.server().roll_back()
    agent.server().resume()
    agent.write_base('"cn,ou"', '"ou,cn"')
    assert not agent.publish(after=600)
    assert restarter.times == 2
    assert agent.server().differences() == ()


# The file that remembers it


def written_by_the_agent(base: str) -> bytes:
    return f"{base}\n{MARKER}\n".encode()


OLD, NEW = written_by_the_agent("[ldap]\nlisten = 'a'"), written_by_the_agent("[ldap]\nlisten = 'b'")


@pytest.fixture
def started(tmp_path: Path) -> Started:
    return Started(tmp_path / "started", Copies(tmp_path / "last", tmp_path / "previous"))


def test_it_is_as_old_as_the_last_good_file_and_for_the_agent_alone(started: Started) -> None:
    started.copies.remember(OLD)
    os.utime(started.copies.last, (1000, 1000))
    started.owe()
    started.copies.remember(NEW)
    started.owe()  # another change while one is owed
    assert started.good.read_bytes() == OLD
    assert (started.good.stat().st_mtime, started.good.stat().st_mode & 0o777) == (1000, 0o600)
    assert (started.otherwise(NEW), started.otherwise(OLD)) == (True, False)
    started.settle()
    started.settle()
    assert (started.otherwise(NEW), started.otherwise(OLD)) == (False, True)


def test_a_first_file_and_one_after_a_spoilt_copy_owe_nothing(started: Started) -> None:
    started.owe()
    assert content_of(started.good) is None
    assert not started.otherwise(NEW)
    for spoilt in (b"spoilt", written_by_the_agent("a = "), written_by_the_agent("a = 1\nA = 1")):
        started.copies.remember(spoilt)
        assert not started.otherwise(NEW)
