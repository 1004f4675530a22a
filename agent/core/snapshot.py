"""What is known of each section of the world, and how well.

An error or an outage is never an empty list: a section is ``Complete``, ``Partial`` (some rows, perhaps not all) or
``Missing``. Additions may use what is there; removals need ``Complete``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from agent.core.model.cluster import Account, Association, ClusterFacts, Counted, Partition, Qos
from agent.core.model.directory import Directory, Feed
from agent.core.model.marketplace import Offering, OfferingUser, Order, ProjectRole, Resource, ServiceAccount

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Complete(Generic[T_co]):
    """Everything there is, proved."""

    value: T_co


@dataclass(frozen=True, slots=True)
class Partial(Generic[T_co]):
    """Some of it; ``reason`` says why it cannot be trusted to be all."""

    value: T_co
    reason: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing is known; ``reason`` says why."""

    reason: str


Section: TypeAlias = Complete[T] | Partial[T] | Missing


def value_or(section: Section[T], default: T) -> T:
    """The section's value, however well it is known; ``default`` when nothing is."""
    return default if isinstance(section, Missing) else section.value


def complete(section: Section[T]) -> bool:
    """Whether the section is proved to be everything."""
    return isinstance(section, Complete)


def reason(section: Section[T]) -> str:
    """Why the section is not complete; "" when it is."""
    return "" if isinstance(section, Complete) else section.reason


NOT_READ = Missing("not read")
"""A section that the settings have no use for."""

NO_DIRECTORY = "no directory is configured"
"""The reason of a directory that is missing on purpose."""


class SectionName(StrEnum):
    """The sections an action can need: seven of each offering, six of the cluster, one of the directory."""

    OFFERING = "offering"
    ORDERS = "orders"
    RESOURCES = "resources"
    TEAMS = "teams"
    USERS = "offering users"
    SERVICES = "service accounts"
    FEED = "feed"
    ACCOUNTS = "accounts"
    ASSOCIATIONS = "associations"
    PARTITIONS = "partitions"
    QOS = "QOS"
    COORDINATORS = "coordinators"
    DEFAULT_ACCOUNTS = "default accounts"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingSnapshot:
    """One offering as the marketplace shows it. ``services`` holds the kinds that are switched on, else nothing."""

    offering: Section[Offering]
    orders: Section[tuple[Order, ...]]
    resources: Section[tuple[Resource, ...]]
    teams: Section[tuple[ProjectRole, ...]]
    users: Section[tuple[OfferingUser, ...]]
    feed: Section[Feed]
    services: Section[tuple[ServiceAccount, ...]] = field(default_factory=lambda: Complete(()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSnapshot:
    """The cluster as Slurm shows it, foreign objects included.

    ``counted`` is read only for the accounts whose limits are to be lowered: account → what slurmctld counts.
    ``coordinators`` (account → its own coordinators) and ``default_accounts`` (user → account) are read only where the
    settings have a use for them.
    """

    accounts: Section[Mapping[str, Account]]
    associations: Section[tuple[Association, ...]]
    partitions: Section[Mapping[str, Partition]]
    facts: Section[ClusterFacts]
    qos: Section[Mapping[str, Qos]] = NOT_READ
    counted: Section[Mapping[str, Counted]] = NOT_READ
    coordinators: Section[Mapping[str, frozenset[str]]] = NOT_READ
    default_accounts: Section[Mapping[str, str]] = NOT_READ


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Both sides at one moment; ``at`` is the UTC second the reading began."""

    at: float
    offerings: Mapping[str, OfferingSnapshot]
    cluster: ClusterSnapshot
    directory: Section[Directory] = field(default_factory=lambda: Missing(NO_DIRECTORY))
