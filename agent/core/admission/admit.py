"""From what the offerings list to what may be served."""

from collections.abc import Iterator, Mapping

from agent.core.admission import fields
from agent.core.admission.groups import Groups, admit_groups
from agent.core.admission.people import Feeds, Person, choose_people
from agent.core.admission.records import Admitted, RefusedRecord, refuse
from agent.core.admission.sshkeys import clean_keys
from agent.core.model.directory import Directory, DirectoryUser
from agent.core.policy import AdmissionPolicy


def admit(feeds: Feeds, policy: AdmissionPolicy, ledger: Mapping[str, int]) -> Admitted:
    """The directory that may be served, made of the feeds of all offerings in the order of the settings.

    ``ledger`` maps every name that was ever served to its uid: a name keeps its uid, a uid its name. A name that
    several offerings list is one user: one record counts, the others add memberships, and it is disabled when all of
    them are. Records come out as they are rendered: users by uid, groups by gid, gids and keys sorted. A personal
    group is served only with its user, and not reported apart from it.
    """
    people, refused = choose_people(feeds, policy, ledger)
    groups = admit_groups(feeds, people, policy)
    served = [person for person in people if _has_primary_group(person, groups)]
    return Admitted(
        directory=Directory(
            users=tuple(sorted((_user(one, groups, policy) for one in served), key=lambda user: user.uidnumber)),
            groups=tuple(sorted(groups.by_gid.values(), key=lambda group: group.gidnumber)),
        ),
        refused=(*refused, *groups.refused, *_without_primary_group(people, groups)),
    )


def _has_primary_group(person: Person, groups: Groups) -> bool:
    gid = person.record.primarygroup
    own = groups.by_gid.get(gid)
    return gid in groups.shared[person.offering] or (own is not None and own.name == person.record.name)


def _without_primary_group(people: list[Person], groups: Groups) -> Iterator[RefusedRecord]:
    for person in people:
        if not _has_primary_group(person, groups):
            reason = f"its primary group {person.record.primarygroup} is none that may be served to it"
            yield refuse(person.record.name, reason, "user", person.offering)


def _user(person: Person, groups: Groups, policy: AdmissionPolicy) -> DirectoryUser:
    record = person.record
    disabled = all(user.disabled for _, user in person.listings)
    return DirectoryUser(
        name=record.name,
        uidnumber=record.uidnumber,
        primarygroup=record.primarygroup,
        othergroups=_memberships(person, groups),
        givenname=fields.text(record.givenname),
        sn=fields.text(record.sn),
        mail=fields.mail(record.mail),
        loginshell=policy.nologin if disabled else fields.shell(record.loginshell, policy),
        homedir=fields.home(record.homedir, record.name, policy),
        sshkeys=() if disabled else clean_keys(record.sshkeys, record.name),
        disabled=disabled,
    )


def _memberships(person: Person, groups: Groups) -> tuple[int, ...]:
    """Every offering gives only its own shared groups: the marketplace lists gids of other offerings as well."""
    given = {
        gid
        for offering, user in person.listings
        for gid in (*user.othergroups, user.primarygroup)
        if gid in groups.shared[offering]
    }
    return tuple(sorted(given - {person.record.primarygroup}))
