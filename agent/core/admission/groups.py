"""Which groups may be served, and to whom each may be given."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agent.core.admission.identity import group_problem
from agent.core.admission.people import Feeds, Person
from agent.core.admission.records import RefusedRecord, refuse
from agent.core.model.directory import DirectoryGroup
from agent.core.policy import AdmissionPolicy


@dataclass(slots=True)
class Groups:
    """``by_gid`` is what is served. ``shared`` are the gids an offering may give to its users: its own shared groups.

    A personal group is the primary group with its user's name; nobody else may be in it.
    """

    by_gid: dict[int, DirectoryGroup] = field(default_factory=dict)
    shared: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    refused: list[RefusedRecord] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Candidate:
    offering: str
    group: DirectoryGroup
    owner: str


def admit_groups(feeds: Feeds, people: Sequence[Person], policy: AdmissionPolicy) -> Groups:
    """The groups of all offerings; where two claim a gid or a name, the first one keeps it."""
    groups = Groups()
    gids: dict[str, int] = {}
    users = frozenset(user.name for _, directory in feeds for user in directory.users)
    for candidate in _candidates(feeds, people):
        group = candidate.group
        problem = (
            _personal_problem(candidate, users)
            or group_problem(group.name, group.gidnumber, policy)
            or _taken_problem(candidate, groups, gids)
        )
        if problem:
            groups.refused.append(refuse(group.name, problem, "group", candidate.offering))
            continue
        gids[group.name] = group.gidnumber
        groups.by_gid[group.gidnumber] = group
        if not candidate.owner:
            groups.shared[candidate.offering].add(group.gidnumber)
    return groups


def _candidates(feeds: Feeds, people: Sequence[Person]) -> Iterator[_Candidate]:
    """The groups to look at; the personal group of a record that does not count goes the way of that record."""
    counting = {(person.offering, person.record.name, person.record.primarygroup) for person in people}
    for offering, directory in feeds:
        personal = {(user.name, user.primarygroup) for user in directory.users}
        for group in dict.fromkeys(directory.groups):
            key = (group.name, group.gidnumber)
            if key not in personal:
                yield _Candidate(offering, group, "")
            elif (offering, *key) in counting:
                yield _Candidate(offering, group, group.name)


def _personal_problem(candidate: _Candidate, users: frozenset[str]) -> str:
    if candidate.owner or candidate.group.name not in users:
        return ""
    return f"the group has the name of a user whose primary group is not {candidate.group.gidnumber}"


def _taken_problem(candidate: _Candidate, groups: Groups, gids: Mapping[str, int]) -> str:
    """A group with a name of its own may come from several offerings; a number says nothing of what it is for."""
    name, gid = candidate.group.name, candidate.group.gidnumber
    taken = groups.by_gid.get(gid)
    if taken == candidate.group and not name.isdecimal() and not candidate.owner:
        return ""
    if taken is not None:
        return f"its gid {gid} belongs to the group {taken.name} already; give the offerings ranges that do not meet"
    if name in gids:
        return f"the group's name belongs to the group with gid {gids[name]} already"
    return ""
