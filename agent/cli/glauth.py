"""``agent glauth``: what the directory would become, how it stands, and the way back."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.invocation import invocation
from agent.cli.plan_text import printed

if TYPE_CHECKING:
    from agent.cli.directory_preview import Preview
    from agent.core.model.directory import DirectoryStatus, Quarantined

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show the published directory, prove it, roll it back.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@app.command()
def render(
    context: typer.Context,
    diff: Annotated[bool, typer.Option("--diff", help="Show who comes, changes and goes instead of the file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the file that the next sync would publish, without its password digests. Exit 75 when a part is unknown."""
    from agent.cli.directory_preview import preview  # noqa: PLC0415 - keeps `agent --help` light
    from agent.errors import Unavailable  # noqa: PLC0415 - likewise

    seen = preview(invocation(context))
    if as_json:
        typer.echo(json.dumps(_difference_value(seen) if diff else {"file": seen.file, "text": seen.text}, indent=2))
    elif diff:
        typer.echo(printed(_difference_lines(seen)))
    else:
        typer.echo(seen.text, nl=False)
    if seen.held_back:
        typer.echo(f"nothing is published for now: {seen.held_back}", err=True)
    if seen.outage:
        raise Unavailable(f"this is made from a part of what there is: {seen.outage}")


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show how the published file and GLAuth stand, by what is known; the marketplace is not needed."""
    from agent.cli.directory_session import directory_session  # noqa: PLC0415 - keeps `agent --help` light

    with directory_session(invocation(context)) as site:
        stands, kept = site.server.status(), site.journal.quarantined()
    _tell(stands, kept, as_json=as_json, asked=False)


@app.command()
def verify(
    context: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Compare every entry that is served, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask GLAuth whether it serves the published file. Exit 4 when it does not, 78 when the settings name no GLAuth."""
    from agent.cli.directory_session import directory_session  # noqa: PLC0415 - keeps `agent --help` light
    from agent.errors import ConfigError, NotConverged  # noqa: PLC0415 - likewise

    asked = invocation(context)
    with directory_session(asked) as site:
        stands, kept = site.server.verify(), site.journal.quarantined()
        differences = site.server.differences() if full and stands.proved else ()
    _tell(stands, kept, as_json=as_json, differences=differences if full else None)
    if stands.proved is None:
        raise ConfigError(f"{asked.config}: glauth.probe_url: is empty, so that GLAuth cannot be asked; write its URL")
    if not stands.proved:
        raise NotConverged(f"GLAuth does not serve {stands.file}: {stands.reason}")
    if differences:
        raise NotConverged(f"{len(differences)} difference(s) between what is served and {stands.file}")


@app.command()
def rollback(
    context: typer.Context,
    end: Annotated[bool, typer.Option("--end", help="Publish again, also what GLAuth did not serve.")] = False,
) -> None:
    """Put the last good file back, and publish nothing until ``rollback --end``."""
    from agent.cli.directory_session import directory_session  # noqa: PLC0415 - keeps `agent --help` light

    with directory_session(invocation(context)) as site, site.turn():
        done = site.server.end_roll_back() if end else site.server.roll_back()
    typer.echo(printed([done]))


@app.command()
def quarantine(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what is not served as its offering lists it: since when, why, and what to do."""
    from agent.cli.directory_session import directory_session  # noqa: PLC0415 - keeps `agent --help` light
    from agent.cli.glauth_text import quarantine_lines, quarantine_values  # noqa: PLC0415 - likewise

    with directory_session(invocation(context)) as site:
        kept = site.journal.quarantined()
    labels = {offering.uuid: offering.name for offering in site.settings.offerings}
    typer.echo(json.dumps(quarantine_values(kept), indent=2) if as_json else printed(quarantine_lines(kept, labels)))


def _difference_lines(seen: "Preview") -> list[str]:
    from agent.cli.directory_text import change_lines, held_directory_lines  # noqa: PLC0415 - as above
    from agent.cli.glauth_text import quarantine_lines  # noqa: PLC0415 - likewise

    kept = quarantine_lines(seen.quarantined, seen.offerings) if seen.quarantined else ()
    notices = (f"  ! {notice}" for notice in seen.notices)
    return [*change_lines(seen.changes), *held_directory_lines(seen.held, seen.release), *kept, *notices]


def _difference_value(seen: "Preview") -> dict[str, object]:
    from agent.cli.directory_text import change_values  # noqa: PLC0415 - as above
    from agent.cli.glauth_text import quarantine_values  # noqa: PLC0415 - likewise

    return {
        **change_values(seen.changes, seen.held),
        "quarantined": quarantine_values(seen.quarantined),
        "notices": list(seen.notices),
    }


def _tell(
    stands: "DirectoryStatus",
    kept: "tuple[Quarantined, ...]",
    *,
    as_json: bool,
    asked: bool = True,
    differences: tuple[str, ...] | None = None,
) -> None:
    """Print the status, and the ``differences`` where they were looked for."""
    from agent.cli.glauth_text import difference_lines, status_lines, status_value  # noqa: PLC0415 - as above

    if as_json:
        more = {} if differences is None else {"differences": differences}
        typer.echo(json.dumps({**status_value(stands, kept), **more}, indent=2))
    else:
        typer.echo(printed([*status_lines(stands, kept, asked=asked), *difference_lines(differences)]))
