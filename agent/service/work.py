"""The daemon's two lanes: converge under the writer lock, usage beside it; a slow one never delays the other."""

from collections import Counter
from collections.abc import Callable, Iterable

import structlog

from agent.composition import Agent
from agent.core.actions import ApproveOrder, FinishOrder, RefuseOrder
from agent.core.plan import Plan
from agent.engine.converge import Cycle, converge
from agent.engine.oneshot import down
from agent.engine.outcomes import DONE, FAILED
from agent.engine.usage import UsageReport, read_billed, report_usage
from agent.errors import NotConverged, Unavailable
from agent.service.lanes import Lane
from agent.service.metrics import Metrics

log = structlog.get_logger()

STUCK_AFTER = 4 * 3600.0
"""Seconds after which a lane counts as stuck: longer than any legitimate write, which is never cut off."""


def lanes(agent: Agent) -> tuple[Lane, Lane]:
    """The converge and the usage lane of this agent."""
    daemon = agent.settings.daemon
    return (
        Lane("converge", float(daemon.converge_every), lambda: _converge(agent), STUCK_AFTER),
        Lane("usage", float(daemon.usage_every), lambda: _usage(agent), STUCK_AFTER),
    )


def plan_told(metrics: Metrics) -> Callable[[Plan], None]:
    """What the metrics learn of each plan: what is held, and the open orders by state."""

    def told(plan: Plan) -> None:
        metrics.held([f"{item.action.describe()} ({item.reason})" for item in plan.held])
        metrics.orders(Counter(state for state in _order_states(plan)))

    return told


def _order_states(plan: Plan) -> Iterable[str]:
    """A state for each open order the plan knows of, each order once."""
    orders = {order.uuid: order for order in plan.unhandled}
    for action in plan.actions:
        if isinstance(action, ApproveOrder | FinishOrder | RefuseOrder):
            orders[action.order.uuid] = action.order
    return (order.state.value for order in orders.values())


def _converge(agent: Agent) -> None:
    """One cycle; raises for the lane's failure counter what a person has to look at."""
    with agent.turn("converge"):
        cycle = converge(agent.world, agent.world.policies)
    _log_cycle(cycle)
    if reason := down(cycle.observed):
        raise Unavailable(reason)
    if cycle.failures:
        first = cycle.failures[0]
        raise NotConverged(f"{len(cycle.failures)} action(s) failed; the first: {first.action.key}: {first.detail}")


def _log_cycle(cycle: Cycle) -> None:
    plan = cycle.plan
    cycle_log = log.bind(cycle=int(plan.at), plan=plan.checksum)
    for outcome in cycle.outcomes:
        write = cycle_log.warning if outcome.result == FAILED else cycle_log.info
        write(
            f"action {outcome.result}",
            action=outcome.action.key,
            offering=outcome.action.offering,
            text=outcome.action.describe(),
            **({"detail": outcome.detail} if outcome.detail else {}),
        )
    for item in plan.held:
        cycle_log.warning("action held", action=item.action.key, reason=item.reason, release=plan.held_checksum)
    for notice in (*plan.notices, *cycle.notices):
        cycle_log.warning("notice", text=notice)
    done = sum(outcome.result == DONE for outcome in cycle.outcomes)
    cycle_log.info("cycle finished", done=done, failed=len(cycle.failures), held=len(plan.held))


def _usage(agent: Agent) -> None:
    with agent.turn("usage"):
        report = report_usage(agent.world, [read_billed(agent.world, policy) for policy in agent.world.policies])
    _log_usage(report)
    if report.failed:
        resource, why = next(iter(report.failed.items()))
        raise NotConverged(f"usage of {len(report.failed)} resource(s) was not told; the first, {resource[:8]}: {why}")


def _log_usage(report: UsageReport) -> None:
    for account, fell in report.unsent:
        log.warning(
            "usage fell", account=account, component=fell.component, user=fell.user, told=fell.told, now=fell.now
        )
    for notice in report.notices:
        log.warning("notice", text=notice)
    log.info("usage told", month=report.month, resources=report.resources, changed=report.changed)
