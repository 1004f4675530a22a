"""What the settings decide, as frozen values; built at the edge, used by the core."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentRule:
    """How one component is limited and billed.

    ``factor`` is the number of TRES-minutes (mem: MiB-minutes) in one marketplace unit: cpu-hours 60, GB-hours 61 440.
    None means that the server's ``unit_factor`` is used.
    """

    tres: str
    factor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingPolicy:
    """One offering's rules. ``roles`` are the project roles that give access; empty means all.

    ``job_grace``: seconds that running jobs have once their user or account is to go, before they are cancelled.
    """

    uuid: str
    name: str
    parent_account: str
    components: Mapping[str, ComponentRule] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    job_grace: float = 86_400.0


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
    """Which directory records may be served. Ranges are inclusive."""

    uid_range: tuple[int, int] = (10_000, 2_000_000_000)
    gid_range: tuple[int, int] = (10_000, 2_000_000_000)
    shells: tuple[str, ...] = ("/bin/bash", "/bin/zsh", "/bin/sh", "/usr/sbin/nologin")
    default_shell: str = "/bin/bash"
    nologin: str = "/usr/sbin/nologin"
    home_prefix: str = "/home"
    reserved_names: frozenset[str] = frozenset()
    reserved_uids: frozenset[int] = frozenset()
    reserved_group_names: frozenset[str] = frozenset()
    reserved_gids: frozenset[int] = frozenset()
