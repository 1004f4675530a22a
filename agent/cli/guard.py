"""``agent guard``: what is held, and the word that lets it go."""

from typing import Annotated

import typer

from agent.cli.invocation import invocation
from agent.cli.plan_text import held_line, held_lines

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="Show what is held, and release it."
)


@app.command()
def show(context: typer.Context) -> None:
    """Show what is held now, and why."""
    from agent.cli.session import session  # noqa: PLC0415 - keeps `agent --help` light
    from agent.engine.converge import plan_cycle  # noqa: PLC0415 - likewise

    with session(invocation(context)) as agent:
        _, _, plan = plan_cycle(agent.world, agent.world.policies)
    typer.echo("\n".join(held_lines(plan)) or "Nothing is held.")


@app.command()
def release(context: typer.Context, checksum: Annotated[str, typer.Argument(metavar="CHECKSUM")]) -> None:
    """Let the held actions go, once, exactly as the plan with this checksum shows them."""
    from agent.cli.session import session  # noqa: PLC0415 - keeps `agent --help` light
    from agent.engine.converge import plan_cycle  # noqa: PLC0415 - likewise
    from agent.errors import Held  # noqa: PLC0415 - likewise

    with session(invocation(context)) as agent:
        _, _, plan = plan_cycle(agent.world, agent.world.policies)
        if checksum != plan.held_checksum:
            now = plan.held_checksum or "nothing is held"
            raise Held(f"{checksum} is not what is held now ({now}); look again with agent plan")
        agent.journal.release(checksum, agent.world.clock.now())
    for item in plan.held:
        if item.releasable:
            typer.echo(f"  released: {held_line(item)}")
    typer.echo("The next sync carries them out.")
