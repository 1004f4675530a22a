"""A command of the site's own: run with JSON on stdin and nothing else, no token and no environment."""

import json
from collections.abc import Sequence

from agent.errors import Unavailable
from agent.process import Finished, Processes

LONGEST = 200
"""Characters of what a command said: it is one line on somebody's page."""


def run(processes: Processes, command: Sequence[str], said: object, deadline: float) -> Finished:
    """How the command ended. Raises Unavailable, in one line, when it cannot be started or has not ended in time."""
    try:
        return processes.read(command, json.dumps(said), deadline)
    except Unavailable as error:
        raise Unavailable(str(error).partition(";")[0]) from error  # the remedy there is for Slurm's commands


def first_line(text: str) -> str:
    """The first line that says anything, without control characters."""
    return next(iter(_lines(text)), "")


def last_line(text: str) -> str:
    """The last line that says anything, without control characters."""
    return next(iter(_lines(text)[::-1]), "")


def _lines(text: str) -> list[str]:
    lines = ("".join(filter(str.isprintable, line)).strip() for line in text.splitlines())
    return [line[:LONGEST] for line in lines if line]
