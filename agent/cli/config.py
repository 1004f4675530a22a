"""``agent config``: the settings, checked, shown and described."""

import os

import typer

from agent.cli.invocation import invocation

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="Check, show and describe the settings."
)


@app.command()
def check(context: typer.Context) -> None:
    """Check the settings file; every problem is named at once."""
    from agent.settings import advice, summary  # noqa: PLC0415 - keeps `agent config --help` light

    asked = invocation(context)
    settings = asked.settings()
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
