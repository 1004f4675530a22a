"""From what was observed to what may be served: the feeds of all offerings, by the people they are about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from agent.core.admission.admit import admit
from agent.core.admission.entitled import barred, entitled
from agent.core.admission.feeds import used
from agent.core.admission.ledger import Ledger, ledger
from agent.core.admission.listings import Listing, Slice
from agent.core.admission.records import Admitted
from agent.core.admission.whose import Whose, journaled_names, with_disabled
from agent.core.known import Known
from agent.core.model.directory import Directory, Feed
from agent.core.policy import AdmissionPolicy, OfferingPolicy
from agent.core.snapshot import Observed, OfferingSnapshot, complete, value_or


def admit_feeds(
    policies: Sequence[OfferingPolicy],
    observed: Observed,
    known: Known,
    last_good: Mapping[str, Feed],
    admission: AdmissionPolicy,
) -> Admitted | None:
    """What may be served, in the order of the settings; None when no feed was ever read.

    ``last_good``: offering → its last feed that was read whole, of those that were not read whole now.
    """
    published = value_or(observed.directory, Directory())
    book = ledger(known, published)
    journaled = journaled_names(book)
    locked = _locked(published, book)
    slices: list[Slice] = []
    unknown: list[str] = []
    read = False
    for policy in policies:
        snapshot, before = observed.offerings[policy.uuid], last_good.get(policy.uuid)
        feed = used(snapshot.feed, before)
        whose = Whose(policy.uuid, snapshot, book, journaled.get(policy.uuid, {}))
        read = read or feed is not None
        if before is None and not complete(snapshot.feed) and not complete(snapshot.users):
            unknown.append(policy.name)
        slices.append(_slice(policy, snapshot, feed or Feed(), whose, locked, observed.at))
    if not read:
        return None
    admitted = admit(slices, admission, book, whole=not unknown)
    return replace(
        admitted,
        notices=(*admitted.notices, *map(_never_read, unknown), *_strange(policies, observed)),
        groups=_new_groups(admitted, known, book),
    )


def _new_groups(admitted: Admitted, known: Known, book: Ledger) -> dict[int, str]:
    """The groups of projects, published or to be published, whose gids the journal does not know yet.

    A group that is somebody's primary group is a user's own, or the one for all, which is the settings' word.
    """
    primary = {*book.primary, *(user.primarygroup for user in admitted.directory.users)}
    served = {group.gidnumber: group.name for group in admitted.directory.groups}
    return {
        gid: name for gid, name in {**served, **book.groups}.items() if gid not in primary and gid not in known.groups
    }


def _locked(published: Directory, book: Ledger) -> dict[str, bool]:
    """Every disabled name of the published file, and every person who has names there: whether all are disabled."""
    found = {user.name: True for user in published.users if user.disabled}
    there = {user.name for user in published.users}
    for person, names in book.names.items():
        if theirs := there.intersection(names):
            found[person] = theirs <= found.keys()
    return found


def _never_read(offering: str) -> str:
    return (
        f"directory: who is at offering {offering} was never read whole, neither the feed nor the users, and until one"
        " is there are only additions"
    )


def _strange(policies: Iterable[OfferingPolicy], observed: Observed) -> Iterator[str]:
    for policy in policies:
        if keys := value_or(observed.offerings[policy.uuid].feed, Feed()).strange:
            yield (
                f"directory: the feed of offering {policy.name} holds {', '.join(keys)}, which no marketplace writes;"
                " none of it is served, but see who put it there"
            )


def _slice(
    policy: OfferingPolicy,
    snapshot: OfferingSnapshot,
    feed: Feed,
    whose: Whose,
    locked: Mapping[str, bool],
    now: float,
) -> Slice:
    fresh, out = complete(snapshot.feed), barred(snapshot)
    found = [whose.listing(user) for user in feed.directory.users]
    if feed.tells_disabled:
        listings = _told(found, whose, locked, fresh=fresh, unread=not complete(snapshot.users))
        there = whose.people
    else:
        access = entitled(policy, snapshot, now)
        listings = _derived(found, access, whose, locked)
        there = whose.people if access is None else access
    return Slice(
        offering=policy.uuid,
        listings=tuple(
            with_disabled(one, disabled=True, current=True) if one.person in out else one for one in listings
        ),
        groups=feed.directory.groups,
        fresh=fresh,
        there=frozenset() if fresh else there - out,
    )


def _told(
    listings: Iterable[Listing], whose: Whose, locked: Mapping[str, bool], *, fresh: bool, unread: bool
) -> Iterator[Listing]:
    """As the feed says, and as published whom it enables where the offering's users are not known (``unread``).

    ``locked`` holds for those: an account may be barred there. Who is disabled is not let in by what was not read.
    """
    for one in listings:
        unknown = _is_person(one, whose) and one.person not in whose.users
        stays = unread and unknown and locked.get(one.person, one.name in locked)
        yield replace(with_disabled(one, disabled=one.user.disabled or stays, current=fresh), unread=unread and unknown)


def _derived(
    listings: Iterable[Listing], access: frozenset[str] | None, whose: Whose, locked: Mapping[str, bool]
) -> Iterator[Listing]:
    """A person is disabled without a role, a service account once it has ended; who is neither is not."""
    for one in listings:
        if _is_person(one, whose):
            disabled = locked.get(one.person, one.name in locked) if access is None else one.person not in access
            known = access is not None or one.person in whose.users
            yield replace(with_disabled(one, disabled=disabled, current=access is not None), unread=not known)
        else:
            yield with_disabled(one, disabled=one.person in whose.ended, current=True)


def _is_person(one: Listing, whose: Whose) -> bool:
    return one.person in whose.users or (one.person != "" and " " not in one.person)
