"""The rendered file for a person's eyes: every password and token as "..."."""

import tomllib
from collections.abc import Iterator
from typing import Any

import tomli_w

from backends.glauth.parse import NO_PASSWORD

HIDDEN = "..."
_SECRET = ("pass", "secret", "token")


def hidden(content: bytes) -> str:
    """The file as it is, but for the secrets. One that is written in escapes costs the file its comments."""
    text = content.decode()
    tables = tomllib.loads(text)
    for secret in sorted(set(_secrets(tables)), key=len, reverse=True):
        for quote in "\"'":
            text = text.replace(f"{quote}{secret}{quote}", f'"{HIDDEN}"')
    return text if not set(_secrets(tomllib.loads(text))) else tomli_w.dumps(_without(tables))


def _secrets(value: object, *, secret: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _secrets(one, secret=_is_secret(key))
    elif isinstance(value, list):
        for one in value:
            yield from _secrets(one, secret=secret)
    elif secret and isinstance(value, str) and value not in {"", NO_PASSWORD, HIDDEN}:
        yield value


def _without(value: Any, *, secret: bool = False) -> Any:  # noqa: ANN401 - any TOML value
    if isinstance(value, dict):
        return {key: _without(one, secret=_is_secret(key)) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, secret=secret) for one in value]
    return HIDDEN if secret and isinstance(value, str) and value not in {"", NO_PASSWORD} else value


def _is_secret(key: str) -> bool:
    return any(word in key.lower() for word in _SECRET)
