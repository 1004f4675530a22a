"""What a publication changes, as a person reads it and for a machine."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict

from agent.cli.directory_changes import Changes, PersonChange, Turn
from agent.core.guard import HeldAction
from agent.core.model.directory import DirectoryUser

SIGNS = {Turn.COMES: "+", Turn.LET_IN: "+", Turn.CHANGES: "~", Turn.LOCKED_OUT: "-", Turn.REMOVED: "-"}
_COUNTED = {
    Turn.COMES: "new",
    Turn.LET_IN: "let in again",
    Turn.CHANGES: "changed",
    Turn.LOCKED_OUT: "locked out",
    Turn.REMOVED: "removed",
}
_WORDS = {
    "uidnumber": "uid",
    "primarygroup": "primary group",
    "givenname": "given name",
    "sn": "surname",
    "mail": "mail",
    "loginshell": "shell",
    "homedir": "home",
}


def change_lines(found: Changes) -> Iterator[str]:
    """A line for each person and group, and how many there are; what cannot be printed is the caller's to escape."""
    for one in found.people:
        yield f"  {SIGNS[one.turn]} {one.name} {one.turn}{_details(one, found.groups)}"
    for sign, verb, groups in (("+", "comes", found.groups_added), ("-", "is dropped", found.groups_dropped)):
        for group in groups:
            yield f"  {sign} group {group.name} (gid {group.gidnumber}) {verb}"
    yield _summary(found)


def held_directory_lines(held: Iterable[HeldAction], checksum: str) -> Iterator[str]:
    """The changes that the guard holds, and the word that releases everything that is held."""
    lines = [f"  ⏸ held: {item.describe()}" for item in held]
    yield from lines
    if lines and checksum:
        yield f"    release everything that is held, as it stands: agent guard release {checksum}"


def change_values(found: Changes, held: Iterable[HeldAction]) -> dict[str, object]:
    """The same for a machine; of SSH keys only how many are new and gone."""
    return {
        "people": [
            {
                "turn": one.turn.name.lower(),
                "name": one.name,
                "fields": {name: _values(one, name) for name in one.fields},
            }
            for one in found.people
        ],
        "groups_added": [asdict(group) for group in found.groups_added],
        "groups_dropped": [asdict(group) for group in found.groups_dropped],
        "held": [{"key": item.action.key, "text": item.action.describe(), "reason": item.reason} for item in held],
    }


def _summary(found: Changes) -> str:
    if found.empty:
        return "Nothing changes in the directory."
    numbers = Counter(one.turn for one in found.people)
    people = ", ".join(f"{numbers[turn]} {word}" for turn, word in _COUNTED.items() if numbers[turn])
    groups = f"{len(found.groups_added)} added, {len(found.groups_dropped)} dropped"
    return f"People: {people or 'none'}; groups: {groups}."


def _details(one: PersonChange, groups: Mapping[int, str]) -> str:
    if one.before is None and one.after is not None:
        return f": {_introduced(one.after, groups)}"
    if one.after is None and one.before is not None:
        return f" (uid {one.before.uidnumber})"
    texts = "; ".join(text for field in one.fields for text in _field(one, field, groups))
    return f": {texts}" if texts else ""


def _introduced(user: DirectoryUser, groups: Mapping[int, str]) -> str:
    names = [groups.get(gid, str(gid)) for gid in user.othergroups]
    more = f", groups {', '.join(names)}" if names else ""
    locked = ", disabled" if user.disabled else ""
    return f"uid {user.uidnumber}, {_counted(len(user.sshkeys), 'key')}, shell {user.loginshell}{more}{locked}"


def _field(one: PersonChange, field: str, groups: Mapping[int, str]) -> Iterator[str]:
    old, new = getattr(one.before, field), getattr(one.after, field)
    if field == "sshkeys":
        yield _keys(old, new)
    elif field == "othergroups":
        yield from _memberships(old, new, groups)
    elif field == "primarygroup":
        yield f"primary group {_group(old, groups)} → {_group(new, groups)}"
    else:
        yield f"{_WORDS[field]} {old or 'none'} → {new or 'none'}"


def _group(gid: int, groups: Mapping[int, str]) -> str:
    return f"{groups[gid]} ({gid})" if gid in groups else str(gid)


def _memberships(old: Collection[int], new: Collection[int], groups: Mapping[int, str]) -> Iterator[str]:
    for verb, gids in (("joins", sorted(set(new) - set(old))), ("leaves", sorted(set(old) - set(new)))):
        if gids:
            yield f"{verb} {', '.join(groups.get(gid, str(gid)) for gid in gids)}"


def _keys(old: Collection[str], new: Collection[str]) -> str:
    more, fewer = len(set(new) - set(old)), len(set(old) - set(new))
    texts = ((more, "more"), (fewer, "fewer"))
    return ", ".join(f"{_counted(number, 'key')} {word}" for number, word in texts if number)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _values(one: PersonChange, field: str) -> dict[str, object]:
    old, new = getattr(one.before, field), getattr(one.after, field)
    if field == "sshkeys":
        return {"more": len(set(new) - set(old)), "fewer": len(set(old) - set(new))}
    return {"before": old, "after": new}
