"""One run of everything, as ``agent sync`` makes it: converge, then usage with what was read already."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.core.policy import OfferingPolicy
from agent.core.snapshot import Missing, Observed
from agent.engine.converge import Cycle
from agent.engine.readings import unread
from agent.engine.usage import Billed, UsageReport, report_usage
from agent.engine.world import World
from agent.errors import AgentError, Held, NotConverged, Unavailable


@dataclass(frozen=True, slots=True)
class UsageRun:
    """What the usage half of a run did; ``error`` says why it did not happen."""

    report: UsageReport | None
    error: str = ""


def usage_after(world: World, policies: Sequence[OfferingPolicy], cycle: Cycle) -> UsageRun:
    """Report usage from the cycle's own snapshot: no section is read twice."""
    billed = [
        Billed(
            policy=policy,
            offering=cycle.observed.offerings[policy.uuid].offering,
            resources=cycle.observed.offerings[policy.uuid].resources,
            users=cycle.observed.offerings[policy.uuid].users,
        )
        for policy in policies
    ]
    try:
        return UsageRun(report_usage(world, billed, cycle.cluster))
    except AgentError as error:
        return UsageRun(None, str(error))


def nothing_known(observed: Observed) -> None:
    """Raises Unavailable when neither the cluster nor any offering could be read: there is nothing to plan from."""
    accounts = observed.cluster.accounts
    orders = [one.orders.reason for one in observed.offerings.values() if isinstance(one.orders, Missing)]
    if isinstance(accounts, Missing) and orders and len(orders) == len(observed.offerings):
        raise Unavailable(f"{accounts.reason}; {orders[0]}")


def down(observed: Observed) -> str:
    """The first outage that kept this cycle from doing its work; "" when there was none."""
    return next((one.reason for one in unread(observed) if one.missing), "")


def in_doubt(observed: Observed) -> str:
    """Why the first section that is not whole is not: nothing that hangs on it was removed; "" when all are."""
    return next((one.reason for one in unread(observed)), "")


def exit_code(cycle: Cycle, usage: UsageRun) -> int:
    """How a one-shot run ends.

    75 for an outage, 4 for something not carried out, then what ails the directory, 75 for a list that is not whole, 3
    for something held, else 0.
    """
    report = usage.report
    if down(cycle.observed) or usage.error or (report and report.outage):
        return Unavailable.exit_code
    if cycle.failures or (report and report.failed):
        return NotConverged.exit_code
    if cycle.directory_error is not None:
        return cycle.directory_error.exit_code
    if in_doubt(cycle.observed):
        return Unavailable.exit_code
    return Held.exit_code if cycle.plan.held else 0
