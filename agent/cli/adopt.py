"""``agent adopt``: take accounts that exist already under management, after showing all that it would change."""

from collections.abc import Iterable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.invocation import invocation
from agent.cli.plan_text import printed, sign, together
from agent.cli.uuids import one_of

if TYPE_CHECKING:
    from agent.composition import Agent
    from agent.engine.adopting import Candidate, Proposal

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def adopt(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="[ACCOUNT]", help="The account in Slurm.")] = "",
    resource: Annotated[str, typer.Option(metavar="UUID", help="The resource it is to belong to.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it, instead of only showing it.")] = False,
    scan: Annotated[bool, typer.Option("--scan", help="Show every account that could be adopted.")] = False,
) -> None:
    """Take an existing account under management. Without --yes it shows what would change, and ends with 2."""
    from agent.cli.session import session  # noqa: PLC0415 - keeps `agent --help` light

    _check(account, resource, yes=yes, scan=scan)
    with session(invocation(context)) as agent:
        if scan:
            typer.echo(printed(_scanned(agent)))
            return
        with agent.turn("converge") if yes else nullcontext():
            proposal = _proposal(agent, account.lower(), resource)
            typer.echo(printed(_lines(proposal)))
            if yes:
                _adopt(agent, proposal)
    if proposal.empty:
        return
    if not yes:
        typer.echo("Nothing was written. Call it again with --yes to do it.")
        raise typer.Exit(2)
    typer.echo("Adopted. The next sync does the rest.")


def _check(account: str, resource: str, *, yes: bool, scan: bool) -> None:
    if scan and (account or resource or yes):
        raise typer.BadParameter("--scan shows everything; it takes no account, --resource or --yes")
    if not scan and not (account and resource):
        raise typer.BadParameter("give an ACCOUNT and --resource UUID, or --scan to see what could be adopted")


def _proposal(agent: "Agent", account: str, resource: str) -> "Proposal":
    from agent.engine.adopting import look, propose  # noqa: PLC0415 - keeps `agent --help` light

    sight = look(agent.world)
    living = {one.uuid for _, one in sight.resources()}
    uuid = one_of(resource, living, "living resource of an offering in the settings with UUID", "--resource")
    return propose(agent.world, sight, account, uuid)


def _adopt(agent: "Agent", proposal: "Proposal") -> None:
    from agent.engine.adopting import adopt as carry_out  # noqa: PLC0415 - keeps `agent --help` light

    carry_out(agent.world, proposal)


def _scanned(agent: "Agent") -> Iterable[str]:
    from agent.engine.adopting import look, scan  # noqa: PLC0415 - keeps `agent --help` light

    found = scan(agent.world, look(agent.world))
    for one in found:
        yield from _candidate(one)
    able = sum(one.proposal is not None for one in found)
    yield f"{able} could be adopted, {len(found) - able} not." if found else "There is nothing to adopt."


def _candidate(one: "Candidate") -> Iterable[str]:
    yield f"account {one.account}, named like {one.like} of resource {one.name} ({one.resource[:8]})"
    if one.proposal is None:
        yield f"    not as it is: {one.refused}"
        return
    yield f"    {_in_short(one.proposal)}"
    yield f"    agent adopt {one.account} --resource {one.resource}"


def _in_short(proposal: "Proposal") -> str:
    follows = proposal.follows
    counts = {
        "become the agent's own": follows.own,
        "added": follows.added,
        "removed": follows.removed,
        "left alone": follows.strangers,
    }
    users = ", ".join(f"{len(names)} {what}" for what, names in counts.items() if names) or "none"
    changes = [action.describe() for action in follows.actions if action.kind in {"set limits", "move account"}]
    return f"users: {users}; {'; '.join(changes) or 'limits, QOS and parent stay'}"


def _lines(proposal: "Proposal") -> Iterable[str]:
    adopted, name = proposal.adopted, proposal.adopted.after.name
    if proposal.empty:
        yield f"Account {name} is the one of resource {adopted.resource.name} already; there is nothing to adopt."
        return
    yield f"{adopted.describe()}:"
    yield from _written(proposal)
    yield "The next sync then brings it to what is ordered:"
    yield from _follows(proposal)


def _written(proposal: "Proposal") -> Iterable[str]:
    adopted = proposal.adopted
    fields = {
        "Organization": (adopted.before.organization, adopted.after.organization),
        "Description": (adopted.before.description, adopted.after.description),
        "backend_id": (adopted.resource.backend_id, adopted.after.name),
    }
    for word, (before, after) in fields.items():
        yield f"  {word:<13} {before or 'none'} → {after}" if before != after else f"  {word:<13} stays {after}"
    yield f"  the agent's own users from then on: {', '.join(proposal.follows.own) or 'none'}"


def _follows(proposal: "Proposal") -> Iterable[str]:
    follows = proposal.follows
    yield from (f"  {sign(first)} {text}" for first, text in together(follows.actions))
    for item in follows.held:
        yield f"  ⏸ held: {item.describe()}"
    for person, why in follows.waiting:
        yield f"  … user {person[:8]} {why}"
    for user in follows.strangers:
        yield f"  · user {user} was not made by the agent: left alone"
    for notice in follows.notices:
        yield f"  ! {notice}"
    if not follows.actions and not follows.held:
        yield "  nothing differs"
