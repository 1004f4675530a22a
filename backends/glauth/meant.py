"""What GLAuth should serve for each record of a file, in the words of LDAP.

From GLAuth's own source: an empty text is left out, an empty shell or home gets a default, a group's members are those
who have it first or besides, and ``memberOf`` names only groups that exist.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from agent.core.model.directory import Directory, DirectoryUser
from backends.glauth.base import Base
from backends.glauth.sentinel import Sentinel

Values: TypeAlias = frozenset[str]


@dataclass(frozen=True, slots=True)
class Meant:
    """Users and groups by name, each as attribute → values; ``others`` are the site's own and the probe's names."""

    users: Mapping[str, Mapping[str, Values]]
    groups: Mapping[str, Mapping[str, Values]]
    other_users: frozenset[str]
    other_groups: frozenset[str]


def meant_by(directory: Directory, base: Base, sentinel: Sentinel) -> Meant:
    """The entries of the agent's own records; the site's count as members of groups."""
    names = {**base.groups, sentinel.number: sentinel.name}
    names |= {group.gidnumber: group.name for group in directory.groups}
    members = _members(directory, base)
    return Meant(
        users={user.name: _user(user, names, base) for user in directory.users},
        groups={
            group.name: {
                "gidnumber": frozenset({str(group.gidnumber)}),
                "memberuid": frozenset(members[group.gidnumber]),
            }
            for group in directory.groups
        },
        other_users=base.user_names | {sentinel.name},
        other_groups=base.group_names | {sentinel.name},
    )


def _members(directory: Directory, base: Base) -> Mapping[int, set[str]]:
    members: defaultdict[int, set[str]] = defaultdict(set)
    for name, gids in _memberships(directory, base):
        for gid in gids:
            members[gid].add(name)
    return members


def _memberships(directory: Directory, base: Base) -> Iterator[tuple[str, Iterable[int]]]:
    yield from base.members.items()
    for user in directory.users:
        yield user.name, (user.primarygroup, *user.othergroups)


def _user(user: DirectoryUser, names: Mapping[int, str], base: Base) -> Mapping[str, Values]:
    groups = (names[gid] for gid in (user.primarygroup, *user.othergroups) if gid in names)
    return {
        "uidnumber": frozenset({str(user.uidnumber)}),
        "gidnumber": frozenset({str(user.primarygroup)}),
        "loginshell": frozenset({user.loginshell or "/bin/bash"}),
        "homedirectory": frozenset({user.homedir or f"/home/{user.name}"}),
        "mail": _texts(user.mail),
        "givenname": _texts(user.givenname),
        "sn": _texts(user.sn),
        base.sshkeyattr.lower(): frozenset(user.sshkeys),
        "accountstatus": frozenset({"inactive" if user.disabled else "active"}),
        "memberof": frozenset(f"{base.groupformat}={name},ou=groups,{base.basedn}" for name in groups),
    }


def _texts(value: str) -> Values:
    return frozenset({value} if value else ())
