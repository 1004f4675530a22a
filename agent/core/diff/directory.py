"""The directory: user records added, changed and removed, groups in their wake."""

from collections.abc import Iterable, Set

from agent.core.actions import (
    Action,
    DirectoryAction,
    Evidence,
    PutDirectoryGroups,
    PutDirectoryUser,
    RemoveDirectoryUser,
)
from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser


def directory_actions(
    desired: Directory, observed: Directory, quarantined: Set[str], feeds_complete: bool
) -> Iterable[Action]:
    """What must change in the published directory.

    Users go, and records change, only when every offering's feed was read whole: the feed that is missing may hold
    what seems to be gone. ``quarantined``: names whose record was refused; they keep the one they have.
    """
    there = {user.name: user for user in observed.users}
    wanted = {user.name: user for user in desired.users}
    for name, user in sorted(wanted.items()):
        if name not in there or (feeds_complete and there[name] != user):
            before = there.get(name)
            disabled = user.disabled and before is not None and not before.disabled
            evidence = Evidence.POSITIVE if disabled else None
            yield PutDirectoryUser(offering="", user=user, before=before, evidence=evidence)
    gone = [there[name] for name in sorted(set(there) - set(wanted) - quarantined)]
    if feeds_complete:
        yield from (RemoveDirectoryUser(offering="", user=user, evidence=Evidence.ABSENCE) for user in gone)
    kept = [user for name, user in there.items() if name not in wanted]
    added, dropped = _groups(desired, observed, kept)
    if added or (dropped and feeds_complete):
        yield PutDirectoryGroups(offering="", added=added, dropped=dropped if feeds_complete else ())


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
        if isinstance(action, PutDirectoryUser):
            users[action.user.name] = action.user
        elif isinstance(action, RemoveDirectoryUser):
            removed.add(action.user.name)
            dropping = True
        elif isinstance(action, PutDirectoryGroups):
            dropping = dropping or bool(action.dropped)
    kept = tuple(user for name, user in sorted(users.items()) if name not in removed)
    return Directory(
        users=kept, groups=_needed_groups(kept, desired, observed) if dropping else _all_groups(desired, observed)
    )


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
