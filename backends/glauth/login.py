"""Who proves a rendered file: the sentinel in it, as that file's own base names it."""

import tomllib
from pathlib import Path
from typing import NamedTuple

from agent.errors import Unavailable
from backends.glauth.base import base_of
from backends.glauth.parse import base_part
from backends.glauth.render import password_of
from backends.glauth.sentinel import Sentinel, sentinel_key


class Login(NamedTuple):
    """What to bind with."""

    dn: str
    password: str


def login_of(content: bytes, key_file: Path, sentinel: Sentinel) -> Login:
    """For a file that the agent wrote. Raises Unavailable for another one, and what ``sentinel_key`` raises."""
    key = sentinel_key(key_file)
    try:
        base = base_of(tomllib.loads(base_part(content)))
        return Login(base.dn(sentinel.name), password_of(content, key))
    except (ValueError, KeyError) as error:
        raise Unavailable(f"nobody can prove a file that the agent did not write: {error}") from error
