"""``agent users``: who is known, all that is known of one, and a name that is to be nobody's."""

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.invocation import invocation
from agent.cli.plan_text import printed

if TYPE_CHECKING:
    from agent.composition import Agent
    from agent.core.explain import Sight
    from agent.engine.releasing import Release

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show who is known and how each stands; release a username.",
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A username, or a person's UUID or its first eight digits.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@app.command(name="list")
def list_(
    context: typer.Context,
    offering: Annotated[list[str] | None, typer.Option(metavar="UUID", help="Only this offering; repeatable.")] = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only who waits for access.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show every person and service account, and the users that somebody else added. Exit 75 when a part is unknown."""
    from agent.cli.offerings import chosen  # noqa: PLC0415 - keeps `agent --help` light
    from agent.cli.session import session  # noqa: PLC0415 - likewise
    from agent.cli.user_text import roster_lines, roster_values  # noqa: PLC0415 - likewise
    from agent.core.roster import roster  # noqa: PLC0415 - likewise
    from agent.engine.explaining import look  # noqa: PLC0415 - likewise
    from agent.engine.oneshot import nothing_known  # noqa: PLC0415 - likewise

    with session(invocation(context)) as agent:
        policies = chosen(agent.world.policies, offering or [])
        sight = look(agent.world)
    nothing_known(sight.observed)
    only = {policy.uuid for policy in policies} if offering else None
    found = [one for one in roster(sight) if (only is None or one.offering in only) and (one.waiting or not waiting)]
    typer.echo(json.dumps(roster_values(found), indent=2) if as_json else printed(roster_lines(sight, found)))
    _all_there(sight)


@app.command()
def show(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show all that both sides and the journal know of somebody. Exit 75 when a part is unknown."""
    from agent.cli.lookups import looked_up  # noqa: PLC0415 - keeps `agent --help` light
    from agent.cli.session import session  # noqa: PLC0415 - likewise
    from agent.cli.user_text import dossier, dossier_lines  # noqa: PLC0415 - likewise
    from agent.core.explain import Kind  # noqa: PLC0415 - likewise
    from agent.journal.people import told_events  # noqa: PLC0415 - likewise

    with session(invocation(context)) as agent:
        sight, found = looked_up(agent, name)
        people = [one for one in found if one.subject.kind not in {Kind.RESOURCE, Kind.ACCOUNT}]
        if not people:
            raise typer.BadParameter(
                f"{name} is an account or a resource; agent why {name} tells of it", param_hint="NAME"
            )
        events = told_events(agent.journal, {one.subject.name for one in people})
    dossiers = [dossier(sight, one, events) for one in people]
    typer.echo(json.dumps(dossiers, indent=2) if as_json else printed(dossier_lines(dossiers)))
    _all_there(sight)


@app.command()
def release(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The username.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it, instead of only showing it.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also while something still uses the name.")] = False,
) -> None:
    """Let a username be nobody's, to be given anew. Without --yes it shows what follows, and ends with 2."""
    from agent.cli.session import session  # noqa: PLC0415 - keeps `agent --help` light
    from agent.cli.user_text import release_lines  # noqa: PLC0415 - likewise
    from agent.engine.releasing import release as carry_out  # noqa: PLC0415 - likewise

    with session(invocation(context)) as agent, agent.turn("converge") if yes else nullcontext():
        proposal = _proposal(agent, name)
        typer.echo(printed(release_lines(proposal)))
        if not proposal.held:
            return
        if yes:
            carry_out(agent.world, proposal, force=force)
    if not yes:
        forced = " --force" if proposal.obstacles else ""
        typer.echo(printed([f"Nothing was written. Call it again with --yes{forced} to do it."]))
        raise typer.Exit(2)
    typer.echo(printed([f"Released. Nobody has the name {proposal.name} any more."]))


def _proposal(agent: "Agent", name: str) -> "Release":
    from agent.cli.lookups import nothing_known  # noqa: PLC0415 - keeps `agent --help` light
    from agent.core.explain import find  # noqa: PLC0415 - likewise
    from agent.engine.explaining import look  # noqa: PLC0415 - likewise
    from agent.engine.releasing import propose  # noqa: PLC0415 - likewise

    sight = look(agent.world)
    proposal = propose(sight, name)
    if not proposal.held and not find(sight, name):
        raise nothing_known(sight, name)
    return proposal


def _all_there(sight: "Sight") -> None:
    from agent.engine.oneshot import in_doubt  # noqa: PLC0415 - keeps `agent --help` light
    from agent.errors import Unavailable  # noqa: PLC0415 - likewise

    if outage := in_doubt(sight.observed):
        raise Unavailable(f"this is a part of what there is: {outage}")
