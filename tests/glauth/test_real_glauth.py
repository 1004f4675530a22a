"""The whole way, with the real server."""

import hashlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from agent.errors import NotConverged
from agent.sandbox.real.address import free_ports
from agent.sandbox.real.daemon import Daemon
from agent.sandbox.real.glauth import BASE_DN, RealGlauth
from backends.glauth.render import password_of
from backends.glauth.sentinel import sentinel_key
from backends.glauth.server import GlauthDirectory
from backends.glauth.verify import Answer, Probe, prove

pytestmark = pytest.mark.real_glauth

SENTINEL_DN = f"cn=waldur-agent-probe,{BASE_DN}"
ALICE = DirectoryUser(
    name="alice",
    uidnumber=10_001,
    primarygroup=10_001,
    othergroups=(20_001,),
    givenname='A"li\\ce 😀',
    sn="Größe",
    mail="alice@uni.example",
    loginshell="/bin/bash",
    homedir="/home/alice",
    sshkeys=("ssh-ed25519 AAAA alice@waldur", "ssh-rsa BBBB alice@waldur"),
)
GONE = DirectoryUser(
    name="gone",
    uidnumber=10_002,
    primarygroup=10_002,
    loginshell="/usr/sbin/nologin",
    homedir="/home/gone",
    disabled=True,
)
GROUPS = tuple(
    DirectoryGroup(name=name, gidnumber=gid) for name, gid in (("alice", 10_001), ("gone", 10_002), ("20001", 20_001))
)
DIRECTORY = Directory(users=(ALICE, GONE), groups=GROUPS)


@pytest.fixture
def glauth(glauth_binary: Path, tmp_path: Path) -> Iterator[RealGlauth]:
    with RealGlauth(glauth_binary, tmp_path) as running:
        yield running


@pytest.fixture
def server(glauth: RealGlauth, tmp_path: Path) -> GlauthDirectory:
    return GlauthDirectory(
        file=glauth.file,
        base_file=glauth.base_file,
        key_file=tmp_path / "key",
        last_good=tmp_path / "last-good",
        probe=Probe(url=glauth.url),
    )


def impatient(server: GlauthDirectory) -> GlauthDirectory:
    assert server.probe is not None
    server.probe = replace(server.probe, patience=0.5)
    return server


def tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    return bytes([tag, length] if length < 128 else [tag, 0x81, length]) + content


def binds(glauth: RealGlauth, dn: str, password: str) -> bool:
    """Whether a simple bind succeeds; sent as bytes, since ldap3 refuses to send an empty password."""
    request = tlv(0x60, tlv(0x02, b"\x03") + tlv(0x04, dn.encode()) + tlv(0x80, password.encode()))
    port = int(glauth.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(tlv(0x30, tlv(0x02, b"\x01") + request))
        answer = connection.recv(1024)
    return b"\x0a\x01\x00" in answer


def test_what_is_published_is_proved_and_every_attribute_is_served(glauth, server):
    assert server.publish(DIRECTORY)
    found = glauth.lookup("alice")
    assert found["uidNumber"] == ["10001"]
    assert found["gidNumber"] == ["10001"]
    assert found["givenName"] == ['A"li\\ce 😀']
    assert found["sn"] == ["Größe"]
    assert found["loginShell"] == ["/bin/bash"]
    assert found["homeDirectory"] == ["/home/alice"]
    assert found["sshPublicKey"] == list(ALICE.sshkeys)
    assert glauth.lookup("gone")["accountStatus"] == ["inactive"]
    assert glauth.lookup_group("20001")["memberUid"] == ["alice"]
    assert glauth.lookup("nobody-there") == {}


def test_a_changed_user_is_served_at_once_and_a_removed_one_is_gone(glauth, server):
    server.publish(DIRECTORY)
    server.publish(Directory(users=(replace(ALICE, loginshell="/bin/zsh"),), groups=GROUPS))
    assert glauth.lookup("alice")["loginShell"] == ["/bin/zsh"]
    assert glauth.lookup("gone") == {}


def test_publishing_the_same_again_writes_nothing(glauth, server):
    assert server.publish(DIRECTORY)
    before = glauth.file.stat()
    assert not server.publish(DIRECTORY)
    assert (glauth.file.stat().st_ino, glauth.file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_only_the_password_of_this_very_file_proves_it(glauth, server):
    key = sentinel_key(server.key_file)
    server.publish(DIRECTORY)
    first = password_of(glauth.file.read_bytes(), key)
    server.publish(Directory())
    second = password_of(glauth.file.read_bytes(), key)
    assert prove(server.probe, SENTINEL_DN, second, 0).answer is Answer.SERVED
    refused = prove(server.probe, SENTINEL_DN, first, 0)
    assert refused.answer is Answer.NOT_SERVED
    assert "refused the password" in refused.reason
    assert not binds(glauth, SENTINEL_DN, "")
    assert binds(glauth, SENTINEL_DN, second)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "!",
        "*",
        " ",
        "x",
        "alice",
        "password",
        "0" * 64,
        "bb7208bc9b5d7c04f1236a82a0093a5e33f40423d5ba8d4266f7092c3ba43b62",
    ],
)
def test_nobody_can_log_in_with_any_password(glauth, server, password):
    server.publish(DIRECTORY)
    for name in ("alice", "gone"):
        for dn in (f"cn={name},{BASE_DN}", f"uid={name},{BASE_DN}", f"cn={name},ou={name},ou=users,{BASE_DN}"):
            assert not binds(glauth, dn, password), dn
    assert not binds(glauth, "alice@uni.example", password)


def test_the_same_question_finds_a_record_that_can_bind(glauth, server):
    """The control of the test above."""
    server.publish(DIRECTORY)
    digest = hashlib.sha256(b"secret").hexdigest()
    glauth.stop()
    glauth.file.write_text(glauth.file.read_text().replace('passsha256 = "!"', f'passsha256 = "{digest}"'))
    glauth.start()
    assert binds(glauth, f"cn=alice,{BASE_DN}", "secret")
    assert binds(glauth, "alice@uni.example", "secret")
    assert not binds(glauth, f"cn=alice,{BASE_DN}", "Secret")


def test_a_process_that_holds_the_old_file_open_is_reported_and_nothing_is_claimed(glauth, server):
    server.publish(DIRECTORY)
    good = server.last_good.read_bytes()
    with glauth.file.open("rb"):
        with pytest.raises(NotConverged) as caught:
            impatient(server).publish(Directory())
        assert str(glauth.file) in str(caught.value)
        assert f"GLAuth at {glauth.url} still does not serve it" in str(caught.value)
        assert "holds an old one open" in str(caught.value)
        assert "restart GLAuth" in str(caught.value)
        assert glauth.lookup("alice")["uid"] == ["alice"]
    assert server.last_good.read_bytes() == good


def test_a_file_that_was_not_proved_is_proved_by_a_later_run_that_writes_nothing(glauth, server):
    server.publish(DIRECTORY)
    with glauth.file.open("rb"), pytest.raises(NotConverged):
        impatient(server).publish(Directory())
    assert not server.publish(Directory())
    assert glauth.lookup("alice") == {}
    assert server.last_good.read_bytes() == glauth.file.read_bytes()


def test_a_link_to_the_old_file_is_reported_and_a_restart_helps(glauth, server, tmp_path):
    server.publish(DIRECTORY)
    os.link(glauth.file, tmp_path / "linked")
    with pytest.raises(NotConverged):
        impatient(server).publish(Directory())
    glauth.stop()
    glauth.start()
    assert not server.publish(Directory())


def test_a_server_that_does_not_run_is_unreachable_and_serves_the_file_once_it_runs(glauth, server):
    glauth.stop()
    with pytest.raises(NotConverged, match="cannot be reached"):
        impatient(server).publish(DIRECTORY)
    glauth.start()
    assert not server.publish(DIRECTORY)
    assert glauth.lookup("alice")["uid"] == ["alice"]


def test_many_swaps_in_a_row_are_all_proved(glauth, server):
    for number in range(30):
        shell = f"/bin/sh{number}"
        assert server.publish(Directory(users=(replace(ALICE, loginshell=shell),), groups=GROUPS))
    assert glauth.lookup("alice")["loginShell"] == ["/bin/sh29"]


# The example of a base file, with TLS


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for ldap.example.org, with its key beside it."""
    openssl = shutil.which("openssl")
    assert openssl, "this test needs openssl"
    request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=ldap.example.org"]
    names = ["-addext", "subjectAltName=DNS:ldap.example.org"]
    files = ["-out", str(tmp_path / "glauth.crt"), "-keyout", str(tmp_path / "glauth.key")]
    subprocess.run([openssl, *request, *names, *files], check=True, capture_output=True)
    return tmp_path / "glauth.crt"


def test_the_example_base_serves_ldaps_and_only_the_right_name_and_authority_are_trusted(
    glauth_binary, certificate, tmp_path
):
    plain, secure = free_ports("127.0.0.1", 2)
    example = (Path(__file__).parents[2] / "config" / "glauth-base.toml").read_text()
    text = example.replace("127.0.0.1:3893", f"127.0.0.1:{plain}").replace("0.0.0.0:636", f"127.0.0.1:{secure}")
    base_file, file = tmp_path / "base.toml", tmp_path / "glauth.cfg"
    base_file.write_text(text.replace("/etc/glauth", str(tmp_path)))
    probe = Probe(url=f"ldaps://127.0.0.1:{secure}", ca_file=certificate, server_name="ldap.example.org")
    server = GlauthDirectory(
        file=file, base_file=base_file, key_file=tmp_path / "key", last_good=tmp_path / "good", probe=None
    )
    server.publish(DIRECTORY)
    password = password_of(file.read_bytes(), sentinel_key(server.key_file))
    daemon = Daemon("glauth", [glauth_binary, "-c", file], {}, tmp_path / "log")
    try:
        daemon.wait_until(lambda: prove(probe, SENTINEL_DN, password, 0).answer is Answer.SERVED, 20)
        server.probe = probe
        assert server.publish(Directory())
        for wrong in (replace(probe, server_name=None), replace(probe, ca_file=None)):
            verdict = prove(wrong, SENTINEL_DN, "x", 0)
            assert verdict.answer is Answer.UNREACHABLE
            assert "certificate" in verdict.reason.lower()
    finally:
        daemon.end()
