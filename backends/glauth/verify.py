"""Asking GLAuth whether it serves a file: a bind as the sentinel, which costs it less than a millisecond."""

import contextlib
import ipaddress
import ssl
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from ldap3 import NONE, SIMPLE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.core.results import RESULT_INVALID_CREDENTIALS, RESULT_SUCCESS

from agent.errors import ConfigError

POLL_SECONDS = 0.03
_TIMEOUT_SECONDS = 5  # whole seconds: ldap3 hands it to the socket as an integer


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Where to ask, and the seconds GLAuth has at the least to load a file.

    ``ca_file`` and ``server_name`` are for ldaps://; plain ldap:// is for loopback only.
    """

    url: str
    ca_file: Path | None = None
    server_name: str | None = None
    patience: float = 5.0


class Answer(StrEnum):
    """What a bind showed."""

    SERVED = "served"
    NOT_SERVED = "not served"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer and, unless the file is served, what GLAuth or the network said."""

    answer: Answer
    reason: str = ""


def budget(probe: Probe, users: int) -> float:
    """The seconds that GLAuth may take to load a file with so many users."""
    return max(probe.patience, 1.0 + 0.0003 * users)


def prove(probe: Probe, dn: str, password: str, seconds: float) -> Verdict:
    """Ask until the file is served or the time is over; the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        verdict = _bind(_server(probe), dn, password)  # anew: ldap3 remembers a server that was down
        if verdict.answer is Answer.SERVED or time.monotonic() >= deadline:
            return verdict
        time.sleep(POLL_SECONDS)


def _bind(server: Server, dn: str, password: str) -> Verdict:
    connection = Connection(server, user=dn, password=password, authentication=SIMPLE, receive_timeout=_TIMEOUT_SECONDS)
    try:
        connection.bind()
        code, text = connection.result["result"], connection.result["description"]
    except (LDAPException, OSError) as error:
        return Verdict(Answer.UNREACHABLE, str(error))
    finally:
        _close(connection)
    if code == RESULT_SUCCESS:
        return Verdict(Answer.SERVED)
    if code == RESULT_INVALID_CREDENTIALS:
        return Verdict(Answer.NOT_SERVED, "it refused the password that belongs to the new file")
    return Verdict(Answer.NOT_SERVED, f"it answered {text} ({code})")


def _close(connection: Connection) -> None:
    with contextlib.suppress(LDAPException, OSError):  # GLAuth closes first after some refusals
        connection.unbind()
    if connection.socket is not None:  # ldap3 leaves it open when connecting failed
        connection.socket.close()


def _server(probe: Probe) -> Server:
    parts = urlsplit(probe.url)
    secure = parts.scheme == "ldaps"
    if not secure and not _loopback(parts.hostname or ""):
        raise ConfigError(f"{probe.url} would send a password in clear; write ldaps:// (only loopback may use ldap://)")
    tls = _NamedTls(_trust(probe), probe.server_name or parts.hostname) if secure else None
    return Server(probe.url, use_ssl=secure, tls=tls, get_info=NONE, connect_timeout=_TIMEOUT_SECONDS)


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


def _trust(probe: Probe) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=probe.ca_file)
    except OSError as error:
        raise ConfigError(f"the certificates in {probe.ca_file} cannot be used: {error}") from error


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
