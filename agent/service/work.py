"""The daemon's two lanes: converge under the writer lock, usage beside it; a slow one never delays the other."""

from collections import Counter

import structlog

from agent.composition import Agent
from agent.core.actions import DirectoryAction
from agent.core.events import commands
from agent.core.moments import moment
from agent.core.standing import unhandled
from agent.engine.converge import Cycle, converge
from agent.engine.outcomes import DONE, FAILED
from agent.engine.readings import unread
from agent.engine.usage import UsageReport, read_billed, report_usage
from agent.errors import AgentError, Held, NotConverged, Unavailable
from agent.service.lanes import Lane
from agent.service.metrics import Metrics

log = structlog.get_logger()

STUCK_AFTER = 4 * 3600.0
"""Seconds after which a lane counts as stuck: longer than any legitimate write, which is never cut off."""


def lanes(agent: Agent, metrics: Metrics | None = None) -> tuple[Lane, Lane]:
    """The converge and the usage lane of this agent; the ``metrics`` are told how the directory stands."""
    daemon = agent.settings.daemon
    return (
        Lane("converge", float(daemon.converge_every), lambda: _converge(agent, metrics), STUCK_AFTER),
        Lane("usage", float(daemon.usage_every), lambda: _usage(agent), STUCK_AFTER),
    )


def _converge(agent: Agent, metrics: Metrics | None) -> None:
    """One cycle; raises for the lane's failure counter what a person has to look at.

    A cycle with a broken directory is not a failed one: nothing but the directory depends on it, and it has alerts of
    its own.
    """
    with agent.turn("converge"):
        try:
            cycle = converge(agent.world, agent.world.policies)
            _log_cycle(cycle)
            if metrics is not None:
                metrics.failed_commands(_failed_commands(agent))
                _tell_directory(agent, metrics, cycle)
        finally:
            _look_at_directory(agent, metrics)
    away = [one for one in unread(cycle.observed) if one.missing and not one.of_directory]
    if away:
        raise Unavailable(away[0].reason)
    failures = [one for one in cycle.failures if not isinstance(one.action, DirectoryAction)]
    if failures:
        first = failures[0]
        raise NotConverged(f"{len(failures)} action(s) failed; the first: {first.action.key}: {first.detail}")


def _failed_commands(agent: Agent) -> int:
    """How many events a command that is still in the settings failed on."""
    heard = commands(agent.world.hooks)
    return sum(event.tries > 0 and event.kind in heard for event in agent.journal.events())


def _tell_directory(agent: Agent, metrics: Metrics, cycle: Cycle) -> None:
    """Whether the directory could be published; what a person holds back is no failure."""
    if agent.settings.glauth is None:
        return
    error = cycle.directory_error
    failing = error is not None and not isinstance(error, Held)
    metrics.directory_failing(str(agent.settings.glauth.file), failing=failing)


def _look_at_directory(agent: Agent, metrics: Metrics | None) -> None:
    """Ask GLAuth once a cycle, also when nothing was published: it may have stopped, or have been meddled with."""
    server, glauth = agent.world.directory, agent.settings.glauth
    if server is None or glauth is None:
        return
    try:
        status = server.verify()
    except AgentError as error:
        log.warning("directory not known", reason=str(error))
        if metrics is not None and glauth.probe_url:
            metrics.directory_unknown(str(glauth.file))
        return
    if metrics is not None:
        metrics.directory(status, Counter(one.kind for one in agent.journal.quarantined()))
    if status.proved is False:
        log.warning("directory not served", file=status.file, reason=status.reason)


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
        cycle_log.warning(
            "action held",
            action=item.action.key,
            offering=item.action.offering,
            text=item.action.describe(),
            reason=item.reason,
            since=moment(item.since),
            release=plan.held_checksum if item.releasable else "",
        )
    for notice in (*map(unhandled, plan.unhandled), *plan.notices, *cycle.notices):
        cycle_log.warning("notice", text=notice)
    done = sum(outcome.result == DONE for outcome in cycle.outcomes)
    cycle_log.info("cycle finished", done=done, failed=len(cycle.failures), held=len(plan.held))


def _usage(agent: Agent) -> None:
    """One report; raises for the lane's failure counter when a figure could not be told."""
    with agent.turn("usage"):
        report = report_usage(agent.world, read_billed(agent.world, agent.world.policies))
    _log_usage(report)
    if report.outage:
        raise Unavailable(report.outage)
    if report.failed and not agent.world.stopping():
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
