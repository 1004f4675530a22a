"""Requests to the marketplace: retried, bounded in time and size, and the token never shown.

The only module that imports httpx.
"""

import json
import re
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TypeAlias, TypeVar

import httpx
import stamina

from agent import __version__
from agent.errors import Unavailable
from agent.marketplace.address import api_root, is_loopback
from agent.marketplace.failure import Refused, Transient, failure

Params: TypeAlias = Sequence[tuple[str, str]]
OnRequest: TypeAlias = Callable[[str, str, int], None]
T = TypeVar("T")

stamina.instrumentation.set_on_retry_hooks(())  # the last error says it all; requests are counted one by one
USER_AGENT = f"slurm-site-agent/{__version__}"
ATTEMPTS = 5
LONGEST_WAIT = 2.0
LARGEST_REPLY = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Reply:
    """A good reply: its JSON, the ``X-Result-Count`` if there is one, and whether ``Link`` names a next page."""

    body: object
    count: int | None
    more: bool


class Http:
    """The marketplace's API under one address, with one token; safe to use from several threads.

    ``token`` may be a function, which is asked for each request, so that a changed file is read; ``token_source`` is
    what an error calls it. ``deadline`` bounds a request with all its retries and ``timeout`` each wait for the
    network, in seconds. ``on_request`` is told the method, the route's template and the status (0: no reply).
    """

    def __init__(
        self,
        url: str,
        token: Callable[[], str] | str,
        *,
        token_source: str = "marketplace.token_file",  # noqa: S107 - where the token is, not the token
        deadline: float = 60.0,
        timeout: float = 10.0,
        on_request: OnRequest | None = None,
    ) -> None:
        self._root = api_root(url)
        self._token = token
        self._token_source = token_source
        self._deadline = deadline
        self._timeout = timeout
        self._on_request = on_request
        # No proxy between this host and itself.
        self._client = httpx.Client(verify=_trusted(self._root), trust_env=not is_loopback(self._root))

    def __repr__(self) -> str:
        return f"Http({self._root!r})"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def url(self, route: str, uuid: str = "") -> str:
        """The full address of a route, with ``{uuid}`` filled in."""
        if uuid and not re.fullmatch(r"[0-9a-f]{32}", uuid):
            raise ValueError(f"{uuid!r} is not 32 hex digits")
        return self._root + route.format(uuid=uuid)

    def get(self, route: str, uuid: str = "", params: Params = ()) -> Reply:
        """Read JSON. Raises ``Unavailable`` in one of the forms of ``agent.marketplace.failure``."""
        return self._persist(lambda ends: self._json(route, uuid, params, ends))

    def ask(self, route: str, body: Mapping[str, object], uuid: str) -> object:
        """The JSON that answers a question which has to be POSTed and changes nothing. Raises as ``get``."""
        return self._persist(lambda ends: self._asked(route, body, uuid, ends))

    def text(self, route: str, uuid: str) -> str:
        """Read plain text, which may be empty. Raises as ``get``."""
        return self._persist(lambda ends: self._text(route, uuid, ends))

    def post(self, route: str, body: Mapping[str, object], uuid: str = "", *, idempotent: bool = True) -> None:
        """Write. It is repeated after a lost reply only when it is idempotent.

        Raises ``Rejected`` (``Conflict`` for 409) when the server refuses, ``Unavailable`` when it was not reached,
        or may not have been.
        """
        if idempotent:
            self._persist(lambda ends: self._send("POST", route, uuid, ends, body=body))
        else:
            self._send("POST", route, uuid, monotonic() + self._deadline, body=body)

    def patch(self, route: str, body: Mapping[str, object], uuid: str) -> None:
        """Change some fields of an object, which is repeated after a lost reply. Raises as ``post``."""
        self._persist(lambda ends: self._send("PATCH", route, uuid, ends, body=body))

    def _persist(self, attempt: Callable[[float], T]) -> T:
        ends = monotonic() + self._deadline

        def worth_repeating(error: Exception) -> bool:
            # A repetition that could begin only after the deadline would hide the error behind a timeout.
            return isinstance(error, Transient) and monotonic() + LONGEST_WAIT < ends

        retry = stamina.RetryingCaller(attempts=ATTEMPTS, timeout=None, wait_max=LONGEST_WAIT)
        return retry(worth_repeating, attempt, ends)

    def _asked(self, route: str, body: Mapping[str, object], uuid: str, ends: float) -> object:
        _, content = self._send("POST", route, uuid, ends, body=body, reading=True)
        return _parsed(f"POST {self.url(route, uuid)}", content)

    def _json(self, route: str, uuid: str, params: Params, ends: float) -> Reply:
        response, body = self._send("GET", route, uuid, ends, params=params, reading=True)
        value = _parsed(f"GET {self.url(route, uuid)}", body)
        count = response.headers.get("X-Result-Count", "")
        return Reply(value, int(count) if re.fullmatch(r"[0-9]{1,9}", count) else None, "next" in response.links)

    def _text(self, route: str, uuid: str, ends: float) -> str:
        _, body = self._send("GET", route, uuid, ends, accept="text/plain", reading=True)
        try:
            return body.decode()
        except UnicodeDecodeError:
            raise Transient(f"GET {self.url(route, uuid)}: the reply is not UTF-8 text") from None

    def _send(
        self,
        method: str,
        route: str,
        uuid: str,
        ends: float,
        *,
        params: Params = (),
        body: Mapping[str, object] | None = None,
        accept: str = "application/json",
        reading: bool = False,
    ) -> tuple[httpx.Response, bytes]:
        """One request, one reply and its body; raises what the reply means when it is no success."""
        url = self.url(route, uuid)
        operation = f"{method} {url}"
        token = self._read_token()
        wait = max(0.001, min(self._timeout, ends - monotonic()))
        headers = {"Authorization": f"Token {token}", "Accept": accept, "User-Agent": USER_AGENT}
        status = 0
        try:
            with self._client.stream(
                method, url, params=list(params), json=body, headers=headers, timeout=wait
            ) as response:
                status = response.status_code
                content = _bounded(response, operation, ends)
        except httpx.RequestError as error:
            raise _not_reached(operation, error) from error
        finally:
            if self._on_request:
                self._on_request(method, route, status)
        self._judge(operation, response, content.replace(token.encode(), b"***"), reading=reading)
        return response, content

    def _judge(self, operation: str, response: httpx.Response, body: bytes, *, reading: bool) -> None:
        kind = response.headers.get("Content-Type", "").lower()
        error = failure(operation, response.status_code, kind, body, reading=reading)
        if response.status_code == 401:
            error = Refused(f"{error}; put a valid token into {self._token_source}", 401)
        if error is not None:
            raise error

    def _read_token(self) -> str:
        token = (self._token if isinstance(self._token, str) else self._token()).strip()
        if not re.fullmatch(r"[!-~]+", token):
            raise Unavailable(f"the token from {self._token_source} is empty or holds spaces or control characters")
        return token


def _trusted(root: str) -> ssl.SSLContext:
    """Whose certificates count: those of the host's own store, and nobody's for plain HTTP, which has none to show."""
    return ssl.create_default_context() if root.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _not_reached(operation: str, error: httpx.RequestError) -> Unavailable:
    """A certificate that is not accepted is not accepted a second later either."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            said = f"{operation}: the server's certificate is not accepted: {below.verify_message}"
            return Refused(f"{said}; renew it, or put who signed it into this host's trust store", 0)
        below = below.__cause__ or below.__context__
    said = f"{operation}: {type(error).__name__} {error}".rstrip()
    return Transient(f"{said}; check the network and marketplace.url")


def _parsed(operation: str, body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Transient(f"{operation}: the reply is not valid JSON, perhaps cut off") from None


def _bounded(response: httpx.Response, operation: str, ends: float) -> bytes:
    """The body, read for no longer than until ``ends`` and no further than 64 MiB."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > LARGEST_REPLY:
            raise Refused(f"{operation}: the reply is larger than {LARGEST_REPLY} bytes", response.status_code)
        if monotonic() > ends:
            raise Transient(f"{operation}: the reply did not end within the deadline")
    return bytes(body)
