"""The log: JSON lines for the journal, coloured text for a person at a terminal, always on stderr."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from agent.errors import ConfigError

if TYPE_CHECKING:  # structlog takes 0.2 s to import, which `agent --help` need not pay
    from structlog.typing import EventDict, Processor

LEVELS = ("debug", "info", "warning", "error", "critical")

# The ends of the keys whose values are never shown; pass… are GLAuth's own words for a password's hash.
SECRET_KEYS = (
    "token",
    "password",
    "secret",
    "authorization",
    "passsha256",
    "passbcrypt",
    "passappsha256",
    "passappbcrypt",
)
REDACTED = "(redacted)"


def configure(level: str, json: bool | None = None) -> None:
    """Set up structlog and the standard library's logging, both on stderr; may be called again.

    ``json`` None means JSON lines unless stderr is a terminal. A systemd unit's stderr never is one, and the
    INVOCATION_ID that a desktop terminal inherits from the user's own systemd does not turn a person's text into JSON.
    Other libraries are heard from WARNING upwards only: at DEBUG an HTTP library would write request headers.
    Raises ConfigError for an unknown level.
    """
    import structlog  # noqa: PLC0415  # see the top of the file

    if level.lower() not in LEVELS:
        raise ConfigError(f"log level {level!r} is not known; write one of {', '.join(LEVELS)}")
    number = getattr(logging, level.upper())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(not sys.stderr.isatty() if json is None else json))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("agent").setLevel(number)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # the scheduler's events are logged in our own words
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: logging.getLogger("agent"),
        cache_logger_on_first_use=False,
    )


def redact(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: the event with the value of every secret key replaced, however deep it lies."""
    return {key: _shown(key, value) for key, value in event.items()}


def _shown(key: object, value: object) -> object:
    if isinstance(key, str) and key.lower().endswith(SECRET_KEYS):
        return REDACTED
    if isinstance(value, Mapping):
        return {inner: _shown(inner, item) for inner, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shown(None, item) for item in value]
    return value


def _formatter(json: bool) -> logging.Formatter:
    import structlog  # noqa: PLC0415  # see the top of the file

    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            *_ending(json),
        ],
        foreign_pre_chain=[structlog.stdlib.add_logger_name],
    )


def _ending(json: bool) -> list[Processor]:
    """How an event becomes a line. Tracebacks come without local variables, which may hold a secret."""
    import structlog  # noqa: PLC0415  # see the top of the file

    if json:
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    colours = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    return [structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)]
