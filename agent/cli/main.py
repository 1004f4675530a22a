"""The entry of the command line: what every command shares, and how each ends.

**A command is a module.** ``agent.cli.NAME`` holds ``app``, a ``typer.Typer(add_completion=False,
rich_markup_mode=None)``: one ``@app.command()`` makes ``agent NAME``, several make ``agent NAME SUBCOMMAND``. Its line
in ``COMMANDS`` is what ``agent --help`` shows; the module is imported only when its command is called. A command takes
a ``typer.Context`` and asks ``invocation(context).settings()``; it returns for 0, raises ``typer.Exit(2)`` for
"differences found", and lets every AgentError through to here.

**Exit codes.** 0 done or nothing to do · 2 differences found · 3 held · 4 not converged · 64 wrong usage of the command
line · 75 try later · 78 wrong settings · 130 interrupted · 1 anything else.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from agent import __version__
from agent.cli.invocation import Invocation
from agent.cli.lazy import LazyGroup
from agent.errors import AgentError

COMMANDS = {
    "plan": "Show what would be done, and do nothing.",
    "sync": "Make both sides equal once.",
    "run": "Keep both sides equal: the service.",
    "guard": "Show what is held, and release it.",
    "orders": "Show orders and what keeps them; retry or reject one.",
    "why": "Show why somebody has access or not, and how an account stands.",
    "users": "Show who is known and how each stands; release a username.",
    "glauth": "Show the published directory, prove it, roll it back.",
    "doctor": "Look for what keeps the agent from working.",
    "adopt": "Take accounts that exist already under management.",
    "config": "Check, show and describe the settings.",
}
"""Each command and the line that ``agent --help`` shows for it."""

WRONG_USAGE = 64  # EX_USAGE of sysexits.h; typer's own 2 means "differences found" here

app = typer.Typer(
    cls=LazyGroup,
    name="agent",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _register() -> None:
    for name, line in COMMANDS.items():
        app.command(name, help=line)(lambda: None)


_register()


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"agent {__version__}")
        raise typer.Exit


@app.callback()
def _agent(
    context: typer.Context,
    config: Annotated[
        Path, typer.Option("--config", "-c", envvar="AGENT_CONFIG", metavar="FILE", help="The settings file.")
    ] = Path("/etc/agent/agent.toml"),
    debug: Annotated[  # noqa: ARG001 - typer's way of declaring a flag; `run` looks for it itself
        bool, typer.Option("--debug", envvar="AGENT_DEBUG", help="Show where an unexpected error comes from.")
    ] = False,
    version: Annotated[  # noqa: ARG001 - typer's way of declaring a flag
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Keep a Slurm cluster and a GLAuth directory equal to what a Waldur marketplace says."""
    context.obj = Invocation(config=config)


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Call the agent with these arguments; gives the exit code, and tells a person on stderr why it is not 0."""
    try:
        code = app(list(arguments), prog_name="agent", standalone_mode=False)
    except AgentError as error:
        return _told(str(error), error.exit_code)
    except typer.TyperException as error:
        return _told(error.format_message(), WRONG_USAGE, style="")
    except typer.Abort:
        return _told("interrupted", 130)
    except Exception as error:  # noqa: BLE001 - the last stand: whatever it is, a person gets one line
        return _unexpected(error, arguments)
    return code if isinstance(code, int) else 0


def _unexpected(error: Exception, arguments: Sequence[str]) -> int:
    if "--debug" in arguments or os.environ.get("AGENT_DEBUG", "").lower() in {"1", "true", "yes", "on"}:
        traceback.print_exception(error)
    return _told(f"unexpected {type(error).__name__}: {error}; call it again with --debug to see where", 1)


def _told(message: str, code: int, style: str = "red") -> int:
    """Write the message to stderr, coloured at a terminal (unless NO_COLOR is set), and give the code back."""
    from rich.console import Console  # noqa: PLC0415 - only a failing command needs it
    from rich.text import Text  # noqa: PLC0415 - likewise

    Console(stderr=True, soft_wrap=True, highlight=False).print(Text(message, style=style))
    return code


if __name__ == "__main__":
    main()
