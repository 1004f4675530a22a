"""What the table of the directory may say and yet deserves a second look."""

import grp
import os
from collections.abc import Iterator, Sequence

from agent.settings.directory import GlauthSettings

_RELOADS = {"reload", "reload-or-restart", "try-reload-or-restart", "force-reload", "-HUP", "-SIGHUP"}


def glauth_advice(glauth: GlauthSettings) -> Iterator[str]:
    """Sentences, each beginning with the key."""
    yield from _places(glauth)
    if not glauth.probe_url:
        unused = ", and glauth.restart is not used" if glauth.restart else ""
        yield f"glauth.probe_url: is empty, so nobody notices when GLAuth does not serve what was written{unused}"
    elif not glauth.restart:
        yield "glauth.restart: is empty, so a person has to restart GLAuth when it stops following the file"
    elif not os.access(glauth.restart[0], os.X_OK):
        yield f"glauth.restart: {glauth.restart[0]} is not there or cannot be run, and nothing restarts GLAuth then"
    if word := reloads(glauth.restart):
        yield f"glauth.restart: {word} is no restart: GLAuth cannot reload, and SIGHUP ends it; write restart"


def _places(glauth: GlauthSettings) -> Iterator[str]:
    if glauth.file.is_dir() or not glauth.file.parent.is_dir():
        yield f"glauth.file: {glauth.file} is a folder, or its folder is not there, and nothing can be published"
    if glauth.ca_file is not None and not glauth.ca_file.is_file():
        yield f"glauth.ca_file: {glauth.ca_file} is not there, and no answer of GLAuth is believed"
    if glauth.group is not None and not _is_group(glauth.group):
        yield f"glauth.group: there is no group {glauth.group} on this host, and nothing can be published"


def _is_group(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True


def reloads(command: Sequence[str]) -> str:
    """The argument of a command that has GLAuth reload and not restart, which it cannot; "" for none."""
    return next((word for word in command[1:] if word in _RELOADS), "")
