"""The user whose bind proves that GLAuth serves this very file.

It is the last record, and its password is computed from everything before it. GLAuth takes a file whole or not at all,
so a bind with that password proves the whole file. It may also search, so that every entry can be compared; who could
read its key can read the file itself.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

from agent.errors import ConfigError, Unavailable
from backends.glauth.publish import swap

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentinel:
    """The probe's user and group; ``number`` is both uid and gid, and both are kept from the feeds."""

    name: str = "waldur-agent-probe"
    number: int = 9999


def sentinel_password(key: bytes, before: bytes) -> str:
    """The password that belongs to a file which holds ``before`` and then the sentinel."""
    return hmac.new(key, before, hashlib.sha256).hexdigest()


def sentinel_key(file: Path) -> bytes:
    """The secret the passwords are made with, kept in ``file`` (mode 0600) and made on first use.

    Losing it costs one more swap. Raises ConfigError when the file holds something else or others may read it,
    Unavailable when it can be neither read nor made.
    """
    try:
        if not file.exists():
            swap(file, secrets.token_hex(_KEY_BYTES).encode(), mode=0o600)
        if file.stat().st_mode & 0o077:
            raise ConfigError(f"{file} may be read by others than its owner; run: chmod 600 {file}")
        return _decoded(file)
    except OSError as error:
        raise Unavailable(f"{file} cannot be read: {error.strerror}; it must belong to the agent's user") from error


def _decoded(file: Path) -> bytes:
    try:
        key = bytes.fromhex(file.read_text("ascii"))
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigError(f"{file} does not hold the key of the directory's probe; remove it, and a new one is made")
    return key
