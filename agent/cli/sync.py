"""``agent sync``: make both sides equal once, and report usage."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.invocation import invocation
from agent.cli.offerings import chosen
from agent.cli.plan_text import held_lines, printed, remark_lines, together
from agent.cli.sigterm import stop_at_sigterm
from agent.errors import Stopped

if TYPE_CHECKING:
    from agent.composition import Agent
    from agent.core.policy import OfferingPolicy
    from agent.engine.converge import Cycle
    from agent.engine.oneshot import UsageRun

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_SIGNS = {"failed": "✘", "waiting": "…"}


@app.command()
def sync(
    context: typer.Context,
    offering: Annotated[list[str] | None, typer.Option(metavar="UUID", help="Only this offering; repeatable.")] = None,
    confirm_removals: Annotated[
        bool,
        typer.Option("--confirm-removals", help="Remove what is missing now, without waiting for a second look."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Make both sides equal once. Exit 3 when something is held, 4 when something failed, 75 to try later.

    SIGTERM ends it after the batch in hand, with 75; the next run does the rest.
    """
    from agent.cli.session import session  # noqa: PLC0415 - keeps `agent --help` light
    from agent.engine.converge import converge  # noqa: PLC0415 - likewise
    from agent.engine.oneshot import exit_code, nothing_known  # noqa: PLC0415 - likewise

    with stop_at_sigterm() as stop, session(invocation(context), stop=stop) as agent:
        policies = chosen(agent.world.policies, offering or [])
        with agent.turn("converge"):
            cycle = converge(agent.world, policies, confirmed=confirm_removals)
        nothing_known(cycle.observed)
        usage = _usage(agent, policies, cycle)
    typer.echo(json.dumps(_value(cycle, usage), indent=2, default=str) if as_json else printed(_lines(cycle, usage)))
    if stop.is_set():
        raise Stopped("the agent was told to stop; the batch in hand has ended, the next run does the rest")
    raise typer.Exit(exit_code(cycle, usage))


def _usage(agent: "Agent", policies: "Sequence[OfferingPolicy]", cycle: "Cycle") -> "UsageRun":
    """The usage half; after a stop it is left to the next run."""
    from agent.engine.oneshot import UsageRun, usage_after  # noqa: PLC0415 - keeps `agent --help` light

    if agent.world.stopping():
        return UsageRun(None, "the agent was told to stop; the next run tells it")
    try:
        with agent.turn("usage"):
            return usage_after(agent.world, policies, cycle)
    except Stopped as error:
        return UsageRun(None, str(error))


def _lines(cycle: "Cycle", usage: "UsageRun") -> Iterable[str]:
    done = [outcome.action for outcome in cycle.outcomes if outcome.result == "done"]
    yield from (f"  ✔ {text}" for _, text in together(sorted(done, key=lambda action: (action.rank, action.subject))))
    for outcome in cycle.outcomes:
        if outcome.result in _SIGNS:
            yield f"  {_SIGNS[outcome.result]} {outcome.action.describe()}: {outcome.detail}"
    yield from held_lines(cycle.plan)
    yield from remark_lines(cycle.plan)
    for notice in cycle.notices:
        yield f"  ! {notice}"
    yield from _usage_lines(usage)
    yield f"{len(done)} done, {len(cycle.failures)} failed, {len(cycle.plan.held)} held."


def _usage_lines(usage: "UsageRun") -> Iterable[str]:
    if usage.report is None:
        yield f"  ! usage: {usage.error}"
        return
    report = usage.report
    yield f"  usage of {report.month}: {report.changed} of {report.resources} resource(s) told anew"
    for resource, why in report.failed.items():
        yield f"  ✘ usage of resource {resource[:8]}: {why}"
    for account, fell in report.unsent:
        yield (
            f"  ! usage of {account} {fell.component} {fell.user or '(total)'} fell from {fell.told} to {fell.now}:"
            " not lowered; see whether jobs were purged from the accounting"
        )
    for notice in report.notices:
        yield f"  ! {notice}"


def _value(cycle: "Cycle", usage: "UsageRun") -> dict[str, object]:
    from agent.engine.usage import UsageReport  # noqa: PLC0415 - keeps `agent --help` light

    return {
        "plan": cycle.plan.to_json(),
        "outcomes": [
            {"key": one.action.key, "text": one.action.describe(), "result": one.result, "detail": one.detail}
            for one in cycle.outcomes
        ],
        "notices": list(cycle.notices),
        "usage": {"error": usage.error, **asdict(usage.report or UsageReport(month=""))},
    }
