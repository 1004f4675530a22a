"""Which groups may be served, and to whom each may be given."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from agent.core.admission.identity import group_problem
from agent.core.admission.ledger import Ledger
from agent.core.admission.listings import Listing, Slice
from agent.core.admission.records import RefusedRecord, refuse
from agent.core.model.directory import DirectoryGroup
from agent.core.policy import AdmissionPolicy


@dataclass(slots=True)
class Shared:
    """The groups that several users may be in; a user's own group is no such one, and nobody else may be in it.

    ``gids`` are those an offering may give to its users: its own. ``order``: offering → its place in the settings;
    ``own``: offering → (name, gid) of its users' own groups.
    """

    by_gid: dict[int, DirectoryGroup] = field(default_factory=dict)
    gids: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    refused: list[RefusedRecord] = field(default_factory=list)
    order: dict[str, int] = field(default_factory=dict)
    own: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    _first: dict[int, str] = field(default_factory=dict)

    def personal(self, listing: Listing) -> bool:
        """Whether the record's primary group is listed as the user's own."""
        return (listing.user.name, listing.user.primarygroup) in self.own[listing.offering]

    def before(self, gid: int, offering: str) -> bool:
        """Whether a group of this offering, or of one before it in the settings, has the gid."""
        return gid in self._first and self.order[self._first[gid]] <= self.order[offering]

    def add(self, offering: str, group: DirectoryGroup) -> None:
        """The offering may give the group to its users."""
        self.by_gid[group.gidnumber] = group
        self._first.setdefault(group.gidnumber, offering)
        self.gids[offering].add(group.gidnumber)

    def make_room(self, owners: Iterable[tuple[str, int]]) -> None:
        """Drop the groups whose gid a user's own group has: (name, gid) each, of an offering that comes first."""
        for name, gid in owners:
            group = self.by_gid.pop(gid, None)
            if group is not None:
                for gids in self.gids.values():
                    gids.discard(gid)
                self.refused.append(refuse(group.name, _belongs(gid, name), "group", self._first[gid]))


def shared_groups(slices: Sequence[Slice], policy: AdmissionPolicy, book: Ledger) -> Shared:
    """The groups of all offerings that are no user's own; where two claim a gid or a name, the first one keeps it."""
    shared = Shared(order={one.offering: place for place, one in enumerate(slices)})
    gids: dict[str, int] = {policy.shared_group[0]: policy.shared_group[1]} if policy.shared_group else {}
    users = {listing.user.name for one in slices for listing in one.listings} | book.uids.keys()
    for one in slices:
        own = {(listing.user.name, listing.user.primarygroup) for listing in one.listings}
        groups = dict.fromkeys(one.groups)
        shared.own[one.offering] = own & {(group.name, group.gidnumber) for group in groups}
        for group in groups:
            if (group.name, group.gidnumber) in own:
                continue
            problem = (
                _users_problem(group, users, book)
                or group_problem(group.name, group.gidnumber, policy, one.offering)
                or _taken_problem(group, shared, gids, policy, book)
            )
            if problem:
                shared.refused.append(refuse(group.name, problem, "group", one.offering))
            else:
                gids[group.name] = group.gidnumber
                shared.add(one.offering, group)
    return shared


def _users_problem(group: DirectoryGroup, users: Collection[str], book: Ledger) -> str:
    """A group that is served already stays, whoever comes with its name."""
    if group.name not in users or book.groups.get(group.gidnumber) == group.name:
        return ""
    return f"the group has the name of a user whose primary group is not {group.gidnumber}"


def _taken_problem(
    group: DirectoryGroup, shared: Shared, gids: dict[str, int], policy: AdmissionPolicy, book: Ledger
) -> str:
    """A group with a name of its own may come from several offerings; a number says nothing of what it is for."""
    name, gid = group.name, group.gidnumber
    taken = shared.by_gid.get(gid)
    if taken == group and not name.isdecimal():
        return ""
    kept = {policy.shared_group[1]: policy.shared_group[0]} if policy.shared_group else book.gid_names
    holder = taken.name if taken else kept.get(gid, "")
    standing = book.groups.get(gid, name)
    if holder or standing != name:
        return _belongs(gid, holder or standing)
    if name in gids:
        return f"the group's name belongs to the group with gid {gids[name]} already"
    return ""


def _belongs(gid: int, holder: str) -> str:
    return f"its gid {gid} belongs to the group {holder} already; give the offerings ranges that do not meet"
