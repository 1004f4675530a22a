"""The published directory without a server to ask."""

from pathlib import Path

import pytest

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from agent.errors import ConfigError, Held, NotConverged, Unavailable
from agent.ports import DirectoryServer
from agent.sandbox.real.address import free_ports
from backends.glauth import parse
from backends.glauth.server import GlauthDirectory
from backends.glauth.verify import Probe

BASE = (Path(__file__).parents[2] / "config" / "glauth-base.toml").read_text()
ALICE = DirectoryUser(name="alice", uidnumber=10_001, primarygroup=10_001, homedir="/home/alice")
DIRECTORY = Directory(users=(ALICE,), groups=(DirectoryGroup(name="alice", gidnumber=10_001),))


def directory_in(folder: Path, probe: Probe | None = None, group: str | None = None) -> GlauthDirectory:
    (folder / "base.toml").write_text(BASE)
    return GlauthDirectory(
        file=folder / "glauth.cfg",
        base_file=folder / "base.toml",
        key_file=folder / "key",
        last_good=folder / "last-good",
        probe=probe,
        group=group,
    )


@pytest.fixture
def server(tmp_path) -> GlauthDirectory:
    return directory_in(tmp_path)


def test_a_file_that_was_never_written_is_an_empty_directory(server):
    as_port: DirectoryServer = server
    assert as_port.current() == Directory()


def test_the_bare_base_is_an_empty_directory_and_may_be_written_over(server):
    server.file.write_text(BASE + "\n")
    assert server.current() == Directory()
    assert server.publish(DIRECTORY)


def test_what_is_published_is_current(server):
    assert server.publish(DIRECTORY)
    assert server.current() == DIRECTORY
    assert server.publish(Directory())
    assert server.current() == Directory()


def test_publishing_the_same_again_touches_nothing(server):
    server.publish(DIRECTORY)
    before = [(file.stat().st_ino, file.stat().st_mtime_ns) for file in (server.file, server.last_good)]
    assert not server.publish(DIRECTORY)
    assert [(file.stat().st_ino, file.stat().st_mtime_ns) for file in (server.file, server.last_good)] == before


def test_a_file_that_does_not_change_is_read_once_however_many_cycles_look_at_it(server, monkeypatch):
    texts = []
    reading = parse.tomli.loads
    monkeypatch.setattr(parse.tomli, "loads", lambda text: texts.append(text) or reading(text))
    for _ in range(3):
        server.publish(DIRECTORY)
        assert server.current() == DIRECTORY
        assert server.status().users == 1
    assert len(texts) == 1
    server.publish(Directory())
    assert len(texts) == 2


def test_a_changed_base_is_published_with_the_next_run(server):
    server.publish(DIRECTORY)
    server.base_file.write_text(BASE.replace("dc=example", "dc=other"))
    assert server.publish(DIRECTORY)
    assert "dc=other" in server.file.read_text()


def test_a_change_made_by_hand_is_written_over(server):
    server.publish(DIRECTORY)
    wanted = server.file.read_bytes()
    server.file.write_bytes(wanted.replace(b"/home/alice", b"/root"))
    assert server.current().users[0].homedir == "/root"
    assert server.publish(DIRECTORY)
    assert server.file.read_bytes() == wanted


def test_last_good_is_a_copy_of_its_own_that_only_the_agent_reads(server):
    server.publish(DIRECTORY)
    assert server.last_good.read_bytes() == server.file.read_bytes()
    assert server.file.stat().st_nlink == 1
    assert not server.last_good.samefile(server.file)
    assert server.last_good.stat().st_mode & 0o777 == 0o600


def test_somebody_else_s_file_is_neither_read_nor_overwritten(server):
    server.file.write_text(BASE + "\n[[users]]\nname = 'local'\n")
    before = server.file.read_bytes()
    for attempt in (server.current, lambda: server.publish(DIRECTORY)):
        with pytest.raises(Unavailable, match="the agent did not write it") as caught:
            attempt()
        assert f"move {server.file} away" in str(caught.value)
    assert server.file.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"[[users]\n"])
def test_a_broken_file_is_an_outage_with_a_remedy_and_not_an_empty_directory(server, content):
    server.publish(DIRECTORY)
    server.file.write_bytes(content)
    with pytest.raises(Unavailable, match="the next run writes it anew"):
        server.current()


def test_a_file_that_cannot_be_opened_is_an_outage(server):
    server.file.mkdir()
    with pytest.raises(Unavailable, match="cannot be read: Is a directory"):
        server.current()


def test_a_dangerous_base_is_refused_before_anything_is_written(server):
    server.base_file.write_text(BASE.replace("LimitFailedBinds = false", "LimitFailedBinds = true"))
    with pytest.raises(ConfigError, match="LimitFailedBinds"):
        server.publish(DIRECTORY)
    assert not server.file.exists()


def test_a_base_that_is_not_there_is_a_configuration_error(server):
    server.base_file.unlink()
    with pytest.raises(ConfigError, match=r"base\.toml, the base of the GLAuth file, cannot be read"):
        server.publish(DIRECTORY)


def test_a_group_that_does_not_exist_is_a_configuration_error_and_nothing_is_written(tmp_path):
    server = directory_in(tmp_path, group="no-such-group")
    with pytest.raises(ConfigError, match="there is no group 'no-such-group'"):
        server.publish(DIRECTORY)
    assert not server.file.exists()


def test_a_server_that_is_not_there_is_named_and_the_last_good_copy_stays(tmp_path):
    directory_in(tmp_path).publish(DIRECTORY)
    good = (tmp_path / "last-good").read_bytes()
    url = f"ldap://127.0.0.1:{free_ports('127.0.0.1', 1)[0]}"
    server = directory_in(tmp_path, Probe(url=url, patience=0.1))
    for _ in range(2):  # what was written but not proved is asked for again
        with pytest.raises(NotConverged) as caught:
            server.publish(Directory())
        assert str(server.file) in str(caught.value)
        assert f"GLAuth at {url} cannot be reached" in str(caught.value)
        assert "Connection refused" in str(caught.value)
    assert server.current() == Directory()
    assert server.last_good.read_bytes() == good


def test_a_file_that_is_set_right_again_after_a_change_by_hand_must_be_proved_too(tmp_path):
    directory_in(tmp_path).publish(DIRECTORY)
    (tmp_path / "glauth.cfg").unlink()
    probe = Probe(url=f"ldap://127.0.0.1:{free_ports('127.0.0.1', 1)[0]}", patience=0.1)
    with pytest.raises(NotConverged):
        directory_in(tmp_path, probe).publish(DIRECTORY)


def test_what_would_be_written_is_shown_without_its_passwords(server):
    text = server.render(DIRECTORY)
    assert 'name = "alice"' in text
    assert "# The account SSSD searches with" in text
    assert "0" * 64 not in text
    assert text.count('passsha256 = "..."') == 2
    assert text.count('passsha256 = "!"') == 1
    assert not server.file.exists()


def test_without_an_address_to_ask_nothing_is_said_to_be_proved(server):
    assert server.status().reason == server.verify().reason == "nothing was published yet"
    server.publish(DIRECTORY)
    status = server.verify()
    assert (status.users, status.groups, status.proved, status.reason, status.safe_version) == (1, 1, None, "", None)
    with pytest.raises(Unavailable, match=r"set glauth\.probe_url"):
        server.differences()


def test_the_status_of_a_file_that_is_not_ours_or_cannot_be_read_says_so(tmp_path):
    server = directory_in(tmp_path, Probe(url="ldap://127.0.0.1:1", patience=0.1))
    server.file.write_text("[[users]]\nname = 'local'\n")
    for status in (server.status(), server.verify()):
        assert (status.users, status.proved) == (0, False)
        assert "the agent did not write it" in status.reason
    server.file.unlink()
    server.file.mkdir()
    assert "cannot be read: Is a directory" in server.verify().reason


def test_only_what_two_readings_show_is_a_difference(server, monkeypatch):
    server.publish(DIRECTORY)
    server.probe = Probe(url="ldap://127.0.0.1:1")
    readings = [("a", "b", "c"), ("c", "b", "x")]
    monkeypatch.setattr("backends.glauth.server.differences", lambda *_: readings.pop(0))
    assert server.differences() == ("b", "c")
    assert readings == []
    readings.append(())
    assert server.differences() == ()


def test_without_an_address_to_ask_a_person_can_roll_back_all_the_same(server):
    server.publish(DIRECTORY)
    server.publish(Directory())
    said = server.roll_back()
    assert server.current() == DIRECTORY
    assert "GLAuth serves it" not in said
    with pytest.raises(Held, match="publishing is held"):
        server.publish(Directory())
    server.resume()
    assert server.publish(Directory())


def test_a_copy_that_was_spoilt_is_not_put_back_and_holds_nothing(server):
    server.publish(DIRECTORY)
    server.publish(Directory())
    server.copies.previous.write_bytes(b"spoilt")
    with pytest.raises(Unavailable, match="the agent did not write it"):
        server.roll_back()
    assert server.current() == Directory()
    assert server.publish(DIRECTORY)


def test_a_base_that_is_a_template_is_filled_in(tmp_path):
    server = directory_in(tmp_path)
    server.base_file = tmp_path / "base.toml.j2"
    server.base_file.write_text(BASE.replace('"dc=example,dc=org"', "{{ base_dn | tojson }}"))
    server.base_values = {"base_dn": "dc=other"}
    assert server.publish(DIRECTORY)
    assert 'baseDN = "dc=other"' in server.file.read_text()
    assert server.current() == DIRECTORY


def test_the_host_s_own_names_and_the_base_s_are_kept_from_the_feeds(server):
    taken = server.reserved()
    assert {"root", "sssd-search", "waldur-agent-probe"} <= taken.reserved_names
    assert {0, 9001, 9999} <= taken.reserved_uids
    assert {"root", "service", "waldur-agent-probe"} <= taken.reserved_group_names
    assert {0, 9001, 9999} <= taken.reserved_gids
