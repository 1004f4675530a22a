"""One run of everything, as ``agent sync`` makes it: converge, then usage with what was read already."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.core.policy import OfferingPolicy
from agent.core.snapshot import NO_DIRECTORY, Missing, Observed, Section, reason
from agent.engine.converge import Cycle
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
    cluster = outage(observed.cluster.accounts)
    orders = [outage(snapshot.orders) for snapshot in observed.offerings.values()]
    if cluster and orders and all(orders):
        raise Unavailable(f"{cluster}; {orders[0]}")


def outage(*sections: Section[object]) -> str:
    """The first reason among sections of which nothing is known; "" when something is known of each."""
    return next((section.reason for section in sections if isinstance(section, Missing)), "")


def down(observed: Observed) -> str:
    """The first outage that kept this cycle from doing its work; "" when there was none.

    Partitions count when an offering sets any; feeds and the published file, where there is a directory.
    """
    cluster, offerings = observed.cluster, observed.offerings.values()
    needed: list[Section[object]] = [cluster.accounts, cluster.associations]
    for one in offerings:
        needed += [one.offering, one.orders, one.resources, one.teams, one.users]
        if not isinstance(one.offering, Missing) and one.offering.value.partitions:
            needed.append(cluster.partitions)
    if reason(observed.directory) != NO_DIRECTORY:
        needed += [observed.directory, *(one.feed for one in offerings)]
    return outage(*needed)


def exit_code(cycle: Cycle, usage: UsageRun) -> int:
    """How a one-shot run ends: 75 for an outage, 4 for something not carried out, 3 for something held, else 0."""
    if down(cycle.observed) or usage.error:
        return Unavailable.exit_code
    if cycle.failures or (usage.report and usage.report.failed):
        return NotConverged.exit_code
    return Held.exit_code if cycle.plan.held else 0
