"""The whole way, with the real server."""

import hashlib
import socket
from dataclasses import replace

import pytest

from agent.core.model.directory import Directory
from agent.sandbox.real.glauth import BASE_DN, RealGlauth
from backends.glauth.render import password_of
from backends.glauth.sentinel import sentinel_key
from backends.glauth.verify import Answer, prove
from tests.fixtures.ldap_listener import tlv
from tests.glauth.records import ALICE, DIRECTORY, GROUPS

pytestmark = pytest.mark.real_glauth

SENTINEL_DN = f"cn=waldur-agent-probe,{BASE_DN}"


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


PASSWORDS = [
    "",
    "!",
    "*",
    " ",
    "x",
    "alice",
    "gone",
    "password",
    "None",
    "0" * 64,
    hashlib.sha256(b"!").hexdigest(),
    hashlib.sha256(b"").hexdigest(),
    "x" * 200,
]


def dns(name: str) -> tuple[str, ...]:
    """The forms a user's DN is written in; GLAuth takes them all but the second, whose attribute is not its first."""
    return (
        f"cn={name},{BASE_DN}",
        f"uid={name},{BASE_DN}",
        f"cn={name},ou={name},{BASE_DN}",
        f"cn={name},ou={name},ou=users,{BASE_DN}",
    )


@pytest.mark.parametrize("password", PASSWORDS)
def test_nobody_can_log_in_with_any_password(glauth, server, password):
    server.publish(DIRECTORY)
    for name in ("alice", "gone"):
        for dn in dns(name):
            assert not binds(glauth, dn, password), dn
    assert not binds(glauth, "alice@uni.example", password)
    assert not binds(glauth, SENTINEL_DN, password)


def test_the_same_question_finds_a_record_that_can_bind(glauth, server):
    """The control of the test above."""
    server.publish(DIRECTORY)
    digest = hashlib.sha256(b"secret").hexdigest()
    glauth.stop()
    glauth.file.write_text(glauth.file.read_text().replace('passsha256 = "!"', f'passsha256 = "{digest}"'))
    glauth.start()
    for dn in {*dns("alice"), "alice@uni.example"} - {dns("alice")[1]}:
        assert binds(glauth, dn, "secret"), dn
    assert not binds(glauth, f"cn=alice,{BASE_DN}", "Secret")


def test_many_swaps_in_a_row_are_all_proved(glauth, server):
    for number in range(30):
        shell = f"/bin/sh{number}"
        assert server.publish(Directory(users=(replace(ALICE, loginshell=shell),), groups=GROUPS))
    assert glauth.lookup("alice")["loginShell"] == ["/bin/sh29"]


@pytest.mark.parametrize("line", ["", 'passsha256 = ""\n'])
def test_the_version_tells_exactly_whether_a_record_without_a_password_lets_anybody_in(glauth, server, line):
    """Why every record has a password that is none, and the second control of the tests above."""
    server.publish(DIRECTORY)
    safe = server.verify().safe_version
    glauth.stop()
    glauth.file.write_text(glauth.file.read_text().replace('passsha256 = "!"\n', line))
    glauth.start()
    assert [binds(glauth, dns(name)[0], "anything") for name in ("alice", "gone")] == [not safe, not safe]
