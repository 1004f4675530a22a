"""``agent orders``: where each order stands and what keeps it there; retry an erred one, reject a pending one."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.invocation import invocation
from agent.cli.plan_text import printed
from agent.cli.uuids import one_of

if TYPE_CHECKING:
    from agent.cli.order_text import Desk
    from agent.composition import Agent
    from agent.core.model.marketplace import Resource
    from agent.engine.orders import Listed

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show orders and what keeps them; retry or reject one.",
)

Uuid = Annotated[str, typer.Argument(metavar="UUID", help="The order: its UUID, or at least eight digits of it.")]
REMEMBERED = 12
"""Outcomes that are shown of one order."""


@app.command(name="list")
def list_(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print the orders as JSON.")] = False
) -> None:
    """Show the open and erred orders of every offering, and what keeps each. Exit 75 when a part is not known."""
    from agent.cli.order_text import table, values  # noqa: PLC0415 - keeps `agent --help` light
    from agent.cli.session import session  # noqa: PLC0415 - likewise

    with session(invocation(context)) as agent:
        desk = _desk(agent)
    typer.echo(json.dumps(values(desk), indent=2) if as_json else printed(table(desk)))
    _all_there(desk)


@app.command()
def show(context: typer.Context, uuid: Uuid) -> None:
    """Show one order: its resource, its account in Slurm, what is planned about it, and what became of it so far."""
    from agent.cli.order_text import everything  # noqa: PLC0415 - keeps `agent --help` light
    from agent.cli.session import session  # noqa: PLC0415 - likewise
    from agent.journal.outcomes import last_outcomes  # noqa: PLC0415 - likewise

    with session(invocation(context)) as agent:
        desk = _desk(agent)
        one = _named(desk.orders, uuid)
        subjects = filter(None, (one.order.uuid, desk.accounts.get(one.order.resource_uuid)))
        past = last_outcomes(agent.journal, list(subjects), REMEMBERED)
        lines = list(everything(desk, one, _resource(agent, one), past))
    typer.echo(printed(lines))
    _all_there(desk)


@app.command()
def retry(context: typer.Context, uuid: Uuid) -> None:
    """Let an erred order be carried out once more."""
    from agent.cli.session import session  # noqa: PLC0415 - keeps `agent --help` light
    from agent.engine import orders  # noqa: PLC0415 - likewise

    with session(invocation(context)) as agent:
        one = _named(orders.read_orders(agent.world), uuid)
        orders.retry(agent.world, one.order)
    typer.echo(printed([f"{_order(one)} is executing again.", "The next sync finishes it."]))


@app.command()
def reject(
    context: typer.Context,
    uuid: Uuid,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="What the customer is to know.")],
) -> None:
    """Reject an order that waits for the provider."""
    from agent.cli.session import session  # noqa: PLC0415 - keeps `agent --help` light
    from agent.engine import orders  # noqa: PLC0415 - likewise

    if not reason.strip():
        raise typer.BadParameter("the customer is to know why, and it is empty", param_hint="--reason")
    with session(invocation(context)) as agent:
        one = _named(orders.read_orders(agent.world), uuid)
        orders.reject(agent.world, one.order, reason.strip())
    typer.echo(printed([f"{_order(one)} is rejected."]))


def _desk(agent: "Agent") -> "Desk":
    from agent.cli.order_text import Desk  # noqa: PLC0415 - keeps `agent --help` light
    from agent.engine.converge import plan_cycle  # noqa: PLC0415 - likewise
    from agent.engine.oneshot import down, nothing_known  # noqa: PLC0415 - likewise
    from agent.engine.orders import accounts_of, seen_orders  # noqa: PLC0415 - likewise
    from agent.journal.outcomes import last_details  # noqa: PLC0415 - likewise

    observed, known, plan = plan_cycle(agent.world, agent.world.policies)
    nothing_known(observed)
    orders, outage = seen_orders(agent.world, observed)
    keys = [f"{step} order {one.order.uuid}" for one in orders for step in ("approve", "finish")]
    return Desk(
        orders=orders,
        observed=observed,
        plan=plan,
        accounts=accounts_of(observed, known, agent.world.policies),
        last=last_details(agent.journal, keys),
        outage=outage or down(observed),
    )


def _all_there(desk: "Desk") -> None:
    from agent.errors import Unavailable  # noqa: PLC0415 - keeps `agent --help` light

    if desk.outage:
        raise Unavailable(f"this is a part of what there is: {desk.outage}")


def _named(orders: Iterable["Listed"], uuid: str) -> "Listed":
    found = {one.order.uuid: one for one in orders}
    return found[one_of(uuid, found, "open or erred order of an offering in the settings with UUID", "UUID")]


def _resource(agent: "Agent", one: "Listed") -> "Resource | str":
    from agent.errors import AgentError  # noqa: PLC0415 - keeps `agent --help` light

    try:
        return agent.world.marketplace.resource(one.order.resource_uuid)
    except AgentError as error:
        return str(error)


def _order(one: "Listed") -> str:
    return f"Order {one.order.uuid} ({one.order.type} {one.order.resource_name})"
