"""``agent config``: the settings, checked, shown and described."""

import os
from typing import TYPE_CHECKING

import typer

from agent.cli.invocation import invocation

if TYPE_CHECKING:
    from agent.settings import Settings

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="Check, show and describe the settings."
)


@app.command()
def check(context: typer.Context) -> None:
    """Check the settings file, and the base of the GLAuth file; every problem is named at once."""
    from agent.settings import advice, summary  # noqa: PLC0415 - keeps `agent config --help` light

    asked = invocation(context)
    settings = asked.settings()
    _check_base(settings)
    for sentence in advice(settings, os.environ):
        typer.echo(f"warning: {asked.config}: {sentence}", err=True)
    typer.echo(f"OK: {asked.config}: {summary(settings)}")


@app.command()
def show(context: typer.Context) -> None:
    """Print the settings in effect, defaults and environment included; there is no secret in them."""
    from agent.settings import show as text  # noqa: PLC0415 - keeps `agent config --help` light

    typer.echo(text(invocation(context).settings()), nl=False)


@app.command()
def example() -> None:
    """Print a commented settings file to begin with."""
    from agent.settings import example as text  # noqa: PLC0415 - keeps `agent config --help` light

    typer.echo(text(), nl=False)


@app.command()
def schema() -> None:
    """Print the JSON schema of the settings file, for editors."""
    from agent.settings import schema as text  # noqa: PLC0415 - keeps `agent config --help` light

    typer.echo(text(), nl=False)


@app.command()
def reference() -> None:
    """Print the manual page of the settings file, as Markdown."""
    from agent.settings import reference as text  # noqa: PLC0415 - keeps `agent config --help` light

    typer.echo(text(), nl=False)


def _check_base(settings: "Settings") -> None:
    """Raises ConfigError with a line for everything that is wrong with the base of the GLAuth file."""
    if settings.glauth is None:
        return
    from agent.doctor.base_file import lets_sssd_ask  # noqa: PLC0415 - keeps `agent config --help` light
    from agent.errors import ConfigError  # noqa: PLC0415 - likewise
    from backends.glauth.base import base_text  # noqa: PLC0415 - likewise
    from backends.glauth.base_advice import base_advice  # noqa: PLC0415 - likewise
    from backends.glauth.base_check import check_base  # noqa: PLC0415 - likewise

    file = settings.glauth.base
    text = base_text(file, settings.glauth.base_values)
    if problems := check_base(text):
        raise ConfigError("\n".join(f"{file}: {problem}" for problem in problems))
    for advice in base_advice(text):
        typer.echo(f"warning: {file}: {advice}", err=True)
    if not lets_sssd_ask(text):
        typer.echo(f"warning: {file}: [backend] anonymousdse is not true, and SSSD goes offline without it", err=True)
