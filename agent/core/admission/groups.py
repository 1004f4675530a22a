"""Which groups may be served, and to whom each may be given."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.core.admission.identity import group_problem
from agent.core.admission.ledger import Ledger
from agent.core.admission.listings import Listing, Slice
from agent.core.admission.records import RefusedRecord, refuse
from agent.core.admission.standing import Standing
from agent.core.model.directory import DirectoryGroup
from agent.core.policy import AdmissionPolicy

NEW_GID = "give the group a new gid in the marketplace"


@dataclass(slots=True)
class Shared:
    """The groups that several users may be in; a user's own group is no such one, and nobody else may be in it.

    ``gids`` are those an offering may give to its users: its own. ``order``: offering → its place in the settings;
    ``own``: offering → (name, gid) of its users' own groups. ``kept``: offering → gid of a group that it lists and that
    is not served → the gid of the served group it would take the place of, and which stays as it is.
    """

    by_gid: dict[int, DirectoryGroup] = field(default_factory=dict)
    by_name: dict[str, int] = field(default_factory=dict)
    gids: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    refused: list[RefusedRecord] = field(default_factory=list)
    order: dict[str, int] = field(default_factory=dict)
    own: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    kept: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    _first: dict[int, str] = field(default_factory=dict)

    def personal(self, listing: Listing) -> bool:
        """Whether the record's primary group is listed as the user's own."""
        return (listing.user.name, listing.user.primarygroup) in self.own[listing.offering]

    def before(self, gid: int, offering: str) -> bool:
        """Whether a group of this offering, or of one before it in the settings, has the gid."""
        return gid in self._first and self.order[self._first[gid]] <= self.order[offering]

    def add(self, offering: str, group: DirectoryGroup) -> None:
        """The offering may give the group to its users."""
        self._serve(offering, group)
        self.gids[offering].add(group.gidnumber)

    def keep(self, offering: str, listed: int, group: DirectoryGroup) -> None:
        """The group stays, with those of its users whom the offering lists in the group with the gid ``listed``."""
        self._serve(offering, group)
        self.kept[offering][listed] = group.gidnumber

    def kept_of(self, offering: str, listed: Iterable[int]) -> set[int]:
        """The kept groups that stand for these gids of the offering."""
        kept = self.kept.get(offering, {})
        return {kept[gid] for gid in listed if gid in kept}

    def _serve(self, offering: str, group: DirectoryGroup) -> None:
        self.by_gid[group.gidnumber] = group
        self.by_name[group.name] = group.gidnumber
        self._first.setdefault(group.gidnumber, offering)

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
    shared.by_name.update([policy.shared_group] if policy.shared_group else [])
    standing = Standing((group for one in slices for group in one.groups), policy, book)
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
                or standing.moved(group)
                or _taken_problem(group, shared, policy, book)
            )
            if problem:
                shared.refused.append(refuse(group.name, problem, "group", one.offering))
                if stays := standing.kept(group):
                    shared.keep(one.offering, group.gidnumber, stays)
            else:
                shared.add(one.offering, group)
    return shared


def _users_problem(group: DirectoryGroup, users: Collection[str], book: Ledger) -> str:
    """A group that is served already stays, whoever comes with its name."""
    if group.name not in users or book.groups.get(group.gidnumber) == group.name:
        return ""
    return f"the group has the name of a user whose primary group is not {group.gidnumber}"


def _taken_problem(group: DirectoryGroup, shared: Shared, policy: AdmissionPolicy, book: Ledger) -> str:
    """A group with a name of its own may come from several offerings; a number says nothing of what it is for.

    A gid that a group ever had is not another's: its files are still there.
    """
    name, gid = group.name, group.gidnumber
    taken = shared.by_gid.get(gid)
    if taken == group and not name.isdecimal():
        return ""
    if holder := taken.name if taken else _owner(gid, policy, book):
        return _belongs(gid, holder)
    before = book.group_names.get(gid, name)
    if before != name:
        return f"its gid {gid} belongs to the group {before}, and so do the files; {NEW_GID}"
    return name_taken(name, gid, shared.by_name)


def _owner(gid: int, policy: AdmissionPolicy, book: Ledger) -> str:
    """Whose own group has the gid, or once had; or the group that is everybody's primary group."""
    if policy.shared_group and policy.shared_group[1] == gid:
        return policy.shared_group[0]
    return book.gid_names.get(gid, "")


def name_taken(name: str, gid: int, names: Mapping[str, int]) -> str:
    """Why the group may not have its name: another one has it. ``names``: name → gid."""
    bound = names.get(name, gid)
    return "" if bound == gid else f"the group's name belongs to the group with gid {bound} already"


def _belongs(gid: int, holder: str) -> str:
    return f"its gid {gid} belongs to the group {holder} already; give the offerings ranges that do not meet"
