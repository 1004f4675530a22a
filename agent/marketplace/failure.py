"""Replies that are not what was asked for, as errors sorted by what the caller can do.

A refused read decides nothing, so it is ``Unavailable``; a refused write is ``Rejected``. In between stand the token
and the network: whatever was asked, they are ``Unavailable``.

Unavailable
├─ Transient    the network, 429 or 5xx, or a reply that makes no sense: asking again may help
├─ Refused      the token, the role, the object or the certificate: a person has to act
└─ NoRoute      this server has no such operation (404 not as JSON, as a missing object would be)
Rejected
└─ Conflict     409: the object is in another state; read it again and compare
"""

import html
import json
import re
from http import HTTPStatus

from agent.errors import AgentError, Rejected, Unavailable

LONGEST_REASON = 300
ANSWER_KEYS = frozenset({"detail", "details", "error", "non_field_errors"})

REMEDIES = {
    403: "; the token must belong to an owner of the provider organization",
    404: "; it does not exist, or the token does not see it",
}


class Transient(Unavailable):
    """Asking the same again may help; the client has already done so when this is raised."""


class Refused(Unavailable):
    """The server said no, for now; ``status`` is the HTTP status. 0: it has no certificate that is accepted."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class NoRoute(Unavailable):
    """The server has no such route: it is older than the operation, or the address is wrong."""


class Conflict(Rejected):
    """The object is not in a state that allows the operation."""


def failure(operation: str, status: int, content_type: str, body: bytes, *, reading: bool) -> AgentError | None:
    """The error that a reply means; None when it is a success.

    ``operation`` is the method and path for the text; ``reading`` says that nothing was to be changed.
    """
    if 200 <= status < 300:
        page = content_type.startswith("text/html")
        return Transient(f"{operation}: a web page instead of the API; is marketplace.url right?") if page else None
    if status < 400:
        said = f"{operation}: {status}, a redirect, which is not followed"
        return Refused(f"{said}: put the final address into marketplace.url", status)
    said = f"{operation}: {status} {reason(content_type, body) or _phrase(status)}"
    if status == 429 or status >= 500:
        return Transient(f"{said}; the marketplace cannot answer now")
    # The application itself always answers in JSON; a page is its web server's or a proxy's, and rejects nothing.
    spoken = "json" in content_type
    if status == 404 and not spoken:
        return NoRoute(f"{operation}: no such route: the marketplace is older than that, or marketplace.url is wrong")
    return _refusal(said, status, final=spoken and not reading)


def _refusal(said: str, status: int, *, final: bool) -> AgentError:
    if status in (401, 403) or not final:
        return Refused(said + REMEDIES.get(status, ""), status)
    return Conflict(said) if status == 409 else Rejected(said)


def reason(content_type: str, body: bytes) -> str:
    """What an error's body says, as one printable line of at most 300 characters.

    The server answers with dicts, lists, bare strings and web pages; whatever arrives, some line comes out.
    """
    text = body[:20_000].decode("utf-8", "replace")
    if content_type.startswith("text/html"):
        text = html.unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL | re.IGNORECASE))
    else:
        text = _flat(text)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 1]}…"


def _flat(text: str) -> str:
    try:
        return "; ".join(_sentences(json.loads(text)))
    except (ValueError, RecursionError):
        return text


def _sentences(value: object, key: str = "") -> list[str]:
    if isinstance(value, dict):
        return [line for name, inner in value.items() for line in _sentences(inner, _join(key, str(name)))]
    if isinstance(value, list):
        return [line for inner in value for line in _sentences(inner, key)]
    return [f"{key}: {value}" if key else str(value)]


def _join(outer: str, name: str) -> str:
    return outer if name in ANSWER_KEYS else f"{outer}.{name}".lstrip(".")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "(an unknown status)"
