"""LDAP with whoever answers: nobody, somebody who hangs or drips, and somebody who talks nonsense."""

import threading
import time
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.errors import ConfigError
from agent.sandbox.real.address import free_ports
from backends.ldap import SUCCESS, Address, Silence, equals, session
from tests.fixtures.ldap_listener import BIND, entry, listening, operation, result, tlv

DN, PASSWORD = "cn=reader,dc=example,dc=org", "secret-of-the-reader"


def asked(port: int, seconds: int = 5, dn: str = DN) -> list[object]:
    with session(Address(url=f"ldap://127.0.0.1:{port}"), dn, PASSWORD, seconds) as one:
        said, entries = one.bind(), one.search("dc=example,dc=org", "(uid=alice)", ["uid"])
        return [said.code, entries[0].code, entries[1]]


def honest(request: bytes) -> Iterable[bytes]:
    if operation(request) != BIND:
        yield entry(request, uid=["alice", "Größe"], uidNumber=["10001"])
    yield result(request, SUCCESS)


def test_entries_come_with_attributes_in_lower_case_and_all_their_values():
    with listening(honest) as port:
        assert asked(port) == [SUCCESS, SUCCESS, [{"uid": ("alice", "Größe"), "uidnumber": ("10001",)}]]


def test_a_bind_without_a_name_sends_no_password():
    seen: list[bytes] = []

    def answer(request: bytes) -> Iterable[bytes]:
        seen.append(request)
        return honest(request)

    with listening(answer) as port:
        asked(port, dn="")
        asked(port)
    binds = [request for request in seen if operation(request) == BIND]
    assert [PASSWORD.encode() in request for request in binds] == [False, True]


@pytest.mark.parametrize("code", [1, 4, 32, 49, 50, 53])
def test_a_refused_search_says_its_code_with_what_came_before(code):
    def answer(request: bytes) -> Iterable[bytes]:
        if operation(request) == BIND:
            return [result(request, SUCCESS)]
        return [entry(request, uid=["alice"]), result(request, code)]

    with listening(answer) as port:
        assert asked(port) == [SUCCESS, code, [{"uid": ("alice",)}]]


def test_a_closed_port_is_silence():
    with pytest.raises(Silence, match="Connection refused"):
        asked(free_ports("127.0.0.1", 1)[0])


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_a_server_that_says_nothing_is_left_after_the_deadline(scheme):
    began = time.monotonic()
    with listening(lambda _: ()) as port, pytest.raises(Silence):  # noqa: SIM117 - the listener must outlive the session
        with session(Address(url=f"{scheme}://127.0.0.1:{port}"), DN, PASSWORD, 1) as one:
            one.bind()
    assert time.monotonic() - began < 15


def test_a_server_that_sends_a_byte_at_a_time_is_cut_off():
    over = threading.Event()

    def drip(_: bytes) -> Iterable[bytes]:
        yield tlv(0x30, b"x" * 30_000)[:4]
        while not over.wait(0.1):
            yield b"x"

    began = time.monotonic()
    with listening(drip) as port:
        try:
            with pytest.raises(Silence, match="no answer within 1 s"):
                asked(port, seconds=1)
        finally:
            over.set()
    assert time.monotonic() - began < 15


def test_a_session_that_was_cut_off_leaves_no_thread_behind():
    before = set(threading.enumerate())
    with listening(honest) as port:
        for _ in range(3):
            asked(port)
    new = set(threading.enumerate()) - before  # a test before this one may have left some that end by and by
    for thread in new:
        thread.join(5)
    assert not [thread for thread in new if thread.is_alive()]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(min_size=1, max_size=60), st.booleans())
def test_whatever_comes_back_is_an_answer_or_silence(noise, framed):
    def answer(request: bytes) -> Iterable[bytes]:
        yield tlv(0x30, b"\x02\x01\x01" + noise) if framed else noise
        raise ConnectionError  # the listener closes the connection

    said = ""
    with listening(answer) as port:
        try:
            asked(port, seconds=2)
        except Silence as silence:
            said = str(silence)
    assert PASSWORD not in said


def test_a_server_without_the_trusted_certificate_is_silence(tmp_path):
    with listening(honest) as port, pytest.raises(Silence):  # noqa: SIM117 - likewise
        with session(Address(url=f"ldaps://127.0.0.1:{port}"), DN, PASSWORD, 2) as one:
            one.bind()
    missing = Address(url="ldaps://127.0.0.1:1", ca_file=tmp_path / "missing.pem")
    with pytest.raises(ConfigError, match=r"missing\.pem cannot be used"), session(missing, DN, PASSWORD, 2):
        pass


@pytest.mark.parametrize("url", ["ldap://ldap.example.org", "ldap://192.0.2.1:389", "ldap://[2001:db8::1]"])
def test_a_password_never_leaves_the_host_in_clear(url):
    with pytest.raises(ConfigError, match="write ldaps://"), session(Address(url=url), DN, PASSWORD, 1):
        pass


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("alice", "(uid=alice)"),
        ("*", "(uid=\\2a)"),
        ("a)(uid=*", "(uid=a\\29\\28uid=\\2a)"),
        ("a\\b\0", "(uid=a\\5cb\\00)"),
        ("Größe", "(uid=Größe)"),
    ],
)
def test_what_is_special_in_a_filter_is_data(value, written):
    assert equals("uid", value) == written
