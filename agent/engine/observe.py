"""Read both sides whole, section by section, from a bounded pool of threads."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TypeVar, cast

from agent.core.model.directory import Directory, Feed
from agent.core.model.marketplace import Offering, ProjectRole, Resource, ServiceAccount
from agent.core.orders import needs_resource
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import (
    NO_DIRECTORY,
    Complete,
    Missing,
    Observed,
    OfferingSnapshot,
    Partial,
    Section,
    reason,
    value_or,
)
from agent.engine.world import World
from agent.errors import AgentError, Incomplete

T = TypeVar("T")

READERS = 8
"""Reads at once: enough to hide a round trip, few enough to be a polite client."""


def section(read: Callable[[], T]) -> Section[T]:
    """What ``read`` gives, and how well it is known: an error is never an empty list."""
    try:
        return Complete(read())
    except Incomplete as error:
        return Partial(cast(T, error.rows), str(error)) if error.rows else Missing(str(error))
    except AgentError as error:
        return Missing(str(error))


def observe(world: World, policies: Sequence[OfferingPolicy]) -> Observed:
    """The marketplace, the cluster and the directory as they are now."""
    at = world.clock.now()
    with ThreadPoolExecutor(READERS, thread_name_prefix="observe") as pool:
        cluster = pool.submit(world.cluster.observe)
        offerings = {policy.uuid: _Reading(world, policy, pool) for policy in policies}
        directory = _directory(world)
        for reading in offerings.values():
            reading.begin_teams(pool)
        snapshots = {uuid: reading.snapshot() for uuid, reading in offerings.items()}
        return Observed(at=at, offerings=snapshots, cluster=cluster.result(), directory=directory)


class _Reading:
    """One offering's sections under way. Teams wait for the offering and its resources, which say where to look."""

    def __init__(self, world: World, policy: OfferingPolicy, pool: ThreadPoolExecutor) -> None:
        marketplace, uuid, attributes = world.marketplace, policy.uuid, policy.username.attributes
        self._world = world
        self._policy = policy
        self._offering = pool.submit(section, lambda: marketplace.offering(uuid))
        self._orders = pool.submit(section, lambda: marketplace.orders(uuid))
        self._resources: Future[Section[tuple[Resource, ...]]] = pool.submit(
            section, lambda: marketplace.resources(uuid)
        )
        self._users = pool.submit(section, lambda: marketplace.offering_users(uuid, attributes))
        self._teams: Future[Section[tuple[ProjectRole, ...]]]
        self._services: Future[Section[tuple[ServiceAccount, ...]]]
        self._feed: Future[Section[Feed]] | None = None
        if world.directory is not None:
            self._feed = pool.submit(section, lambda: marketplace.directory_feed(uuid))

    def begin_teams(self, pool: ThreadPoolExecutor) -> None:
        """Waits for what says where to look; to be called once every other read is under way."""
        self._restored()
        offering, resources = self._offering.result(), self._resources.result()
        self._teams = pool.submit(self._read_teams, offering, resources)
        self._services = pool.submit(self._read_services, resources)

    def _restored(self) -> None:
        """Adds the resources that Restore orders are about: they are terminated, so no listing shows them."""
        orders, resources = self._orders.result(), self._resources.result()
        if isinstance(resources, Missing):
            return
        listed = {resource.uuid for resource in resources.value}
        asked = {one.resource_uuid for one in value_or(orders, ()) if needs_resource(one)} - listed
        found = [section(partial(self._world.marketplace.resource, uuid)) for uuid in sorted(asked)]
        read = tuple(one.value for one in found if not isinstance(one, Missing))
        if read:
            self._resources = Future()
            self._resources.set_result(replace(resources, value=(*resources.value, *read)))

    def snapshot(self) -> OfferingSnapshot:
        return OfferingSnapshot(
            offering=self._offering.result(),
            resources=self._resources.result(),
            teams=self._teams.result(),
            orders=self._orders.result(),
            users=self._users.result(),
            feed=_feed(self._feed.result()) if self._feed else Missing(NO_DIRECTORY),
            services=self._services.result(),
        )

    def _read_teams(
        self, offering: Section[Offering], resources: Section[tuple[Resource, ...]]
    ) -> Section[tuple[ProjectRole, ...]]:
        if isinstance(offering, Missing) or isinstance(resources, Missing):
            return Missing(reason(offering) or reason(resources))
        whose, what = offering.value, resources.value
        return section(lambda: self._world.marketplace.project_roles(whose, what))

    def _read_services(self, resources: Section[tuple[Resource, ...]]) -> Section[tuple[ServiceAccount, ...]]:
        kinds, uuid = self._policy.services, self._policy.uuid
        if not kinds:
            return Complete(())
        if isinstance(resources, Missing):
            return Missing(resources.reason)
        what = resources.value
        found = section(lambda: self._world.marketplace.service_accounts(uuid, kinds, what))
        if isinstance(found, Complete) and isinstance(resources, Partial):  # robots of resources that are not seen
            return Partial(found.value, resources.reason)
        return found


def _feed(feed: Section[Feed]) -> Section[Feed]:
    """A partial feed arrives as the one-element rows of its error."""
    if isinstance(feed, Partial):
        rows = cast(tuple[Feed, ...], feed.value)
        return Partial(rows[0], feed.reason)
    return feed


def _directory(world: World) -> Section[Directory]:
    if world.directory is None:
        return Missing(NO_DIRECTORY)
    return section(world.directory.current)
