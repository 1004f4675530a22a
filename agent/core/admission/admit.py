"""From what the offerings list to what may be served."""

from collections.abc import Collection, Sequence

from agent.core.admission import fields
from agent.core.admission.doubt import doubt
from agent.core.admission.groups import Shared, shared_groups
from agent.core.admission.identity import shared_group_problem
from agent.core.admission.ledger import Ledger
from agent.core.admission.listings import Slice
from agent.core.admission.people import Person, choose_people
from agent.core.admission.records import Admitted
from agent.core.admission.sizes import slow_lookups, too_many
from agent.core.admission.sshkeys import clean_keys
from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from agent.core.policy import AdmissionPolicy


def admit(slices: Sequence[Slice], policy: AdmissionPolicy, book: Ledger, *, whole: bool = True) -> Admitted:
    """The directory that may be served, made of the feeds of all offerings in the order of the settings.

    A person is one user, however many offerings list the person: name, uid and own group are the ledger's, else the
    first offering's; the others add memberships, and the user is disabled when all of them say so. Records come out as
    they are rendered: users by uid, groups by gid, gids and keys sorted. A personal group is served only with its user,
    and not reported apart from it. ``whole``: whether there is a slice of every offering.
    """
    shared = shared_groups(slices, policy, book)
    people, refused = choose_people(slices, shared, policy, book)
    own = {person.name: person.gid for person in people if person.own_group}
    shared.make_room(own.items())
    if refusal := _not_for_all(policy, book) or too_many(len(people), len(shared.by_gid), policy):
        return Admitted(refused=(*refused, *shared.refused), refusal=refusal)
    groups = [*_own_groups(people, policy), *shared.by_gid.values()]
    mails = {address.lower() for address in policy.reserved_mails}
    users = [_user(person, shared, policy, book, mails) for person in people]
    return Admitted(
        directory=Directory(
            users=tuple(sorted(users, key=lambda user: user.uidnumber)),
            groups=tuple(sorted(groups, key=lambda group: group.gidnumber)),
        ),
        refused=(*refused, *shared.refused),
        notices=tuple(slow_lookups(len(users), len(groups))),
        doubt=doubt(slices, people, shared.gids, whole=whole),
        persons={one.name: one.key for one in people},
        own_groups=own,
        nologin=policy.nologin,
    )


def _not_for_all(policy: AdmissionPolicy, book: Ledger) -> str:
    """Why nobody is served: the group that everybody would be in has power over a host, or the files of another.

    One that is published already stays, whatever came to this host since, and may be given another name: its gid is the
    primary group of everybody, and no project's.
    """
    if not policy.shared_group or book.groups.get(policy.shared_group[1]) == policy.shared_group[0]:
        return ""
    name, gid = policy.shared_group
    files_of = name if gid in book.primary else book.group_names.get(gid, name)
    problem, owner = shared_group_problem(policy), book.gid_names.get(gid, files_of)
    if not problem and owner != name:
        problem = f"its gid {gid} belongs to the group {owner}, and so do the files"
    if not problem:
        return ""
    return (
        f"the directory stays as it is: the group {name} of glauth.shared_group may not be served: {problem};"
        f" give it another {'gid' if problem.startswith('its gid') else 'name'} in the settings"
    )


def _own_groups(people: Sequence[Person], policy: AdmissionPolicy) -> list[DirectoryGroup]:
    if policy.shared_group and people:
        return [DirectoryGroup(name=policy.shared_group[0], gidnumber=policy.shared_group[1])]
    return [DirectoryGroup(name=person.name, gidnumber=person.gid) for person in people if person.own_group]


def _user(person: Person, shared: Shared, policy: AdmissionPolicy, book: Ledger, mails: set[str]) -> DirectoryUser:
    record = person.base.user
    disabled = all(listing.user.disabled for listing in person.listings)
    return DirectoryUser(
        name=person.name,
        uidnumber=person.uid,
        primarygroup=person.gid,
        othergroups=_memberships(person, shared, book.members.get(person.uid, ())),
        givenname=fields.text(record.givenname),
        sn=fields.text(record.sn),
        mail=_own_mail(fields.mail(record.mail), mails),
        loginshell=policy.nologin if disabled else fields.shell(record.loginshell, policy),
        homedir=fields.home(record.homedir, person.name, policy),
        sshkeys=() if disabled else clean_keys(record.sshkeys, person.name),
        disabled=disabled,
    )


def _own_mail(address: str, mails: set[str]) -> str:
    """The address, unless somebody before or the base has it: GLAuth binds by it, and of two the last one counts."""
    if address in mails:
        return ""
    mails.add(address)
    return address


def _memberships(person: Person, shared: Shared, before: Collection[int]) -> tuple[int, ...]:
    """Every offering gives only its own shared groups: the marketplace lists gids of other offerings as well.

    One at which the person is disabled gives none while another one lets them in. ``before``: the groups of the
    published record; nobody else becomes a member of one that is kept as it was, nor by an offering at which the person
    may be barred.
    """
    given: set[int] = set()
    letting_in = [one for one in person.listings if not (one.user.disabled and one.current)]
    for listing in letting_in or person.listings:
        listed = {*listing.user.othergroups, listing.user.primarygroup}
        own = listed & shared.gids[listing.offering]
        given |= own.intersection(before) if listing.unread else own
        given |= shared.kept_of(listing.offering, listed).intersection(before)
    return tuple(sorted(given - {person.gid}))
