"""Telling an old GLAuth by how it refuses an empty password, with a listener in its place."""

from collections.abc import Callable, Iterable

import pytest

from agent.errors import ConfigError
from agent.sandbox.real.address import free_ports
from backends.glauth.verify import Probe
from backends.glauth.version import is_safe_version
from backends.ldap import Address, Silence
from backends.ldap_empty_bind import empty_bind
from tests.fixtures.ldap_listener import listening, result, tlv

DN = "cn=probe,dc=example,dc=org"


def asked(answer: Callable[[bytes], Iterable[bytes]], seconds: float = 5.0) -> int:
    with listening(answer) as port:
        return empty_bind(Address(url=f"ldap://127.0.0.1:{port}"), DN, seconds)


@pytest.mark.parametrize(("code", "safe"), [(49, False), (53, True), (0, None), (1, None)])
def test_the_answer_tells_the_version(code, safe):
    with listening(lambda request: [result(request, code)]) as port:
        assert is_safe_version(Probe(url=f"ldap://127.0.0.1:{port}"), DN) is safe


def test_the_password_that_is_sent_is_empty_and_the_name_is_the_whole_one():
    requests: list[bytes] = []

    def answer(request: bytes) -> list[bytes]:
        requests.append(request)
        return [result(request, 49)]

    assert asked(answer) == 49
    assert DN.encode() in requests[0]
    assert requests[0].endswith(b"\x80\x00")


def test_an_answer_that_comes_byte_by_byte_is_understood():
    assert asked(lambda request: [bytes([one]) for one in result(request, 53)]) == 53


def test_an_answer_with_a_long_text_is_understood():
    def answer(request: bytes) -> list[bytes]:
        text = tlv(0x04, b"") + tlv(0x04, b"x" * 300)
        return [tlv(0x30, tlv(0x02, b"\x01") + tlv(0x61, tlv(0x0A, b"\x31") + text))]

    assert asked(answer) == 49


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x30\x00",
        b"\x30\x03\x02\x01\x01",
        b"\x30\x05\x02\x01\x01\x64\x00",
        b"\x30\x84\xff\xff\xff\xff" + b"x" * 10_000,
        b"\x00" * 20,
    ],
)
def test_what_is_no_answer_is_silence(answer):
    with pytest.raises(Silence):
        asked(lambda _: [answer], seconds=0.5)


def test_nobody_there_and_nobody_answering_are_silence():
    closed = Address(url=f"ldap://127.0.0.1:{free_ports('127.0.0.1', 1)[0]}")
    with pytest.raises(Silence, match="refused"):
        empty_bind(closed, DN, 1.0)
    with pytest.raises(Silence):
        asked(lambda _: [], seconds=0.2)
    assert is_safe_version(Probe(url=closed.url), DN) is None


def test_nothing_is_sent_in_clear_beyond_loopback():
    with pytest.raises(ConfigError, match="write ldaps://"):
        empty_bind(Address(url="ldap://192.0.2.1"), DN, 1.0)
