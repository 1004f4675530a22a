"""Slurm's own records: accounts, associations, partitions. TRES limits are in TRES-minutes (mem: MiB-minutes)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

PartitionValue: TypeAlias = int | bool | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account with the limits of its own association.

    ``grp_tres_mins`` maps a TRES name (``cpu``, ``mem``, ``gres/gpu``) to TRES-minutes; a TRES that is not there has
    no limit. ``grp_submit_jobs`` is None without a limit; 0 means that no job may be submitted.
    Names, organization and description are lower case, as Slurm stores them.
    """

    name: str
    parent: str
    organization: str = ""
    description: str = ""
    grp_tres_mins: Mapping[str, int] = field(default_factory=dict)
    grp_submit_jobs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """A user in an account. ``partition`` is "" for the usual association that is good for every partition."""

    account: str
    user: str
    partition: str = ""
    max_submit_jobs: int | None = None


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
class UsageRow:
    """What one user used in one account in a period: TRES name to TRES-seconds (mem: MiB-seconds)."""

    account: str
    user: str
    tres_seconds: Mapping[str, int]
