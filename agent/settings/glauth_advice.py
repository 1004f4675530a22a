"""What the table of the directory may say and yet deserves a second look."""

import os
from collections.abc import Iterator, Sequence

from agent.settings.directory import GlauthSettings

_RELOADS = {"reload", "reload-or-restart", "try-reload-or-restart", "force-reload", "-HUP", "-SIGHUP"}


def glauth_advice(glauth: GlauthSettings) -> Iterator[str]:
    """Sentences, each beginning with the key."""
    if not glauth.probe_url:
        unused = ", and glauth.restart is not used" if glauth.restart else ""
        yield f"glauth.probe_url: is empty, so nobody notices when GLAuth does not serve what was written{unused}"
    elif not glauth.restart:
        yield "glauth.restart: is empty, so a person has to restart GLAuth when it stops following the file"
    elif not os.access(glauth.restart[0], os.X_OK):
        yield f"glauth.restart: {glauth.restart[0]} is not there or cannot be run, and nothing restarts GLAuth then"
    if word := reloads(glauth.restart):
        yield f"glauth.restart: {word} is no restart: GLAuth cannot reload, and SIGHUP ends it; write restart"


def reloads(command: Sequence[str]) -> str:
    """The argument of a command that has GLAuth reload and not restart, which it cannot; "" for none."""
    return next((word for word in command[1:] if word in _RELOADS), "")
