"""The usage lane: read the month to date from Slurm, tell the marketplace what changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal

from agent.core.limits import factors
from agent.core.model.cluster import UsageRow
from agent.core.model.marketplace import Offering, OfferingUser, Resource, ResourceState
from agent.core.names import marked
from agent.core.place import is_ours
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import ClusterSnapshot, Missing, Partial, Section, reason, value_or
from agent.core.usage.figures import Figures, Unsent, figures, news
from agent.core.usage.months import month_name, month_start
from agent.engine.batches import AT_ONCE
from agent.engine.observe import READERS, section
from agent.engine.world import World
from agent.errors import AgentError, NotConverged, Unavailable

REPORTABLE = frozenset({ResourceState.OK, ResourceState.UPDATING, ResourceState.TERMINATING})
"""The resource states in which a marketplace takes usage."""


@dataclass
class UsageReport:
    """What one usage run told: ``changed`` of ``resources`` had news.

    ``failed``: resource → why; ``outage``: the first reason why a part could not be read, "" when all was; ``unsent``:
    (account, figure) pairs that fell.
    """

    month: str
    resources: int = 0
    changed: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    outage: str = ""
    unsent: list[tuple[str, Unsent]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Billed:
    """What the usage run needs of one offering: read by it, or handed on by a cycle that read it anyway."""

    policy: OfferingPolicy
    offering: Section[Offering]
    resources: Section[tuple[Resource, ...]]
    users: Section[tuple[OfferingUser, ...]]


def read_billed(world: World, policies: Sequence[OfferingPolicy]) -> list[Billed]:
    """The offerings' part of a usage run that stands by itself, a few at once."""
    market = world.marketplace

    def read(policy: OfferingPolicy) -> Billed:
        return Billed(
            policy=policy,
            offering=section(lambda: market.offering(policy.uuid)),
            resources=section(lambda: market.resources(policy.uuid)),
            users=section(lambda: market.offering_users(policy.uuid)),
        )

    with ThreadPoolExecutor(READERS, thread_name_prefix="billed") as pool:
        return list(pool.map(read, policies))


def report_usage(world: World, billed: Sequence[Billed], cluster: ClusterSnapshot | None = None) -> UsageReport:
    """Tell the month-to-date figures of every resource that changed.

    The period is fixed before Slurm is asked and carried through to the marketplace. Raises Unavailable when Slurm's
    accounts or its accounting cannot be read.
    """
    now = world.clock.now()
    snapshot = cluster or world.cluster.observe_accounting()
    if isinstance(snapshot.accounts, Missing):
        raise Unavailable(f"no usage was reported: {snapshot.accounts.reason}")
    rows = _by_account(world.cluster.usage(month_start(now), now))
    told = world.journal.told_usage(month_name(now))
    report = UsageReport(month=month_name(now))
    for one in billed:
        accounts = {
            marked(account.description) or "": account.name
            for account in snapshot.accounts.value.values()
            if is_ours(account, one.policy.uuid)
        }
        _report_offering(world, one, accounts, rows, told, now, report)
        _not_seen(one, accounts, snapshot, report)
    return report


def final_usage(world: World, accounts: Mapping[str, str]) -> dict[str, str]:
    """Tell the last figures of resources that are about to go (resource → account); gives what failed, and why."""
    now = world.clock.now()
    rows = _by_account(world.cluster.usage(month_start(now), now))
    told = world.journal.told_usage(month_name(now))
    report = UsageReport(month=month_name(now))
    seen: set[str] = set()
    for one in read_billed(world, world.policies):
        mine = {resource.uuid for resource in value_or(one.resources, ())} & set(accounts)
        seen |= mine
        if mine:
            _report_offering(world, one, {uuid: accounts[uuid] for uuid in mine}, rows, told, now, report)
    unread = set(accounts) - seen
    return {**report.failed, **dict.fromkeys(unread, "the resource could not be read from the marketplace")}


def _report_offering(
    world: World,
    one: Billed,
    accounts: Mapping[str, str],
    rows: Mapping[str, Sequence[UsageRow]],
    told: Mapping[str, Mapping[tuple[str, str], Decimal]],
    now: float,
    report: UsageReport,
) -> None:
    if isinstance(one.offering, Missing) or isinstance(one.resources, Missing):
        why = reason(one.offering) or reason(one.resources)
        _unread(one, accounts, why, report)
        return
    served = factors(one.policy, one.offering.value.components)
    changes: dict[str, Figures] = {}
    for resource in one.resources.value:
        account = accounts.get(resource.uuid)
        if account is None or resource.state not in REPORTABLE:
            continue
        figure = figures(rows.get(account, ()), one.policy.components, served)
        change, fell = news(figure, told.get(resource.uuid, {}))
        report.resources += 1
        report.unsent += [(account, unsent) for unsent in fell]
        if change is not None:
            changes[resource.uuid] = change
    _tell_all(world, one, changes, now, report)


def _not_seen(one: Billed, accounts: Mapping[str, str], snapshot: ClusterSnapshot, report: UsageReport) -> None:
    """What a list that is not whole may have left out: an account without its resource, a resource without its account.

    Where both lists are whole such an account is one that is going, and such a resource one that is still to be made.
    """
    resources = {resource.uuid for resource in value_or(one.resources, ()) if resource.state in REPORTABLE}
    if isinstance(one.resources, Partial):
        listed = {resource.uuid for resource in one.resources.value}
        _unread(one, accounts.keys() - listed, one.resources.reason, report)
    if isinstance(snapshot.accounts, Partial):
        _unread(one, resources - accounts.keys(), snapshot.accounts.reason, report)


def _unread(one: Billed, resources: Collection[str], why: str, report: UsageReport) -> None:
    if not resources:
        return
    report.outage = report.outage or why
    report.failed.update(dict.fromkeys(resources, why))
    report.notices.append(f"offering {one.policy.name}: no usage of {len(resources)} resource(s) was told: {why}")


def _tell_all(world: World, one: Billed, changes: Mapping[str, Figures], now: float, report: UsageReport) -> None:
    """Tell every change (resource → figures), a few at once; what is not told is in ``report.failed``."""
    users = _offering_users(world, one, now)

    def attempt(resource: str) -> AgentError | None:
        try:
            _tell(world, one.policy.uuid, resource, changes[resource], users, now)
        except AgentError as error:
            return error
        return None

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="usage") as pool:
        errors = dict(zip(changes, pool.map(attempt, changes), strict=True))
    failed = {resource: str(error) for resource, error in errors.items() if error is not None}
    report.failed.update(failed)
    report.changed += len(changes) - len(failed)


def _offering_users(world: World, one: Billed, now: float) -> dict[str, str]:
    """Username → offering user, by the name on the cluster and by the one that the marketplace shows now."""
    had, found = world.journal.known(now).usernames, value_or(one.users, ())
    shown = {user.username: user.uuid for user in found if user.username}
    mine = {had.get((one.policy.uuid, user.user_uuid), ""): user.uuid for user in found}
    return {name: uuid for name, uuid in {**shown, **mine}.items() if name}


def _tell(world: World, offering: str, resource: str, change: Figures, users: Mapping[str, str], now: float) -> None:
    """Send, then remember: a crash between the two sends the same totals once more, which changes nothing.

    ``now`` (UTC seconds) names the month. Raises NotConverged when that month is over, Unavailable after a stop.
    """
    month = month_name(now)
    if month_name(world.clock.now()) != month:
        raise NotConverged(f"the month {month} ended while its usage was told; nothing more is booked on it")
    if world.stopping():
        raise Unavailable("the agent was told to stop; the next run tells it")
    if change.totals:
        world.marketplace.set_usage(resource, change.totals, now)
        totals = {(name, ""): value for name, value in change.totals.items()}
        world.journal.tell_usage(month, resource, totals, now)
    if change.users:
        world.marketplace.set_user_usage(offering, resource, change.users, users, now)
        world.journal.tell_usage(month, resource, change.users, now)


def _by_account(rows: Iterable[UsageRow]) -> dict[str, list[UsageRow]]:
    found: dict[str, list[UsageRow]] = {}
    for row in rows:
        found.setdefault(row.account, []).append(row)
    return found
