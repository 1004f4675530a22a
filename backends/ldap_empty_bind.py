"""A bind with a name and an empty password, which ldap3 refuses to send (RFC 4513, 5.1.2)."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from backends.ldap import Address, Silence, is_secure, server_name, trust

_SEQUENCE, _INTEGER, _OCTETS, _ENUMERATED = 0x30, 0x02, 0x04, 0x0A
_BIND_REQUEST, _BIND_RESPONSE, _SIMPLE = 0x60, 0x61, 0x80
_PORTS = {"ldap": 389, "ldaps": 636}
_LONGEST = 4096
"""Bytes of an answer to a bind; a real one has fewer than a hundred."""


def empty_bind(address: Address, dn: str, seconds: float) -> int:
    """The result code (RFC 4511) of such a bind. Raises ConfigError, and Silence like a ``Session``."""
    deadline = time.monotonic() + seconds
    try:
        with _connected(address, seconds) as connection:
            connection.sendall(_request(dn))
            return _code(_answer(connection, deadline))
    except (OSError, ValueError, IndexError) as error:
        raise Silence(str(error) or type(error).__name__) from error


@contextmanager
def _connected(address: Address, seconds: float) -> Iterator[socket.socket]:
    parts = urlsplit(address.url)
    context = trust(address) if is_secure(address) else None
    with socket.create_connection((parts.hostname, parts.port or _PORTS[parts.scheme]), timeout=seconds) as plain:
        if context is None:
            yield plain
            return
        with context.wrap_socket(plain, server_hostname=server_name(address)) as secure:
            yield secure


def _answer(connection: socket.socket, deadline: float) -> bytes:
    """One whole message."""
    said = b""
    while not _is_whole(said):
        connection.settimeout(max(0.01, deadline - time.monotonic()))
        piece = connection.recv(_LONGEST)
        if not piece or len(said) > _LONGEST or time.monotonic() > deadline:
            raise ValueError("it did not answer a bind in full")
        said += piece
    return said


def _is_whole(said: bytes) -> bool:
    try:
        _element(said, 0)
    except IndexError:
        return False
    return True


def _request(dn: str) -> bytes:
    name = dn.encode()
    bind = _tlv(_BIND_REQUEST, _tlv(_INTEGER, b"\x03") + _tlv(_OCTETS, name) + _tlv(_SIMPLE, b""))
    return _tlv(_SEQUENCE, _tlv(_INTEGER, b"\x01") + bind)


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    return bytes([tag]) + (bytes([size]) if size < 0x80 else b"\x82" + size.to_bytes(2)) + content


def _code(said: bytes) -> int:
    """The result code in the answer to a bind. Raises ValueError or IndexError for anything else."""
    message, _ = _element(said, 0, _SEQUENCE)
    _, after_number = _element(message, 0, _INTEGER)
    response, _ = _element(message, after_number, _BIND_RESPONSE)
    code, _ = _element(response, 0, _ENUMERATED)
    return int.from_bytes(code)


def _element(said: bytes, start: int, tag: int | None = None) -> tuple[bytes, int]:
    """The content of the element that begins at ``start``, and where the next one begins."""
    if tag is not None and said[start] != tag:
        raise ValueError("it said something that is no answer to a bind")
    length, begin = said[start + 1], start + 2
    if length & 0x80:
        begin += length & 0x7F
        length = int.from_bytes(said[start + 2 : begin])
    if begin + length > len(said):
        raise IndexError
    return said[begin : begin + length], begin + length
