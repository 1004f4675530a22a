"""``agent plan``: show what a sync would do, and do nothing."""

import json
from typing import Annotated

import typer

from agent.cli.invocation import invocation
from agent.cli.offerings import chosen
from agent.cli.plan_text import plan_lines, printed

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def plan(
    context: typer.Context,
    offering: Annotated[list[str] | None, typer.Option(metavar="UUID", help="Only this offering; repeatable.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit 2 when there is anything to do or held.")
    ] = False,
) -> None:
    """Show what ``agent sync`` would do, and do nothing. Exit 75 when not all of both sides could be read."""
    from agent.cli.session import session  # noqa: PLC0415 - keeps `agent --help` light
    from agent.engine.converge import plan_cycle  # noqa: PLC0415 - likewise
    from agent.engine.oneshot import in_doubt, nothing_known  # noqa: PLC0415 - likewise
    from agent.errors import Unavailable  # noqa: PLC0415 - likewise

    with session(invocation(context)) as agent:
        observed, _, found = plan_cycle(agent.world, chosen(agent.world.policies, offering or []))
    nothing_known(observed)
    outage = in_doubt(observed)
    lines = plan_lines(found, whole=not outage)
    typer.echo(json.dumps(found.to_json(), indent=2, default=str) if as_json else printed(lines))
    if outage:
        raise Unavailable(f"this plan is made from a part of what there is: {outage}")
    if detailed_exitcode and not found.empty:
        raise typer.Exit(2)
