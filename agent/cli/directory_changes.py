"""What a publication changes, person by person and group by group, as a value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser


class Turn(StrEnum):
    """What happens to one person."""

    COMES = "comes"
    LET_IN = "may log in again"
    CHANGES = "changes"
    LOCKED_OUT = "is locked out"
    REMOVED = "is removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange:
    """``before`` is None for somebody who comes, ``after`` for somebody who is removed; ``fields`` differ."""

    turn: Turn
    name: str
    before: DirectoryUser | None
    after: DirectoryUser | None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """People by turn and name; groups beside the personal ones, which come and go with their person.

    ``groups``: gid → name, of both sides.
    """

    people: tuple[PersonChange, ...]
    groups_added: tuple[DirectoryGroup, ...]
    groups_dropped: tuple[DirectoryGroup, ...]
    groups: Mapping[int, str]

    @property
    def empty(self) -> bool:
        """Whether the publication changes nothing."""
        return not (self.people or self.groups_added or self.groups_dropped)


def changes(before: Directory, after: Directory) -> Changes:
    """The difference between two directories."""
    old, new = {user.name: user for user in before.users}, {user.name: user for user in after.users}
    people = [one for name in sorted({*old, *new}) if (one := _person(name, old.get(name), new.get(name)))]
    order = list(Turn)
    added, dropped = set(after.groups) - set(before.groups), set(before.groups) - set(after.groups)
    return Changes(
        people=tuple(sorted(people, key=lambda one: order.index(one.turn))),
        groups_added=_shared(added, [one.after for one in people if one.turn is Turn.COMES and one.after]),
        groups_dropped=_shared(dropped, [one.before for one in people if one.turn is Turn.REMOVED and one.before]),
        groups={group.gidnumber: group.name for group in (*before.groups, *after.groups)},
    )


def _person(name: str, before: DirectoryUser | None, after: DirectoryUser | None) -> PersonChange | None:
    if before == after:
        return None
    return PersonChange(
        turn=_turn(before, after), name=name, before=before, after=after, fields=tuple(_differing(before, after))
    )


def _turn(before: DirectoryUser | None, after: DirectoryUser | None) -> Turn:
    if before is None:
        return Turn.COMES
    if after is None:
        return Turn.REMOVED
    if before.disabled != after.disabled:
        return Turn.LOCKED_OUT if after.disabled else Turn.LET_IN
    return Turn.CHANGES


def _differing(before: DirectoryUser | None, after: DirectoryUser | None) -> Iterator[str]:
    """The fields that differ, apart from ``disabled``, which the turn says."""
    if before is None or after is None:
        return
    for field in fields(DirectoryUser):
        if field.name != "disabled" and getattr(before, field.name) != getattr(after, field.name):
            yield field.name


def _shared(groups: set[DirectoryGroup], people: list[DirectoryUser]) -> tuple[DirectoryGroup, ...]:
    """The groups that are no personal group of these people."""
    personal = {(user.name, user.primarygroup) for user in people}
    left = (group for group in groups if (group.name, group.gidnumber) not in personal)
    return tuple(sorted(left, key=lambda group: group.gidnumber))
