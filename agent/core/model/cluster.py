"""Slurm's own records: accounts, associations, partitions. TRES limits are in TRES-minutes (mem: MiB-minutes)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

PartitionValue: TypeAlias = int | bool | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits that an account's or a user's association, or a QOS, has of its own; what it inherits is not here.

    The mappings go from a TRES name (``cpu``, ``mem``, ``gres/gpu``) to TRES-minutes (``…_mins``) or to an amount
    (mem: MiB); a TRES that is not there has no limit. A number is None without a limit, ``grp_wall`` is in minutes.
    ``grp_jobs`` 0: nothing starts; ``grp_submit_jobs`` 0: nothing may be submitted.
    ``max_tres`` is the most of one job (MaxTRESPerJob).
    """

    grp_tres_mins: Mapping[str, int] = field(default_factory=dict)
    grp_tres: Mapping[str, int] = field(default_factory=dict)
    grp_tres_run_mins: Mapping[str, int] = field(default_factory=dict)
    max_tres: Mapping[str, int] = field(default_factory=dict)
    grp_jobs: int | None = None
    grp_submit_jobs: int | None = None
    grp_wall: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Limits):
    """An account with the limits of its own association.

    Names, organization and description are lower case, as Slurm stores them. ``fairshare`` is None for Slurm's 1.
    ``qos`` is the account's own list of QOS, sorted; empty when it has the one of its parent.
    """

    name: str
    parent: str
    organization: str = ""
    description: str = ""
    fairshare: int | None = None
    qos: tuple[str, ...] = ()
    default_qos: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Association(Limits):
    """A user in an account. ``partition`` is "" for the usual association that is good for every partition.

    ``qos`` and ``default_qos`` are the association's own; empty when it has the account's.
    """

    account: str
    user: str
    partition: str = ""
    max_submit_jobs: int | None = None
    fairshare: int | None = None
    qos: tuple[str, ...] = ()
    default_qos: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Qos(Limits):
    """A QOS. ``description`` carries the marker of the one that was made for a resource; ``flags`` are sorted."""

    name: str
    description: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A partition's settings in the marketplace's field names and units (minutes, MiB, seconds), unset left out.

    ``unsettable``: fields that this version of Slurm does not know, and since when it would.
    """

    name: str
    fields: Mapping[str, PartitionValue] = field(default_factory=dict)
    unsettable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFacts:
    """What the controller says of itself: ``config`` is ``scontrol show config``, ``tres`` the sum over all nodes."""

    name: str
    version: str
    nodes: int
    tres: Mapping[str, int] = field(default_factory=dict)
    config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job in the queue; ``running`` is False while it is pending."""

    id: str
    account: str
    user: str
    running: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What slurmctld counts against an account's own GrpTRESMins now, and what runs there.

    ``used``: TRES → TRES-minutes, rounded up; it decays and is reset as slurm.conf says. ``running``: jobs that run.
    """

    used: Mapping[str, int]
    running: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """What one user used in one account in a period: TRES name to TRES-seconds (mem: MiB-seconds)."""

    account: str
    user: str
    tres_seconds: Mapping[str, int]
