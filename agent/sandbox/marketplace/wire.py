"""The edge of the server: counts requests, and does to replies what bad networks and bad servers do."""

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.sandbox.marketplace.app import answer
from agent.sandbox.marketplace.errors import HTML_SERVER_ERROR, Refused, unauthorized
from agent.sandbox.marketplace.faults import BEFORE, REPLY, Fault, Faults, Kind

Recorder = Callable[[str, str, int], None]

_GATEWAY = (
    "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr><center>nginx</center></body></html>\n"
)


def hostile(app: ASGIApp, faults: Faults, record: Recorder) -> ASGIApp:
    """``app`` behind the faults; ``record`` is told method, path and status of each request."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        target = f"{path}?{scope['query_string'].decode()}" if scope["query_string"] else path
        inner = await _before(app, faults.strike(BEFORE, method, target))
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await inner(scope, receive, keep)
        record(method, path, messages[0]["status"])
        for message in _damaged(messages, faults.strike(REPLY, method, target)):
            await send(message)

    return served


async def _before(app: ASGIApp, fault: Fault | None) -> ASGIApp:
    if fault and fault.kind is Kind.STALL:
        await asyncio.sleep(fault.value)
    if fault and fault.kind is Kind.STATUS:
        return answer(_refusal(int(fault.value)))
    return _dropped if fault and fault.kind is Kind.DROP else app


def _refusal(status: int) -> Refused:
    if status == 401:
        return unauthorized("Invalid token.")
    if status == 500:
        return Refused(status, HTML_SERVER_ERROR, media="text/html")
    if status > 500:
        return Refused(status, _GATEWAY.format(_REASONS.get(status, str(status))), media="text/html")
    return Refused(status, {"detail": _REASONS.get(status, "Refused by a fault.")})


_REASONS = {
    403: "You do not have permission to perform this action.",
    404: "Not found.",
    409: "Conflict.",
    429: "Request was throttled. Expected available in 30 seconds.",
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Time-out",
}


async def _dropped(_scope: Scope, _receive: Receive, send: Send) -> None:
    # ASGI cannot hang up without a word: headers that promise a body which never comes are as good to a client.
    await send({"type": "http.response.start", "status": 499, "headers": [(b"content-length", b"1")]})


def _damaged(messages: list[Message], fault: Fault | None) -> list[Message]:
    """The reply as it arrives; a body shorter than its Content-Length makes the server close the connection."""
    if fault is None or len(messages) < 2:
        return messages
    start, body = messages[0], b"".join(message.get("body", b"") for message in messages[1:])
    if fault.kind is Kind.LOSE_REPLY:
        return [_with_length(start, len(body) + 1)]
    half = body[: len(body) // 2]
    if fault.kind is Kind.TEAR:
        return [start, {"type": "http.response.body", "body": half, "more_body": True}]
    return [_with_length(start, len(half)), {"type": "http.response.body", "body": half}]


def _with_length(start: Message, length: int) -> Message:
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    return {**start, "headers": [*headers, (b"content-length", str(length).encode())]}
