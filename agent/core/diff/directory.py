"""The directory: user records added, changed and removed, groups in their wake."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

from agent.core.actions import (
    Action,
    DirectoryAction,
    DisableDirectoryUser,
    Evidence,
    PutDirectoryGroups,
    PutDirectoryUser,
    RemoveDirectoryUser,
)
from agent.core.admission import Doubt
from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser

NOLOGIN = "/usr/sbin/nologin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Names that are treated each in its way when no feed lists them, or a feed disables them.

    ``quarantined``: their record was refused, and they keep the one they have. ``held``: people and accounts that the
    marketplace still shows; a feed that lacks them is no word about them. ``leaving``: users whose associations are
    being removed: they are locked out only after that. ``released``: nobody has the name any more. ``locked``: of the
    quarantined, those who are disabled everywhere.
    """

    quarantined: Set[str] = frozenset()
    held: Set[str] = frozenset()
    leaving: Set[str] = frozenset()
    released: Set[str] = frozenset()
    locked: Set[str] = frozenset()


def directory_actions(
    desired: Directory, observed: Directory, whose: Whose, doubt: Doubt, nologin: str = NOLOGIN
) -> Iterable[Action]:
    """What must change in the published directory.

    Users leave, and groups go, only when every offering's feed was read whole: the one that is missing may hold what
    seems to be gone. While one is, records change as far as the others can tell; without even an earlier feed of it,
    there are only additions. A record stays for ever, so that files keep an owner, until its name is released.
    """
    there = {user.name: user for user in observed.users}
    wanted = {user.name: _told(user, there.get(user.name), doubt) for user in desired.users}
    for name, user in sorted(wanted.items()):
        if name not in there or doubt.whole:
            yield from _put(user, there.get(name), whose)
    if doubt.fresh:
        yield from _gone(there, wanted, whose, nologin)
        for name in sorted(whose.locked & there.keys() - wanted.keys()):
            yield from _put(_locked(there[name], nologin), there[name], whose)
    kept = [user for name, user in there.items() if name not in wanted or _stays(wanted[name], user, whose)]
    added, dropped = _groups(desired, observed, kept)
    if added or (dropped and doubt.fresh):
        yield PutDirectoryGroups(offering="", added=added, dropped=dropped if doubt.fresh else ())


def _told(user: DirectoryUser, before: DirectoryUser | None, doubt: Doubt) -> DirectoryUser:
    """The record as far as the feeds that were read can tell: what another may still give is not taken away."""
    if doubt.fresh or before is None:
        return user
    if user.name in doubt.people and _locked_out(user, before):
        return before
    kept = set(before.othergroups) - doubt.groups - {user.primarygroup}
    if kept <= set(user.othergroups):
        return user
    return replace(user, othergroups=tuple(sorted(kept.union(user.othergroups))))


def _put(user: DirectoryUser, before: DirectoryUser | None, whose: Whose) -> Iterable[Action]:
    if user != before and not _stays(user, before, whose):
        evidence = Evidence.POSITIVE if before is not None and _loses_access(user, before) else None
        yield PutDirectoryUser(offering="", user=user, before=before, evidence=evidence)


def _stays(user: DirectoryUser, before: DirectoryUser | None, whose: Whose) -> bool:
    """Whether a record stays as it is for now: a locked one has neither keys nor a shell, and jobs may still run."""
    return user.name in whose.leaving and _locked_out(user, before)


def _locked_out(user: DirectoryUser, before: DirectoryUser | None) -> bool:
    return user.disabled and before is not None and not before.disabled


def _loses_access(user: DirectoryUser, before: DirectoryUser) -> bool:
    """Disabled, or left without any key or any group: a feed that does that to many at once is not believed."""
    without_keys = bool(before.sshkeys) and not user.sshkeys
    return _locked_out(user, before) or without_keys or (bool(before.othergroups) and not user.othergroups)


def _gone(
    there: Mapping[str, DirectoryUser], wanted: Mapping[str, object], whose: Whose, nologin: str
) -> Iterable[Action]:
    for name in sorted(set(there) - set(wanted) - whose.quarantined - whose.leaving):
        user = there[name]
        if name in whose.released:
            yield RemoveDirectoryUser(offering="", user=user, evidence=Evidence.ABSENCE)
        elif not user.disabled and name not in whose.held:
            yield DisableDirectoryUser(offering="", user=_locked(user, nologin), evidence=Evidence.ABSENCE)


def _locked(user: DirectoryUser, nologin: str) -> DirectoryUser:
    return replace(user, disabled=True, sshkeys=(), loginshell=nologin)


def published(observed: Directory, desired: Directory, actions: Iterable[Action]) -> Directory:
    """The directory with only ``actions`` carried out: what the guard holds keeps its present record.

    Without one it is what it was: a feed that was not believed adds no group either.
    """
    mine = [action for action in actions if isinstance(action, DirectoryAction)]
    return _changed(observed, desired, mine) if mine else observed


def _changed(observed: Directory, desired: Directory, actions: Iterable[Action]) -> Directory:
    users = {user.name: user for user in observed.users}
    removed: set[str] = set()
    dropping = False
    for action in actions:
        if isinstance(action, PutDirectoryUser | DisableDirectoryUser):
            users[action.user.name] = action.user
        elif isinstance(action, RemoveDirectoryUser):
            removed.add(action.user.name)
            dropping = True
        elif isinstance(action, PutDirectoryGroups):
            dropping = dropping or bool(action.dropped)
    kept = [user for name, user in sorted(users.items()) if name not in removed]
    old = _renumbered(observed, desired) - {user.primarygroup for user in kept}
    before = replace(observed, groups=tuple(group for group in observed.groups if group.gidnumber not in old))
    left = tuple(_without_groups(user, old) for user in kept)
    groups = _needed_groups(left, desired, before) if dropping else _all_groups(desired, before)
    return Directory(users=left, groups=groups)


def _renumbered(observed: Directory, desired: Directory) -> frozenset[int]:
    """The old gids of groups that have another one now: no group is there twice for the sake of a record that stays."""
    names, gids = {group.name for group in desired.groups}, {group.gidnumber for group in desired.groups}
    return frozenset(one.gidnumber for one in observed.groups if one.name in names and one.gidnumber not in gids)


def _without_groups(user: DirectoryUser, gids: Set[int]) -> DirectoryUser:
    if gids.isdisjoint(user.othergroups):
        return user
    return replace(user, othergroups=tuple(gid for gid in user.othergroups if gid not in gids))


def _needed_groups(
    users: Iterable[DirectoryUser], desired: Directory, observed: Directory
) -> tuple[DirectoryGroup, ...]:
    """The desired groups, and those of today that a record which stays still points to."""
    used = {gid for user in users for gid in (user.primarygroup, *user.othergroups)}
    groups = {group.gidnumber: group for group in observed.groups if group.gidnumber in used}
    groups.update({group.gidnumber: group for group in desired.groups})
    return tuple(groups[gid] for gid in sorted(groups))


def _all_groups(desired: Directory, observed: Directory) -> tuple[DirectoryGroup, ...]:
    """The desired groups beside all of today's: nothing says that one may go."""
    groups = {group.gidnumber: group for group in (*observed.groups, *desired.groups)}
    return tuple(groups[gid] for gid in sorted(groups))


def _groups(
    desired: Directory, observed: Directory, kept: Iterable[DirectoryUser]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of groups that come and go, apart from those that a user who is still there keeps alive."""
    used = {gid for user in kept for gid in (user.primarygroup, *user.othergroups)}
    new, old = set(desired.groups), set(observed.groups)
    added = sorted(group.name for group in new - old)
    dropped = sorted(group.name for group in old - new if group.gidnumber not in used)
    return tuple(added), tuple(dropped)
