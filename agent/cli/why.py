"""``agent why``: why somebody has access or not, and how an account stands."""

import json
from typing import Annotated

import typer

from agent.cli.invocation import invocation
from agent.cli.plan_text import printed

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def why(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A username, an account, a resource or a person: a name, or a UUID's first eight digits.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the links as JSON.")] = False,
) -> None:
    """Show the chain from a role to jobs that run, link by link, and what to do where it is broken.

    Exit 0 when all is as it should be, 2 when a link is broken or waits, 75 when a part is not known.
    """
    from agent.cli.lookups import looked_up  # noqa: PLC0415 - keeps `agent --help` light
    from agent.cli.session import session  # noqa: PLC0415 - likewise
    from agent.cli.why_text import lines, unknown, values  # noqa: PLC0415 - likewise
    from agent.core.explain import Mark, verdict  # noqa: PLC0415 - likewise
    from agent.errors import Unavailable  # noqa: PLC0415 - likewise

    with session(invocation(context)) as agent:
        sight, found = looked_up(agent, name)
    typer.echo(json.dumps(values(name, sight, found), indent=2) if as_json else printed(lines(sight, found)))
    stands = verdict(link for one in found for link in one.links)
    if stands is Mark.UNKNOWN:
        raise Unavailable(f"not everything about {name[:60]} can be said now: {unknown(found)}")
    if stands is not Mark.OK:
        raise typer.Exit(2)
