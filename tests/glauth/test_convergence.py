"""What becomes of a file that the real GLAuth does not take: wait, restart, go back; and what a person can do."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.core.model.directory import Directory
from agent.errors import Held, NotConverged, Unavailable
from agent.sandbox.real.glauth import RealGlauth
from backends.glauth import settling
from backends.glauth.hold import RESUME
from backends.glauth.server import GlauthDirectory
from backends.glauth.verify import Answer, Verdict, prove
from tests.glauth.conftest import MakeServer, Restarter
from tests.glauth.records import ALICE, DIRECTORY, GROUPS

pytestmark = pytest.mark.real_glauth

ONLY_ALICE = Directory(users=(ALICE,), groups=GROUPS)
NOW = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def refused(server: GlauthDirectory, directory: Directory) -> str:
    with pytest.raises(NotConverged) as caught:
        server.publish(directory)
    return str(caught.value)


def serve_another(glauth: RealGlauth, content: bytes) -> None:
    """GLAuth serves ``content``, and will not notice that its file is what it was before: a link keeps it watching."""
    ours = glauth.file.read_bytes()
    glauth.stop()
    glauth.file.write_bytes(content)
    glauth.start()
    os.link(glauth.file, glauth.file.with_name("linked"))
    glauth.file.with_name("again").write_bytes(ours)
    glauth.file.with_name("again").replace(glauth.file)


def test_a_held_descriptor_has_the_last_good_file_put_back_and_the_content_waits_for_its_time(
    glauth: RealGlauth, make_server: MakeServer, clock: Clock
) -> None:
    server = make_server(0.2, clock=clock)
    server.publish(DIRECTORY)
    good = glauth.file.read_bytes()
    with glauth.file.open("rb"):
        text = refused(server, Directory())
        assert f"GLAuth at {glauth.url} still does not serve it: it refused the password" in text
        assert "no command that restarts GLAuth is in the settings (glauth.restart)" in text
        assert "was put back and is served. It is tried again after 2027-01-15T08:10:00+00:00" in text
        assert glauth.file.read_bytes() == good == server.last_good.read_bytes()
        assert glauth.lookup("alice")["uid"] == ["alice"]
        assert server.current() == DIRECTORY
    clock.now += 599
    again = make_server(clock=clock)  # a new process of the agent knows it as well
    assert "It is tried again after 2027-01-15T08:10:00+00:00" in refused(again, Directory())
    assert "put back" in again.status().held_back
    assert glauth.file.read_bytes() == good
    clock.now += 1
    assert again.status().held_back == ""
    assert again.publish(Directory())
    assert glauth.lookup("alice") == {}


def test_a_content_that_was_not_served_holds_up_no_other_one(
    glauth: RealGlauth, make_server: MakeServer, clock: Clock
) -> None:
    server = make_server(0.2, clock=clock)
    server.publish(DIRECTORY)
    with glauth.file.open("rb"):
        refused(server, Directory())
    assert make_server(clock=clock).publish(ONLY_ALICE)
    assert glauth.lookup("gone") == {}
    assert make_server(clock=clock).publish(Directory())


def test_a_process_that_lets_the_old_file_go_before_the_second_wait_costs_nothing_else(
    glauth: RealGlauth, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_server(0.2)
    server.publish(DIRECTORY)
    held = glauth.file.open("rb")
    waits = []

    def prove_or_let_go(*asked: Any) -> Verdict:
        if waits:
            held.close()
        waits.append(prove(*asked))
        return waits[-1]

    monkeypatch.setattr(settling, "prove", prove_or_let_go)
    assert server.publish(ONLY_ALICE)
    assert [one.answer for one in waits] == [Answer.NOT_SERVED, Answer.SERVED]
    assert glauth.lookup("gone") == {}


def test_a_link_to_the_old_file_needs_a_restart_and_the_command_makes_it(
    glauth: RealGlauth, make_server: MakeServer, restarter: Restarter, tmp_path: Path, clock: Clock
) -> None:
    server = make_server(0.2, restart=restarter.command, clock=clock)
    server.publish(DIRECTORY)
    assert (restarter.times, server.status().restarted) == (0, None)
    os.link(glauth.file, tmp_path / "linked")
    assert server.publish(ONLY_ALICE)
    assert (restarter.times, server.status().restarted) == (1, NOW)
    assert glauth.lookup("gone") == {}
    assert server.last_good.read_bytes() == glauth.file.read_bytes()


def test_glauth_is_not_restarted_twice_in_the_interval_whoever_asks(
    glauth: RealGlauth, make_server: MakeServer, restarter: Restarter, tmp_path: Path, clock: Clock
) -> None:
    server = make_server(0.2, restart=restarter.command, restart_interval=60.0, clock=clock)
    server.publish(DIRECTORY)
    for number, (seconds, times) in enumerate([(0, 1), (59, 1), (1, 2)]):
        clock.now += seconds
        os.link(glauth.file, tmp_path / f"linked-{number}")
        server = make_server(0.2, restart=restarter.command, restart_interval=60.0, clock=clock)
        wanted = Directory(users=(replace(ALICE, loginshell=f"/bin/sh{number}"),), groups=GROUPS)
        if times == restarter.times:
            assert "GLAuth was restarted at 2027-01-15T08:00:00+00:00, and is not again before" in refused(
                server, wanted
            )
        else:
            assert server.publish(wanted)
        assert restarter.times == times


def test_a_file_that_stops_glauth_is_taken_back_by_a_second_restart(
    glauth: RealGlauth, make_server: MakeServer, restarter: Restarter
) -> None:
    server = make_server(0.3, restart=restarter.command)
    server.publish(DIRECTORY)
    good, base = glauth.file.read_bytes(), glauth.base_file.read_text()
    key = 'yubikeyclientid = "1"\nyubikeysecret = "not in base64"\n'  # GLAuth does not start with such a one
    glauth.base_file.write_text(f"{key}{base}")
    text = refused(server, DIRECTORY)
    assert "cannot be reached" in text
    assert "was put back and is served" in text
    assert restarter.times == 2
    assert glauth.file.read_bytes() == good
    assert glauth.lookup("alice")["uid"] == ["alice"]


def test_a_base_that_glauth_would_not_start_with_is_found_at_once_and_taken_back(
    glauth: RealGlauth, make_server: MakeServer, restarter: Restarter, tmp_path: Path
) -> None:
    """GLAuth 2.4 takes such a file while it runs, and is gone after the next boot."""
    server = make_server(restart=restarter.command)
    server.publish(DIRECTORY)
    good, base = glauth.file.read_bytes(), glauth.base_file.read_text()
    missing = tmp_path / "no-such.pem"
    ldaps = f'[ldaps]\nenabled = true\nlisten = "127.0.0.1:0"\ncert = "{missing}"\nkey = "{missing}"\n'
    glauth.base_file.write_text(base.replace("[ldaps]\nenabled = false\n", ldaps))
    text = refused(server, DIRECTORY)
    assert "was put back and is served" in text
    assert restarter.times == 2
    assert glauth.file.read_bytes() == good
    assert glauth.lookup("alice")["uid"] == ["alice"]


def test_a_change_that_glauth_reads_only_at_its_start_is_served_after_publishing(
    glauth: RealGlauth, make_server: MakeServer, restarter: Restarter, clock: Clock
) -> None:
    server = make_server(restart=restarter.command, clock=clock)
    server.publish(DIRECTORY)
    base = glauth.base_file.read_text()
    glauth.base_file.write_text(base.replace('"ou,cn"', '"cn,ou"'))  # GLAuth makes DNs of groups with the first
    assert server.publish(DIRECTORY)
    assert restarter.times == 1
    assert server.differences() == ()
    assert not server.publish(DIRECTORY)
    clock.now += 3600
    glauth.base_file.write_text(glauth.base_file.read_text().replace('"reader"', '"searcher"'))
    assert server.publish(DIRECTORY)  # users are read from the running file
    assert restarter.times == 1


def test_a_last_good_copy_that_was_spoilt_is_not_put_back(glauth: RealGlauth, make_server: MakeServer) -> None:
    server = make_server(0.2)
    server.publish(DIRECTORY)
    server.last_good.write_bytes(b"spoilt")
    with glauth.file.open("rb"):
        text = refused(server, Directory())
    assert "It still stands, because the last good file cannot be put back" in text
    assert "the agent did not write it" in text
    assert server.current() == Directory()
    assert not server.publish(Directory())  # what it did not serve while the file was held


def test_a_glauth_that_is_down_is_started_and_the_file_is_not_blamed(
    glauth: RealGlauth, make_server: MakeServer, restarter: Restarter, clock: Clock
) -> None:
    make_server().publish(DIRECTORY)
    glauth.stop()
    text = refused(make_server(0.2, clock=clock), ONLY_ALICE)
    assert "cannot be reached" in text
    assert "Connection refused" in text
    assert "Check that it is running" in text
    standing = make_server(clock=clock)
    assert standing.current() == ONLY_ALICE  # the file stays
    assert standing.status().held_back == ""
    assert standing.status().reason == "it was never proved"
    assert not make_server(0.2, restart=restarter.command).publish(ONLY_ALICE)
    assert restarter.times == 1
    assert glauth.lookup("gone") == {}


def test_a_restart_command_that_fails_is_named_and_what_it_wrote_is_not(
    glauth: RealGlauth, make_server: MakeServer, tmp_path: Path
) -> None:
    script = tmp_path / "fails"
    script.write_text("#!/bin/sh\necho PRIVATE KEY; echo PRIVATE KEY >&2; exit 3\n")
    script.chmod(0o755)
    server = make_server(0.2, restart=(str(script),))
    server.publish(DIRECTORY)
    with glauth.file.open("rb"):
        text = refused(server, Directory())
    assert f"restarting it failed: {script} ended with 3; run it as the agent's user (sudo -u " in text
    assert "PRIVATE" not in text


def test_a_glauth_that_no_longer_serves_an_unchanged_file_is_found_and_healed(
    glauth: RealGlauth, make_server: MakeServer, restarter: Restarter
) -> None:
    """Somebody restarted it with another file, and put ours back while the other one was held."""
    server = make_server(0.2, restart=restarter.command)
    server.publish(DIRECTORY)
    serve_another(glauth, glauth.base_file.read_bytes())
    assert glauth.lookup("alice") == {}
    assert not server.publish(DIRECTORY)
    assert restarter.times == 1
    assert glauth.lookup("alice")["uid"] == ["alice"]


# What a person can do


def test_a_roll_back_stands_and_holds_until_it_is_ended(
    glauth: RealGlauth, make_server: MakeServer, clock: Clock
) -> None:
    server = make_server(clock=clock)
    server.publish(DIRECTORY)
    server.publish(ONLY_ALICE)
    said = server.roll_back()
    assert f"{glauth.file} is again what was proved at " in said
    assert f"GLAuth serves it; nothing else is published until `{RESUME}`" in said
    assert glauth.lookup("gone")["uid"] == ["gone"]
    before = glauth.file.stat()
    for directory in (ONLY_ALICE, DIRECTORY):
        with pytest.raises(Held, match=r"held since the roll-back of 2027-01-15T08:00:00\+00:00; end it with"):
            make_server(clock=clock).publish(directory)
    assert glauth.file.stat() == before
    assert RESUME in make_server(clock=clock).status().held_back
    make_server(clock=clock).resume()
    assert server.status().held_back == ""
    assert server.publish(ONLY_ALICE)
    assert glauth.lookup("gone") == {}


def test_a_roll_back_of_a_file_that_was_never_proved_goes_to_the_last_that_was(
    glauth: RealGlauth, make_server: MakeServer
) -> None:
    server = make_server()
    server.publish(DIRECTORY)
    server.publish(ONLY_ALICE)
    glauth.stop()
    refused(make_server(0.1), Directory())
    glauth.start()
    server.roll_back()
    assert server.current() == ONLY_ALICE
    server.roll_back()
    assert server.current() == DIRECTORY
    server.roll_back()
    assert server.current() == ONLY_ALICE


def test_a_roll_back_that_is_not_served_says_so_and_is_held(glauth: RealGlauth, make_server: MakeServer) -> None:
    server = make_server(0.2)
    server.publish(DIRECTORY)
    server.publish(ONLY_ALICE)
    with glauth.file.open("rb"), pytest.raises(NotConverged, match="still does not serve it") as caught:
        server.roll_back()
    assert RESUME in str(caught.value)
    assert server.current() == DIRECTORY
    assert RESUME in server.status().held_back


def test_with_nothing_to_roll_back_to_nothing_is_changed_or_held(glauth: RealGlauth, server: GlauthDirectory) -> None:
    server.publish(DIRECTORY)
    with pytest.raises(Unavailable, match="there is no other proved file"):
        server.roll_back()
    assert server.status().held_back == ""
    assert server.current() == DIRECTORY


# What it says of itself


def test_the_status_counts_and_only_glauth_s_own_word_adds_to_it(glauth: RealGlauth, server: GlauthDirectory) -> None:
    assert server.status().reason == "it was never proved"
    server.publish(DIRECTORY)
    known, asked = server.status(), server.verify()
    assert (known.file, known.users, known.groups, known.proved) == (str(glauth.file), 2, 3, True)
    assert (known.reason, known.held_back, known.restarted, known.safe_version) == ("", "", None, None)
    assert known.last_good.endswith("+00:00")
    assert asked.safe_version is not None
    assert asked == replace(known, safe_version=asked.safe_version)


def test_a_file_that_is_not_served_any_more_is_told_by_asking(glauth: RealGlauth, server: GlauthDirectory) -> None:
    server.publish(DIRECTORY)
    serve_another(glauth, glauth.base_file.read_bytes())
    assert server.status().proved is True
    asked = server.verify()
    assert asked.proved is False
    assert asked.safe_version is not None
    assert asked.reason == f"GLAuth at {glauth.url}: it refused the password that belongs to the file"
    assert "serves another file" in server.differences()[0]
    glauth.stop()
    down = server.verify()
    assert (down.proved, down.safe_version) == (False, None)
    assert "Connection refused" in down.reason
    with pytest.raises(Unavailable, match="cannot be read"):
        server.differences()


def test_every_entry_is_served_as_it_is_meant(glauth: RealGlauth, server: GlauthDirectory) -> None:
    server.publish(DIRECTORY)
    assert server.differences() == ()


def test_a_group_without_members_is_served_as_it_is_meant(glauth: RealGlauth, server: GlauthDirectory) -> None:
    server.publish(ONLY_ALICE)
    assert glauth.lookup_group("gone") != {}
    assert server.differences() == ()


def test_what_is_served_otherwise_is_told_of_people(glauth: RealGlauth, server: GlauthDirectory) -> None:
    """GLAuth serves a file whose end is ours, and whose records somebody changed before it was started."""
    server.publish(DIRECTORY)
    content = glauth.file.read_text()
    extra = '[[users]]\nname = "mallory"\nuidnumber = 10666\nprimarygroup = 20001\npasssha256 = "!"\n\n'
    changed = (
        content.replace('loginshell = "/bin/bash"', 'loginshell = "/bin/zsh"')
        .replace('    "ssh-rsa BBBB alice@waldur",\n', "")
        .replace('name = "gone"\nuidnumber', 'name = "ghost"\nuidnumber')
        .replace('[[users]]\nname = "waldur-agent-probe"', extra + '[[users]]\nname = "waldur-agent-probe"')
    )
    serve_another(glauth, changed.encode())
    assert server.differences() == (
        "alice: login shell is /bin/zsh instead of /bin/bash",
        "alice: SSH keys are others: 1 are served, 2 are meant",
        "gone is not served",
        "'ghost' is served, and the file does not have it",
        "'mallory' is served, and the file does not have it",
        "the group gone: members are served without gone and with ghost besides",
        "the group 20001: members are served with mallory besides",
    )
