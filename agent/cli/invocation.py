"""What was asked for before the command's own options, as every command finds it in its context."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from agent.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """The settings file of this run, not yet read."""

    config: Path

    def settings(self) -> "Settings":
        """The settings, read and checked now. Raises ConfigError."""
        from agent.settings import load  # noqa: PLC0415 - pydantic takes longer to import than `agent --help` may take

        return load(self.config, os.environ)


def invocation(context: typer.Context) -> Invocation:
    """What the agent was called with."""
    found = context.find_object(Invocation)
    if found is None:
        raise LookupError("a command ran without agent.cli.main")
    return found
