"""A marketplace of canned replies, and the embedded one in both of its dialects; each over a real socket."""

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import stamina

from agent.marketplace.client import Client
from agent.marketplace.http import Http
from agent.sandbox.marketplace.server import MarketplaceServer

TOKEN = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Canned:
    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    cut: bool = False
    reply: bool = True


@dataclass
class Asked:
    method: str
    path: str
    query: dict
    headers: dict
    body: object


class CannedServer:
    """Answers each (method, path) with its replies in turn; the last one stays. Over TLS with a context for it."""

    def __init__(self, tls=None):
        self.asked = []
        self.replies = {}
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):
                owner.answer(self)

            do_POST = do_PATCH = do_GET  # noqa: N815 - the standard library's names

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}"

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def on(self, method, path, body=b"", status=200, kind="application/json", headers=None, *, cut=False, reply=True):
        """One more reply; ``body`` may be bytes, text, JSON or a function of the query that returns (body, headers)."""
        canned = Canned(status, body, {"Content-Type": kind, **(headers or {})}, cut, reply)
        self.replies.setdefault((method, f"/api/{path}"), deque()).append(canned)

    def listing(self, path, rows, per_page=300, count=None):
        """A paged list, as the marketplace makes them. ``rows`` may be a function of the page number."""

        def page(query):
            number = int(query.get("page", ["1"])[0])
            mine = rows(number) if callable(rows) else rows
            announced = len(mine) if count is None else (count(number) if callable(count) else count)
            part = mine[(number - 1) * per_page : number * per_page]
            headers = {"X-Result-Count": str(announced)}
            if number * per_page < len(mine):
                headers["Link"] = f'<{self.url}/api/{path}?page={number + 1}>; rel="next"'
            if number > 1 and not part:
                return {"detail": "Invalid page."}, {}, 404
            return part, headers, 200

        self.on("GET", path, page)

    def count(self, method, path):
        return sum(1 for each in self.asked if (each.method, each.path) == (method, f"/api/{path}"))

    def last(self, method="POST"):
        return [each for each in self.asked if each.method == method][-1]

    def answer(self, handler):
        parts = urlsplit(handler.path)
        sent = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        asked = Asked(
            handler.command,
            parts.path,
            parse_qs(parts.query),
            dict(handler.headers),
            json.loads(sent) if sent else None,
        )
        with self._lock:
            self.asked.append(asked)
            waiting = self.replies.get((handler.command, parts.path))
            canned = (waiting.popleft() if len(waiting) > 1 else waiting[0]) if waiting else None
        self.send(handler, canned or Canned(404, b"<h1>Not Found</h1>", {"Content-Type": "text/html"}), asked)

    def send(self, handler, canned, asked):
        body, headers, status = canned.body, dict(canned.headers), canned.status
        if callable(body):
            body, more, status = body(asked.query)
            headers |= more
        if not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        body = body.encode() if isinstance(body, str) else body
        if not canned.reply:
            handler.close_connection = True
            return
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body) + (10 if canned.cut else 0)))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = handler.close_connection or canned.cut


@pytest.fixture(autouse=True)
def retries_without_waiting():
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def server():
    served = CannedServer()
    yield served
    served.stop()


@pytest.fixture
def token():
    return TOKEN


@pytest.fixture
def http(server):
    connection = Http(server.url, TOKEN)
    yield connection
    connection.close()


@pytest.fixture
def client(http):
    return Client(http)


@pytest.fixture(params=["2024", "2025"])
def dialect(request):
    return request.param


@pytest.fixture
def site(dialect):
    """The embedded marketplace."""
    with MarketplaceServer(dialect=dialect) as served:
        yield served


@pytest.fixture
def connect():
    """A maker of connections to an embedded marketplace, by default as the provider's owner."""
    made = []

    def make(site, token=None):
        made.append(Http(site.url, token or site.token))
        return made[-1]

    yield make
    for connection in made:
        connection.close()


@pytest.fixture
def story(site):
    """An offering, a project with a manager and a member, and a pending order: (offering, project, order)."""
    world = site.world
    offering = world.create_offering("HPC")
    project = world.create_project(world.create_customer("University"), "Climate")
    for name, role in (("alice", "PROJECT.MANAGER"), ("bob", "PROJECT.MEMBER")):
        world.add_member(project, world.create_user(name, name.title(), "Brown"), role)
    order = world.order_create(project, offering, "alloc", {"cpu": 100, "mem": 50})
    return offering, project, order


@pytest.fixture
def provision():
    """Takes an order from pending to done; the resource's UUID."""

    def finish(client, order):
        client.approve_order(order)
        client.set_order_done(order)
        return client.order(order).resource_uuid

    return finish
