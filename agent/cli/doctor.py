"""``agent doctor``: what would keep the agent from working, and what to do about it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.invocation import Invocation, invocation
from agent.cli.plan_text import printed

if TYPE_CHECKING:
    from agent.doctor.finding import Finding

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_SIGNS = {"ok": "✔", "none": "·", "doubtful": "!", "broken": "✘"}
_WIDTH = 11


@app.command()
def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Look at settings, files and servers, and change nothing. Exit 4 when something is broken.

    ✔ is well, ! deserves a look, ✘ keeps something from working, · could not be seen or is not there to be seen.
    """
    from agent.doctor.finding import healthy  # noqa: PLC0415 - keeps `agent --help` light
    from agent.errors import NotConverged  # noqa: PLC0415 - likewise

    findings = list(_findings(invocation(context)))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in findings], indent=2))
    else:
        typer.echo(printed(_lines(findings)))
    if not healthy(findings):
        raise typer.Exit(NotConverged.exit_code)


def _findings(asked: Invocation) -> "Iterator[Finding]":
    from agent.directory_wiring import published_directory  # noqa: PLC0415 - keeps `agent --help` light
    from agent.doctor.directory import DIRECTORY_CHECKS  # noqa: PLC0415 - likewise
    from agent.doctor.finding import Finding, Mark, examine  # noqa: PLC0415 - likewise
    from agent.doctor.published import Published  # noqa: PLC0415 - likewise
    from agent.errors import ConfigError  # noqa: PLC0415 - likewise

    try:
        settings = asked.settings()
        server = published_directory(settings)
    except ConfigError as error:
        for line in str(error).splitlines():
            yield Finding(mark=Mark.BROKEN, about="settings", text=line)
        return
    yield Finding(mark=Mark.OK, about="settings", text=f"{asked.config} can be used")
    if server is None or settings.glauth is None:
        yield Finding(mark=Mark.NONE, about="directory", text="none is published: there is no table [glauth]")
        return
    published = Published(settings=settings, glauth=settings.glauth, server=server, key_file=server.key_file)
    yield from examine(DIRECTORY_CHECKS, published)


def _lines(findings: "Iterable[Finding]") -> Iterator[str]:
    numbers = {"broken": 0, "doubtful": 0}
    for one in findings:
        yield f"  {_SIGNS[one.mark]} {one.about:<{_WIDTH}}  {one.text}"
        if one.remedy:
            yield f"    {'':<{_WIDTH}}  → {one.remedy}"
        if one.mark in numbers:
            numbers[one.mark] += 1
    broken, doubtful = numbers["broken"], numbers["doubtful"]
    yield f"{broken} broken, {doubtful} to look at." if broken or doubtful else "All is well."
