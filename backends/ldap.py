"""LDAP with deadlines; the only import of ldap3.

No password goes out in clear, a certificate must be trusted and name the server, and referrals are not followed. A
server that hangs, or answers a byte at a time, is cut off.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias
from urllib.parse import urlsplit

from ldap3 import ANONYMOUS, NONE, SIMPLE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.core.results import RESULT_INVALID_CREDENTIALS, RESULT_NO_SUCH_OBJECT, RESULT_SUCCESS
from ldap3.utils.conv import escape_filter_chars

from agent.errors import ConfigError

SUCCESS: int = RESULT_SUCCESS
NO_SUCH_OBJECT: int = RESULT_NO_SUCH_OBJECT
INVALID_CREDENTIALS: int = RESULT_INVALID_CREDENTIALS

Entry: TypeAlias = Mapping[str, tuple[str, ...]]
"""An entry's attributes, in lower case, with their values."""

_FAULTS = (LDAPException, OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What ldap3 raises: its own, and whatever an answer that is no LDAP leads it to."""


class Silence(Exception):
    """The server cannot be reached, or said nothing that is LDAP in time; the text says what happened."""


class Said(NamedTuple):
    """What a server answered: the result code of RFC 4511 and its name."""

    code: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server is. ``ca_file`` and ``server_name`` are for ldaps://; plain ldap:// is for loopback only."""

    url: str
    ca_file: Path | None = None
    server_name: str | None = None


class Session:
    """One connection. Every call has ``seconds``, whole ones, and raises Silence after them."""

    def __init__(self, connection: Connection, seconds: int) -> None:
        self._connection = connection
        self._seconds = seconds

    def bind(self) -> Said:
        """What the server says to the name and password of the session."""
        self._within(self._connection.bind)
        return self._said()

    def search(self, base: str, wanted: str, attributes: Sequence[str]) -> tuple[Said, list[Entry]]:
        """The entries below ``base`` that a filter finds. They are all only when the code is ``SUCCESS``."""
        self._within(lambda: self._connection.search(base, wanted, SUBTREE, attributes=list(attributes)))
        found = self._connection.response or ()
        return self._said(), [_entry(one["raw_attributes"]) for one in found if one["type"] == "searchResEntry"]

    def _said(self) -> Said:
        return Said(self._connection.result["result"], self._connection.result["description"])

    def _within(self, ask: Callable[[], object]) -> None:
        cut = threading.Event()
        watch = threading.Timer(self._seconds, self._cut_off, [cut])
        watch.daemon = True
        watch.start()
        try:
            ask()
        except _FAULTS as error:
            raise Silence(f"no answer within {self._seconds} s" if cut.is_set() else str(error)) from error
        finally:
            watch.cancel()

    def _cut_off(self, cut: threading.Event) -> None:
        cut.set()
        with suppress(OSError, AttributeError):  # there is no socket before the connection stands
            socket.socket.shutdown(self._connection.socket, socket.SHUT_RDWR)


@contextmanager
def session(address: Address, dn: str, password: str, seconds: int) -> Iterator[Session]:
    """A connection that is not bound yet; with an empty ``dn`` it is anybody's. Raises ConfigError and Silence."""
    server = _server(address, seconds)
    who = {"user": dn, "password": password, "authentication": SIMPLE} if dn else {"authentication": ANONYMOUS}
    connection = Connection(server, **who, receive_timeout=seconds, auto_referrals=False, check_names=False)
    try:
        yield Session(connection, seconds)
    finally:
        _close(connection)


def equals(attribute: str, value: str) -> str:
    """The filter that finds entries with this value; whatever is special in it is escaped."""
    return f"({attribute}={escape_filter_chars(value)})"


def _entry(raw: Mapping[str, Sequence[bytes] | None]) -> Entry:
    # An attribute without values, such as the members of an empty group, comes as None.
    return {name.lower(): tuple(map(_text, values or ())) for name, values in raw.items()}


def _text(value: bytes) -> str:
    return value.decode("utf-8", errors="backslashreplace")


def _close(connection: Connection) -> None:
    with suppress(*_FAULTS):  # GLAuth closes first after some refusals
        connection.unbind()
    if connection.socket is not None:  # ldap3 leaves it open when connecting failed
        connection.socket.close()


def is_secure(address: Address) -> bool:
    """Whether it is asked over TLS. Raises ConfigError for what would send a password in clear."""
    parts = urlsplit(address.url)
    secure = parts.scheme == "ldaps"
    if not secure and not _loopback(parts.hostname or ""):
        raise ConfigError(
            f"{address.url} would send a password in clear; write ldaps:// (only loopback may use ldap://)"
        )
    return secure


def server_name(address: Address) -> str | None:
    """The name its certificate must have."""
    return address.server_name or urlsplit(address.url).hostname


def trust(address: Address) -> ssl.SSLContext:
    """What certificates are trusted for it. Raises ConfigError."""
    try:
        return ssl.create_default_context(cafile=address.ca_file)
    except OSError as error:
        raise ConfigError(f"the certificates in {address.ca_file} cannot be used: {error}") from error


def _server(address: Address, seconds: int) -> Server:
    secure = is_secure(address)
    tls = _NamedTls(trust(address), server_name(address)) if secure else None
    return Server(address.url, use_ssl=secure, tls=tls, get_info=NONE, connect_timeout=seconds)


class _NamedTls(Tls):
    """TLS whose handshake fails unless the certificate is trusted and names the server.

    ldap3 by itself asks for the name afterwards, with a function that newer versions of Python have dropped.
    """

    def __init__(self, context: ssl.SSLContext, name: str | None) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context, self._name = context, name

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:
        connection.socket = self._context.wrap_socket(
            connection.socket, do_handshake_on_connect=do_handshake, server_hostname=self._name
        )


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
