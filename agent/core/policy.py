"""What the settings decide, as frozen values; built at the edge, used by the core."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from agent.core.model.marketplace import AccountKind


class LimitKind(StrEnum):
    """Which of Slurm's limits an ordered amount becomes."""

    GRP_TRES_MINS = "GrpTRESMins"
    GRP_TRES = "GrpTRES"
    GRP_TRES_RUN_MINS = "GrpTRESRunMins"
    MAX_TRES = "MaxTRES"
    GRP_JOBS = "GrpJobs"
    GRP_SUBMIT = "GrpSubmit"
    GRP_WALL = "GrpWall"
    FAIRSHARE = "fairshare"
    NONE = "none"

    @property
    def of_tres(self) -> bool:
        """Whether the limit is one of a TRES, not a number."""
        return self in _OF_TRES


_OF_TRES = frozenset({LimitKind.GRP_TRES_MINS, LimitKind.GRP_TRES, LimitKind.GRP_TRES_RUN_MINS, LimitKind.MAX_TRES})


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentRule:
    """How one component is limited and billed.

    ``factor`` is the number of Slurm's units in one marketplace unit. For GrpTRESMins and GrpTRESRunMins these are
    TRES-minutes (mem: MiB-minutes): cpu-hours 60, GB-hours 61 440; for GrpTRES and MaxTRES the TRES itself (mem: MiB);
    for GrpWall minutes. None means that the server's ``unit_factor`` is used. ``also``: more TRES that the same amount
    limits, each with its factor; usage is billed by ``tres`` alone, and only where the limit is GrpTRESMins or none.
    ``per_user``: the limit is each member's own, not the account's. ``prepaid``: the amount is one month's, and the
    limit is that of all months until the resource's end.
    """

    tres: str = ""
    factor: int | None
    also: Mapping[str, int] = field(default_factory=dict)
    limit: LimitKind = LimitKind.GRP_TRES_MINS
    per_user: bool = False
    prepaid: bool = False

    @property
    def billed(self) -> bool:
        """Whether usage of the component is TRES-minutes, which is what can be told to the marketplace."""
        return bool(self.tres) and self.limit in {LimitKind.GRP_TRES_MINS, LimitKind.NONE}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsernamePolicy:
    """How an offering that leaves its usernames to the provider names them.

    ``source``: who makes a name; "" for nobody. A "template" is numbered by the agent when two people would get the
    same name; what a "command" or the "directory" says is taken as it is or not at all. ``attributes``: what is read
    of a person for it, see ``OfferingUser``. ``longest``: characters of a name.
    """

    source: Literal["", "template", "command", "directory"] = ""
    attributes: tuple[str, ...] = ()
    longest: int = 32

    @property
    def numbered(self) -> bool:
        """Whether a name that somebody else has may get a number."""
        return self.source == "template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Commands (argv) that a site runs once for each user or resource; empty for none."""

    on_user_ready: tuple[str, ...] = ()
    on_resource_ready: tuple[str, ...] = ()
    on_resource_removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingPolicy:
    """One offering's rules. ``roles`` are the project roles that give access; empty means all.

    ``job_grace``: seconds that running jobs have once their user or account is to go, before they are cancelled.
    ``approval``: who takes a pending order up: the agent, a person in the marketplace, or the agent after
    ``ask_command`` (argv) said yes. ``limits_on``: limits stand on the account, or on a QOS made for it.
    ``on_lower_limit``: a limit below what is used waits until nothing runs (drain), or kills (apply).
    ``tree``: the levels above an account, from the top: of "customer" and "project"; empty for none.
    ``on_pause``: a pause sets limits that let nothing start, or the QOS ``paused_qos``.
    ``on_terminate``: what a Terminate order does to the account; a disabled one is deleted after ``purge_after``
    seconds, None for never. ``remove_empty``: accounts above go when nothing is below them any more.
    ``services``: which accounts that are no person's are members. ``gate``: what must know a name, with the uid that is
    expected, before it is associated. ``user_partitions``: a member is associated once for each, not for all;
    ``user_qos`` and ``user_default_qos``: members' own QOS; ``default_account``: an account that every member is in and
    that is the default of new users. ``coordinators``: managers of the project coordinate its accounts.
    """

    uuid: str
    name: str
    parent_account: str
    components: Mapping[str, ComponentRule] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    job_grace: float = 86_400.0
    approval: Literal["auto", "manual", "ask"] = "auto"
    ask_command: tuple[str, ...] = ()
    limits_on: Literal["account", "qos"] = "account"
    on_lower_limit: Literal["drain", "apply"] = "drain"
    tree: tuple[str, ...] = ()
    on_pause: Literal["limit", "qos"] = "limit"
    paused_qos: str = ""
    downscaled_qos: str = ""
    on_terminate: Literal["delete", "disable"] = "delete"
    purge_after: float | None = None
    remove_empty: bool = False
    username: UsernamePolicy = field(default_factory=UsernamePolicy)
    services: frozenset[AccountKind] = frozenset()
    gate: Literal["none", "nss", "ldap"] = "none"
    user_partitions: tuple[str, ...] = ()
    user_qos: tuple[str, ...] = ()
    user_default_qos: str = ""
    default_account: str = ""
    coordinators: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardPolicy:
    """The limits of what may run unattended. Shares are fractions, times seconds."""

    removal_confirm_after: float = 1800.0
    offering_floor: int = 5
    offering_share: float = 0.10
    total_floor: int = 10
    total_share: float = 0.10
    per_day: int = 50
    small_account: int = 5
    terminations_floor: int = 20
    terminations_share: float = 0.10
    protected: frozenset[str] = frozenset({"root", "slurm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionPolicy:
    """Which directory records may be served. Ranges are inclusive.

    ``uid_ranges`` and ``gid_ranges``: offering → its own range, where it has one.
    ``shared_group`` (name, gid): everybody's primary group; None gives each user a group of their own.
    ``reserved_mails``: addresses that nobody is served with, whoever has them.
    ``most_users`` and ``most_groups`` (those of projects): a directory of more is taken for a mistake.
    """

    uid_range: tuple[int, int] = (10_000, 2_000_000_000)
    gid_range: tuple[int, int] = (10_000, 2_000_000_000)
    uid_ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    gid_ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    shells: tuple[str, ...] = ("/bin/bash", "/bin/zsh", "/bin/sh", "/usr/sbin/nologin")
    default_shell: str = "/bin/bash"
    nologin: str = "/usr/sbin/nologin"
    home_prefix: str = "/home"
    reserved_names: frozenset[str] = frozenset()
    reserved_uids: frozenset[int] = frozenset()
    reserved_group_names: frozenset[str] = frozenset()
    reserved_gids: frozenset[int] = frozenset()
    reserved_mails: frozenset[str] = frozenset()
    shared_group: tuple[str, int] | None = None
    most_users: int = 50_000
    most_groups: int = 10_000

    def uids_of(self, offering: str) -> tuple[tuple[int, int], ...]:
        """The ranges for the users of an offering; "" for those of any, as of a uid that was given long ago."""
        return _ranges(self.uid_range, self.uid_ranges, offering)

    def gids_of(self, offering: str) -> tuple[tuple[int, int], ...]:
        """The same for groups."""
        return _ranges(self.gid_range, self.gid_ranges, offering)


def _ranges(of_all: tuple[int, int], own: Mapping[str, tuple[int, int]], offering: str) -> tuple[tuple[int, int], ...]:
    return (own.get(offering, of_all),) if offering else (of_all, *own.values())
