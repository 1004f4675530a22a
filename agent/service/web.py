"""The daemon's own small web server: /metrics, /healthz and the status page at /."""

import errno
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from ipaddress import ip_address
from socket import AF_INET, AF_INET6
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import structlog
from prometheus_client import make_wsgi_app

from agent.errors import AgentError, ConfigError, Unavailable
from agent.service.health import complaints, page
from agent.service.lanes import Lane
from agent.service.metrics import Metrics

if TYPE_CHECKING:  # wsgiref.types describes the protocol and has nothing to run
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()


@contextmanager
def serving(listen: tuple[str, int], lanes: Sequence[Lane], metrics: Metrics) -> Iterator[int]:
    """Serve until the block ends; gives the port, which the kernel chooses when the configured one is 0.

    There is no password, so the host must be one address: loopback, or an interface named on purpose.
    Raises ConfigError for every address at once (0.0.0.0, ::), a name, or an address that cannot be bound; Unavailable
    for one that this host does not have yet, or that something else still uses.
    """
    server = _bind(listen)
    server.set_app(application(lanes, metrics, time.time))
    thread = threading.Thread(target=server.serve_forever, name="web", daemon=True)
    thread.start()
    log.info("listening", host=listen[0], port=server.server_port)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def application(lanes: Sequence[Lane], metrics: Metrics, clock: Callable[[], float]) -> "WSGIApplication":
    """The three pages as a WSGI application; ``clock`` gives UTC seconds."""
    scrape: WSGIApplication = make_wsgi_app(metrics.registry)

    def healthz() -> tuple[HTTPStatus, str]:
        lines = complaints(lanes, metrics, clock())
        return (HTTPStatus.SERVICE_UNAVAILABLE, "\n".join(lines)) if lines else (HTTPStatus.OK, "ok")

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        match environ["REQUEST_METHOD"], environ["PATH_INFO"]:
            case "GET", "/metrics":
                return scrape(environ, start_response)
            case "GET", "/healthz":
                return _plain(start_response, *healthz())
            case "GET", "/" | "":
                return _plain(start_response, HTTPStatus.OK, page(lanes, metrics, clock()))
            case "GET", _:
                return _plain(start_response, HTTPStatus.NOT_FOUND, "there are /, /metrics and /healthz")
        return _plain(start_response, HTTPStatus.METHOD_NOT_ALLOWED, "only GET is answered")

    return answer


def _plain(start_response: "StartResponse", status: HTTPStatus, text: str) -> list[bytes]:
    start_response(f"{status.value} {status.phrase}", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{text.rstrip()}\n".encode()]


class _Handler(WSGIRequestHandler):
    timeout = 10  # a client that connects and says nothing does not keep its thread for ever

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """A request every few seconds is nobody's news."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Bind without the base class's look-up of our own name, which can wait for a DNS server."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()


class _Server6(_Server):
    address_family = AF_INET6


def _bind(listen: tuple[str, int]) -> _Server:
    host, port = listen
    family = _family(host)
    try:
        return (_Server6 if family == AF_INET6 else _Server)((host, port), _Handler)
    except (OSError, OverflowError) as error:
        raise _not_bound(host, port, error) from error


def _not_bound(host: str, port: int, error: OSError | OverflowError) -> AgentError:
    said = f"daemon.listen: cannot listen on {host} port {port}: {error}"
    match getattr(error, "errno", None):
        case errno.EADDRNOTAVAIL:
            return Unavailable(
                f"{said}; bring up the interface that has the address (ip address lists them), or write one of those"
            )
        case errno.EADDRINUSE:
            return Unavailable(f"{said}; end what uses it (ss -ltnp), or write another port")
    return ConfigError(f"{said}; write another address or another port")


def _family(host: str) -> int:
    try:
        address = ip_address(host)
    except ValueError as error:
        raise ConfigError(f"daemon.listen: {host!r} is not an IP address; write 127.0.0.1 or [::1]") from error
    if address.is_unspecified:
        raise ConfigError(
            f"daemon.listen: {host} would let everybody in; write 127.0.0.1, or the one address that Prometheus asks"
        )
    return AF_INET6 if address.version == 6 else AF_INET
