"""The marketplace's own records, reduced to the fields the agent reads.

Every UUID is 32 lower-case hex digits without dashes. Times are UTC seconds since the epoch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from agent.core.model.cluster import PartitionValue


class OrderType(StrEnum):
    """What an order asks for; a type this version does not know is ``OTHER``."""

    CREATE = "Create"
    UPDATE = "Update"
    TERMINATE = "Terminate"
    RESTORE = "Restore"
    OTHER = "other"


class OrderState(StrEnum):
    """Where an order stands; a state this version does not know is ``OTHER``."""

    PENDING_CONSUMER = "pending-consumer"
    PENDING_PROVIDER = "pending-provider"
    PENDING_PROJECT = "pending-project"
    PENDING_START_DATE = "pending-start-date"
    EXECUTING = "executing"
    DONE = "done"
    ERRED = "erred"
    CANCELED = "canceled"
    REJECTED = "rejected"
    OTHER = "other"


class ResourceState(StrEnum):
    """The life of a resource; it exists (Creating) before its order is approved."""

    CREATING = "Creating"
    OK = "OK"
    ERRED = "Erred"
    UPDATING = "Updating"
    TERMINATING = "Terminating"
    TERMINATED = "Terminated"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One thing an offering sells. ``unit_factor`` is the server's factor (2025+), if it has one.

    ``max_value``: the most that one order may ask for; ``prepaid``: paid for a number of months at once.
    """

    type: str
    name: str = ""
    billing_type: str = "usage"
    measured_unit: str = ""
    limit_period: str | None = None
    unit_factor: int | None = None
    max_value: int | None = None
    prepaid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingPartition:
    """A partition as the offering describes it; ``fields`` holds what is set, by the API's names and units."""

    uuid: str
    name: str
    fields: Mapping[str, PartitionValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """An offering and what hangs on it. ``customer_uuid`` is the provider's organization.

    ``quotas``: plan → component → the amount that the plan includes. ``account_naming`` is the offering's
    ``account_name_generation_policy`` and ``username_naming`` its ``username_generation_policy`` ("" when it has none).
    """

    uuid: str
    name: str
    state: str
    customer_uuid: str
    components: tuple[Component, ...] = ()
    partitions: tuple[OfferingPartition, ...] = ()
    quotas: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    account_naming: str = ""
    username_naming: str = ""

    @property
    def leaves_usernames(self) -> bool:
        """Whether the provider names its users; without a policy of its own that is what a server does."""
        return self.username_naming in {"", "service_provider"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order; ``resource_uuid`` is the marketplace resource to act on. ``limits`` are in the components' units.

    ``plan_uuid`` is the plan it asks for ("" when it names none). ``forced``: a Terminate with ``force_destroy``.
    ``error_message`` is what an erred order was told.
    """

    uuid: str
    type: OrderType
    state: OrderState
    resource_uuid: str
    resource_name: str = ""
    project_uuid: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)
    created: float = 0.0
    plan_uuid: str = ""
    forced: bool = False
    error_message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource of an offering. ``limits`` are in the components' units.

    ``created`` and ``ends`` (None without an end) are UTC seconds; ``ends`` is the first second of its last day.
    """

    uuid: str
    name: str
    slug: str
    state: ResourceState
    backend_id: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)
    project_uuid: str = ""
    project_slug: str = ""
    project_name: str = ""
    customer_uuid: str = ""
    customer_slug: str = ""
    customer_name: str = ""
    paused: bool = False
    downscaled: bool = False
    restrict_member_access: bool = False
    plan_uuid: str = ""
    created: float = 0.0
    ends: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRole:
    """One user's role in one project. ``expires`` is None when it does not."""

    project_uuid: str
    user_uuid: str
    role: str
    expires: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingUser:
    """A person's account at an offering. ``username`` is "" until named; ``state`` is "" on servers without states.

    ``attributes``: what the settings ask to be read of the person, by the API's names without ``user_``
    (``full_name``, ``email``, ``username``: the marketplace's own); one that the server hides is not there.
    """

    uuid: str
    user_uuid: str
    username: str = ""
    state: str = ""
    restricted: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


class AccountKind(StrEnum):
    """An account that is no person's: of a project, of a customer, of a course, or a robot of one resource."""

    PROJECT_SERVICE = "project service account"
    CUSTOMER_SERVICE = "customer service account"
    COURSE = "course account"
    ROBOT = "robot account"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """A service, course or robot account. ``state`` is "" on servers without states.

    ``project_uuid``, ``customer_uuid`` and ``resource_uuid`` say where it works, those that are known; a customer's
    account works in all of its projects. ``starts`` and ``ends`` are the first
    seconds (UTC) of its first and last day, None for no such day.
    """

    kind: AccountKind
    uuid: str
    username: str = ""
    state: str = ""
    project_uuid: str = ""
    customer_uuid: str = ""
    resource_uuid: str = ""
    starts: float | None = None
    ends: float | None = None
