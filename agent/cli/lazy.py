"""A group that imports the module of a command when the command is called, and takes its own options anywhere."""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click.core import Command, Context

_WITH_VALUE = ("--config", "-c")
_ALONE = ("--debug",)


class LazyGroup(TyperGroup):
    """The commands are placeholders with a name and a line of help, until one of them is called.

    The real command is ``app``, a ``typer.Typer``, in ``agent.cli.NAME``.
    """

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """Options of the agent itself are taken before and after the command: ``agent run --config FILE``."""
        return super().parse_args(ctx, ours_first(args))

    def resolve_command(self, ctx: "Context", args: list[str]) -> "tuple[str | None, Command | None, list[str]]":
        """The command, imported now; a name that is none is refused with a suggestion."""
        name, placeholder, rest = super().resolve_command(ctx, args)
        return name, _imported(name) if name and placeholder else None, rest


def ours_first(arguments: Sequence[str]) -> list[str]:
    """The arguments with the agent's own options moved to the front; what follows ``--`` stays as it is.

    An option at the end that lacks its value is given back alone, so that it is what gets refused.
    """
    ours: list[str] = []
    others: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            others += [word, *words]
        elif word in _WITH_VALUE:
            if (value := next(words, None)) is None:
                return [word]
            ours += [word, value]
        elif word in _ALONE or word.startswith("--config="):
            ours.append(word)
        else:
            others.append(word)
    return [*ours, *others]


def _imported(name: str) -> "Command":
    module = import_module(f"agent.cli.{name}")
    command = typer.main.get_command(module.app)
    command.name = name
    return command
