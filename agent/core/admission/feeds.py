"""Which feed is used of an offering: the one that was read, or what was last read whole."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser, Feed
from agent.core.snapshot import Complete, Missing, Observed, Partial, Section


def wants_last_good(section: Section[Feed]) -> bool:
    """Whether the offering's last good feed must be looked at: the one that was read is not whole, or lists nobody."""
    return not isinstance(section, Complete) or not section.value.directory.users


def believed(observed: Observed, last_good: Mapping[str, Feed], *, confirmed: bool) -> Observed:
    """The same, where a feed that lists nobody although it did before counts as not read.

    Only a person (``confirmed``) can say that it is true: an empty answer is also what a server in trouble gives.
    """
    if confirmed:
        return observed
    offerings = {
        uuid: replace(snapshot, feed=_held(snapshot.feed, last_good[uuid])) if uuid in last_good else snapshot
        for uuid, snapshot in observed.offerings.items()
    }
    return replace(observed, offerings=offerings)


def used(section: Section[Feed], last_good: Feed | None) -> Feed | None:
    """What is used of the offering's feed; None when nothing is known of it.

    Of a feed that was read in part: its records, and of whoever is not among them what was last read whole.
    """
    if isinstance(section, Missing):
        return last_good
    if isinstance(section, Complete) or last_good is None:
        return section.value
    now, before = section.value, last_good
    if not now.directory.users and not now.directory.groups:
        return before
    return Feed(
        directory=Directory(
            users=(*now.directory.users, *_other_users(before.directory.users, now.directory.users)),
            groups=(*now.directory.groups, *_other_groups(before.directory.groups, now.directory.groups)),
        ),
        tells_disabled=now.tells_disabled and before.tells_disabled,
    )


def _held(section: Section[Feed], before: Feed) -> Section[Feed]:
    if not isinstance(section, Complete) or section.value.directory.users or not before.directory.users:
        return section
    return Partial(
        Feed(),
        f"it lists nobody, and {len(before.directory.users)} users before; if that is right:"
        " agent sync --confirm-removals",
    )


def _other_users(before: Collection[DirectoryUser], now: Collection[DirectoryUser]) -> tuple[DirectoryUser, ...]:
    """By name and by number: a person who was renamed in between is not there twice."""
    names, uids = {user.name for user in now}, {user.uidnumber for user in now}
    return tuple(user for user in before if user.name not in names and user.uidnumber not in uids)


def _other_groups(before: Collection[DirectoryGroup], now: Collection[DirectoryGroup]) -> tuple[DirectoryGroup, ...]:
    names, gids = {group.name for group in now}, {group.gidnumber for group in now}
    return tuple(group for group in before if group.name not in names and group.gidnumber not in gids)
