"""What only the journal knows, as a value for the core."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.core.model.cluster import Association


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """One object that was removed; ``by_order`` when positive evidence, not absence, was the reason.

    ``key`` is the key of the action that removed it.
    """

    at: float
    offering: str
    by_order: bool
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An association that a restriction took away; ``own`` when the agent had made it."""

    association: Association
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The journal's memory at the start of a cycle. Losing it never widens what the agent owns.

    ``accounts``: resource → the account chosen for it. ``used_by``: account name → the resource that had it, for ever.
    ``associations``: (account, user) pairs the agent made; ``journaled``: accounts with any such entry, ever.
    ``usernames``: (offering, marketplace user) → the name this person had. ``holders``: name → the marketplace user who
    was given it, for ever, until a person releases it. ``uids``: name → uid, append-only; ``gids``: name → the gid of
    its own group, likewise; ``groups``: gid → the name of the group of several users that was served with it, likewise;
    ``persons``: name → whose record was served under it: a marketplace user, a service
    account as ``agent.core.usernames.service`` writes it, or "name" and the name when nothing else was known.
    ``let_go``: names that a person released → when; nobody has them now, and their directory records may go.
    ``coordinators``: (account, user) pairs that the agent made coordinators.
    ``blocked``: keys (``account`` or ``account/user``) the agent itself blocked → since when.
    ``replaced``: such a key → the fields (GrpJobs, GrpSubmitJobs, MaxSubmitJobs, QOS, DefaultQOS) whose
    value the agent replaced for a time → the value before, as text ("" for unset), to be put back.
    ``aside``: (account, user) → the association as it was before the resource's access was restricted, to be put back.
    ``resets``: account → the period (``2026-11``) whose usage it counts; see ``agent.core.periods``.
    ``first_missing``: action key → when it was first seen missing. ``removals``: those of the last 24 hours.
    ``released``: checksums of held actions that a person released in the last 24 hours.
    """

    accounts: Mapping[str, str] = field(default_factory=dict)
    used_by: Mapping[str, str] = field(default_factory=dict)
    associations: frozenset[tuple[str, str]] = frozenset()
    journaled: frozenset[str] = frozenset()
    usernames: Mapping[tuple[str, str], str] = field(default_factory=dict)
    holders: Mapping[str, str] = field(default_factory=dict)
    let_go: Mapping[str, float] = field(default_factory=dict)
    coordinators: frozenset[tuple[str, str]] = frozenset()
    uids: Mapping[str, int] = field(default_factory=dict)
    gids: Mapping[str, int] = field(default_factory=dict)
    groups: Mapping[int, str] = field(default_factory=dict)
    persons: Mapping[str, str] = field(default_factory=dict)
    blocked: Mapping[str, float] = field(default_factory=dict)
    replaced: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    aside: Mapping[tuple[str, str], SetAside] = field(default_factory=dict)
    resets: Mapping[str, str] = field(default_factory=dict)
    first_missing: Mapping[str, float] = field(default_factory=dict)
    removals: tuple[Removal, ...] = ()
    released: frozenset[str] = frozenset()
