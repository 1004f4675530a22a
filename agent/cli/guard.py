"""``agent guard``: what is held, and the word that lets it go."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.invocation import invocation
from agent.cli.plan_text import held_lines, printed

if TYPE_CHECKING:
    from agent.composition import Agent
    from agent.core.plan import Plan

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="Show what is held, and release it."
)


@app.command()
def show(context: typer.Context) -> None:
    """Show what is held now, and why. Exit 75 when a part of either side could not be read."""
    from agent.cli.session import session  # noqa: PLC0415 - keeps `agent --help` light

    with session(invocation(context)) as agent:
        plan = _whole_plan(agent)
    typer.echo(printed(held_lines(plan)) or "Nothing is held.")


@app.command()
def release(context: typer.Context, checksum: Annotated[str, typer.Argument(metavar="CHECKSUM")]) -> None:
    """Let the held actions go, once, exactly as the plan with this checksum shows them."""
    from agent.cli.session import session  # noqa: PLC0415 - keeps `agent --help` light
    from agent.errors import Held  # noqa: PLC0415 - likewise

    with session(invocation(context)) as agent:
        plan = _whole_plan(agent)
        if checksum != plan.held_checksum:
            now = plan.held_checksum or "nothing is held"
            raise Held(f"{checksum} is not what is held now ({now}); look again with agent plan")
        agent.journal.release(checksum, agent.world.clock.now())
    typer.echo(printed(f"  released: {item.describe()}" for item in plan.held if item.releasable))
    typer.echo("The next sync carries them out.")


def _whole_plan(agent: "Agent") -> "Plan":
    """The plan of every offering. Raises Unavailable when an outage hides what may be held."""
    from agent.engine.converge import plan_cycle  # noqa: PLC0415 - keeps `agent --help` light
    from agent.engine.oneshot import down  # noqa: PLC0415 - likewise
    from agent.errors import Unavailable  # noqa: PLC0415 - likewise

    observed, _, plan = plan_cycle(agent.world, agent.world.policies)
    if outage := down(observed):
        raise Unavailable(f"what is held cannot be said now: {outage}")
    return plan
