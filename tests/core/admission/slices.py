"""Feeds as admission gets them, built in a line."""

from collections.abc import Mapping

from agent.core.admission import Admitted, admit
from agent.core.admission.ledger import NOBODY_IN_PARTICULAR, Ledger, ledger
from agent.core.admission.listings import Listing, Slice
from agent.core.known import Known
from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from agent.core.policy import AdmissionPolicy

A, B = "a" * 32, "b" * 32
POLICY = AdmissionPolicy()


def user(name: str = "alice", uid: int = 10_001, **fields) -> DirectoryUser:
    whole = {"primarygroup": uid, "loginshell": "/bin/zsh", "homedir": f"/home/{name}", **fields}
    return DirectoryUser(name=name, uidnumber=uid, **whole)


def group(name: str, gid: int) -> DirectoryGroup:
    return DirectoryGroup(name=name, gidnumber=gid)


def feed(*users: DirectoryUser, groups: tuple[DirectoryGroup, ...] = ()) -> Directory:
    """The users with their personal groups, then the groups."""
    personal = tuple(group(one.name, one.primarygroup) for one in users)
    return Directory(users=users, groups=personal + groups)


def sliced(
    offering: str, directory: Directory, people: Mapping[str, str] | None = None, *, fresh: bool = True, **fields
) -> Slice:
    """A feed whose names are those of ``people`` (name → person); of anybody else only the name is known."""
    known = people or {}
    return Slice(
        offering=offering,
        listings=tuple(
            Listing(offering, one, known.get(one.name, f"{NOBODY_IN_PARTICULAR}{one.name}"), one.name, current=fresh)
            for one in directory.users
        ),
        groups=directory.groups,
        fresh=fresh,
        **fields,
    )


def book(uids: Mapping[str, int] | None = None, **fields) -> Ledger:
    """A ledger with these uids, and what else the journal knows."""
    return ledger(Known(uids=uids or {}, **fields), Directory())


def admitted(*feeds: Directory, policy: AdmissionPolicy = POLICY, uids: Mapping[str, int] | None = None) -> Admitted:
    """What of these feeds is served, where nothing but names is known of people."""
    slices = [sliced(offering, directory) for offering, directory in zip((A, B), feeds, strict=False)]
    return admit(slices, policy, book(uids))


def reasons(result: Admitted) -> dict[str, str]:
    return {record.name: record.reason for record in result.refused}


def names(result: Admitted) -> list[str]:
    return [one.name for one in result.directory.users]
