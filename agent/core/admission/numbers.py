"""Uids and gids: the ledger's first, then what the offerings say, and none of them twice."""

from collections.abc import Sequence

from agent.core.admission.groups import Shared, name_taken
from agent.core.admission.identity import group_problem, user_problem
from agent.core.admission.ledger import NOBODY_IN_PARTICULAR, Ledger
from agent.core.admission.listings import Listing
from agent.core.policy import AdmissionPolicy


class Numbers:
    """Gives each person a uid and a gid, once."""

    def __init__(self, shared: Shared, policy: AdmissionPolicy, book: Ledger) -> None:
        self._shared = shared
        self._policy = policy
        self._book = book
        self._uids = dict(book.uid_names)
        self._gids = dict(book.gid_names)

    def give(self, name: str, listings: Sequence[Listing]) -> tuple[int, int, bool] | str:
        """(uid, gid, whether it is a group of the person's own) of the first record that allows it, or why none does.

        A uid of the ledger is good whatever the records say, but where nothing but the name is known of the person, or
        of whoever had it, or the name was released: who has it now may be somebody else, and is taken to be the same
        only with the same uid.
        """
        bound = self._book.uids.get(name)
        nobody = listings[0].person.startswith(NOBODY_IN_PARTICULAR)
        unknown = nobody or name in self._book.let_go or name not in self._book.served_to
        problems = []
        for listing in self._in_order(name, listings):
            uid = listing.user.uidnumber if bound is None or unknown else bound
            problem = self._uid_problem(name, uid, listing.offering)
            found = problem or self._gid(name, listing)
            if not isinstance(found, str):
                self._uids[uid] = name
                gid, own = found
                if own:
                    self._gids[gid] = name
                return uid, gid, own
            problems.append(found)
        return problems[0]

    def _in_order(self, name: str, listings: Sequence[Listing]) -> Sequence[Listing]:
        """The record with the uid of the ledger comes first: its group is the one that went with the uid."""
        if len(listings) > 1:
            bound = self._book.uids.get(name)
            listings = sorted(listings, key=lambda one: one.user.uidnumber != bound)
        return listings

    def _uid_problem(self, name: str, uid: int, offering: str) -> str:
        bound = self._book.uids.get(name)
        problem = user_problem(name, uid, self._policy, "" if uid == bound else offering)
        if problem:
            return problem
        if bound is not None and bound != uid:
            return f"its uid is {uid}, but it was {bound} before, and the files belong to {bound}"
        holder = self._uids.get(uid, name)
        return "" if holder == name else f"its uid {uid} belongs to {holder}"

    def _gid(self, name: str, listing: Listing) -> tuple[int, bool] | str:
        if self._policy.shared_group:
            return self._policy.shared_group[1], False
        gid, offering = self._book.gids.get(name), ""
        if gid is None:
            offering = listing.offering
            gid = listing.user.primarygroup
            if not self._shared.personal(listing):
                given = gid in self._shared.gids[listing.offering]
                return (gid, False) if given else f"its primary group {gid} is none that may be served to it"
        problem = group_problem(name, gid, self._policy, offering) or self._gid_taken(name, gid, listing)
        return f"its own group may not be served: {problem}" if problem else (gid, True)

    def _gid_taken(self, name: str, gid: int, listing: Listing) -> str:
        if problem := name_taken(name, gid, self._shared.by_name):
            return problem
        holder = self._gids.get(gid, name)
        standing = "" if self._book.gids.get(name) == gid else self._book.group_names.get(gid, "")
        if holder == name and not standing and not self._shared.before(gid, listing.offering):
            return ""
        group = holder if holder != name else standing or self._shared.by_gid[gid].name
        return f"its gid {gid} belongs to the group {group} already; give the offerings ranges that do not meet"
