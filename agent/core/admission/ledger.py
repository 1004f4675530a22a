"""What was once served, and to whom: the journal's word, and of what it does not know the published file's."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from agent.core.known import Known
from agent.core.model.directory import Directory

NOBODY_IN_PARTICULAR = "name "
"""What begins a person of whom nothing is known but the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Append-only: a name keeps its uid and the gid of its own group, and both keep their name; so does a group's gid.

    ``uids`` and ``gids``: by name. ``holders``: name → the person who holds it; ``served_to``: name → whose record was
    served under it. ``usernames``: (offering, person) → how the person is called there. ``let_go``: names that a person
    released. ``uid_names`` and ``gid_names`` are the other way round; ``names``: person → the names that were served to
    them and are still theirs. ``groups``: gid → name of the published groups that are no user's own; ``group_names``:
    the same of all that ever were; ``group_gids``: the published ones the other way round. ``members``: uid → the gids
    of the published record; ``primary``: the gids that are a published user's primary group.
    """

    uids: Mapping[str, int] = field(default_factory=dict)
    gids: Mapping[str, int] = field(default_factory=dict)
    holders: Mapping[str, str] = field(default_factory=dict)
    served_to: Mapping[str, str] = field(default_factory=dict)
    usernames: Mapping[tuple[str, str], str] = field(default_factory=dict)
    let_go: Collection[str] = frozenset()
    uid_names: Mapping[int, str] = field(default_factory=dict)
    gid_names: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[int, str] = field(default_factory=dict)
    group_names: Mapping[int, str] = field(default_factory=dict)
    group_gids: Mapping[str, int] = field(default_factory=dict)
    members: Mapping[int, Collection[int]] = field(default_factory=dict)
    primary: Collection[int] = frozenset()

    def stranger(self, name: str, person: str, uids: Collection[int] = ()) -> str:
        """Whose the name is when it is somebody else's than the person's; "" when it is not.

        An account of which only the name is known is the service account that has it. It is a person only with the
        uid of before (``uids`` are those of the records): who that is had not been read when it was served.
        """
        unread = self.uids.get(name) in uids
        for owner in (self.holders.get(name, ""), self.served_to.get(name, "")):
            same = owner == person or _nobody(owner, person) or _nobody(person, owner)
            if owner and not same and not (unread and owner.startswith(NOBODY_IN_PARTICULAR)):
                return owner
        return ""


def _nobody(one: str, other: str) -> bool:
    """Whether of one nothing but the name is known, and the other is a service account (they have a space)."""
    return one.startswith(NOBODY_IN_PARTICULAR) and " " in other


def ledger(known: Known, published: Directory) -> Ledger:
    """The ledger of a cycle. A name that the journal does not know has the numbers of the published file."""
    uids, gids = dict(known.uids), dict(known.gids)
    taken, own = set(uids.values()), {(group.name, group.gidnumber) for group in published.groups}
    for user in published.users:
        if user.name not in uids and user.uidnumber not in taken:
            uids[user.name] = user.uidnumber
        if uids.get(user.name) == user.uidnumber and (user.name, user.primarygroup) in own:
            gids.setdefault(user.name, user.primarygroup)
    groups = {group.gidnumber: group.name for group in published.groups if group.name not in uids}
    return Ledger(
        uids=uids,
        gids=gids,
        holders=known.holders,
        served_to=known.persons,
        usernames={
            (offering, person): name
            for (offering, person), name in known.usernames.items()
            if name and known.holders.get(name, person) == person
        },
        let_go=known.let_go.keys(),
        uid_names={uid: name for name, uid in uids.items()},
        gid_names={gid: name for name, gid in gids.items()},
        names=_names(known, uids),
        groups=groups,
        group_names={**groups, **known.groups},
        group_gids={name: gid for gid, name in groups.items()},
        members={user.uidnumber: user.othergroups for user in published.users},
        primary=frozenset(user.primarygroup for user in published.users),
    )


def _names(known: Known, uids: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """A uid that was retired stands under a name with a space, which is nobody's."""
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(uids.keys() - known.let_go.keys()):
        owner = known.holders.get(name) or known.persons.get(name)
        if owner and " " not in name:
            found[owner] = (*found.get(owner, ()), name)
    return found
