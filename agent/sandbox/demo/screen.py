"""The demo's screen: chapters, commands as they would be typed, and what they print."""

import sys
from collections.abc import Iterable
from pathlib import Path

from agent.cli.main import run

WIDTH = 150


def say(text: str = "") -> None:
    """One line, flushed, so that what a command prints comes after it."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def chapter(text: str) -> None:
    """What happens next in the story."""
    say(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}")


class Derailed(Exception):
    """A command ended otherwise than the story wants it to; what it printed says why."""


def command(settings: Path, *words: str, expected: int = 0) -> None:
    """Type an ``agent`` command. Raises Derailed unless it ends with the expected exit code."""
    say(f"$ agent {' '.join(words)}")
    code = run(["--config", str(settings), *words])
    if code:
        say(f"  (exit {code})")
    if code != expected:
        raise Derailed(f"agent {' '.join(words)} ended with {code}, not {expected}: this is not how the story goes")


def shown(command_line: str, lines: Iterable[str]) -> None:
    """Another program's command and its output."""
    say(f"$ {command_line}")
    for line in lines:
        say(f"  {line[:WIDTH]}")
