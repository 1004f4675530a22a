"""The question whether a file is served, without a server or with one that says nonsense."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from agent.errors import ConfigError
from agent.sandbox.real.address import free_ports
from backends.glauth.verify import Answer, Probe, budget, prove

DN, PASSWORD = "cn=probe,dc=example,dc=org", "secret-of-the-probe"


@pytest.fixture
def babbler() -> Iterator[int]:
    """A server that answers whatever it is asked with something that is not LDAP; the value is its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(1024)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def test_a_closed_port_is_unreachable_and_is_asked_until_the_time_is_over():
    probe = Probe(url=f"ldap://127.0.0.1:{free_ports('127.0.0.1', 1)[0]}")
    began = time.monotonic()
    verdict = prove(probe, DN, PASSWORD, 0.2)
    assert time.monotonic() - began >= 0.2
    assert verdict.answer is Answer.UNREACHABLE
    assert "Connection refused" in verdict.reason


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_a_server_that_is_no_ldap_server_is_unreachable_and_the_reason_holds_no_password(babbler, scheme):
    verdict = prove(Probe(url=f"{scheme}://127.0.0.1:{babbler}"), DN, PASSWORD, 0)
    assert verdict.answer is Answer.UNREACHABLE
    assert verdict.reason
    assert PASSWORD not in verdict.reason


@pytest.mark.parametrize("url", ["ldap://ldap.example.org", "ldap://192.0.2.1:389", "ldap://[2001:db8::1]", "ldap://"])
def test_a_password_never_leaves_the_host_in_clear(url):
    with pytest.raises(ConfigError, match="write ldaps://"):
        prove(Probe(url=url), DN, PASSWORD, 0)


def test_certificates_that_are_not_there_are_a_configuration_error(tmp_path):
    with pytest.raises(ConfigError, match=r"absent\.pem cannot be used"):
        prove(Probe(url="ldaps://127.0.0.1:1", ca_file=tmp_path / "absent.pem"), DN, PASSWORD, 0)


def test_the_time_grows_with_the_users():
    probe = Probe(url="ldap://127.0.0.1")
    assert (budget(probe, 0), budget(probe, 10_000)) == (5.0, 5.0)
    assert budget(probe, 50_000) == pytest.approx(16.0)
