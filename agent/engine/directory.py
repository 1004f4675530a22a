"""The directory's part of a cycle: what may be served of the feeds, and what the journal keeps of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from agent.core.admission import Admitted, RefusedRecord
from agent.core.admission.feeds import believed, wants_last_good
from agent.core.admission.intake import admit_feeds
from agent.core.known import Known
from agent.core.model.directory import Directory
from agent.core.policy import OfferingPolicy
from agent.core.snapshot import Complete, Observed, reason
from agent.engine.remembering import of_all_offerings
from agent.engine.world import World


def serve(
    world: World, observed: Observed, known: Known, policies: Sequence[OfferingPolicy], *, confirmed: bool
) -> tuple[Observed, Admitted | None]:
    """What was observed, with feeds that are not believed taken for unread, and what may be served of them.

    None when there is no directory, or no feed was ever read. The directory is made of every offering's feed: a run of
    some offerings leaves it alone.
    """
    if world.admission is None or world.directory is None or not of_all_offerings(world, observed):
        return observed, None
    asked = [uuid for uuid, snapshot in observed.offerings.items() if wants_last_good(snapshot.feed)]
    last_good = {uuid: feed for uuid in asked if (feed := world.journal.last_feed(uuid)) is not None}
    observed = believed(observed, last_good, confirmed=confirmed)
    admitted = admit_feeds(policies, observed, known, last_good, world.admission())
    if admitted is None:
        return observed, None
    said = confirmed or all(uuid in last_good for uuid in observed.offerings)
    return observed, replace(admitted, nobody=said and _lists_nobody(observed))


def remember_directory(world: World, observed: Observed, admitted: Admitted) -> list[str]:
    """The gids of groups, the feeds that were read whole, and what of them is not served; gives the news of the last.

    A feed that lists nobody is good only where somebody is left, nobody was there, or a person said so. Written is only
    what changed: an idle cycle writes nothing.
    """
    if admitted.groups:
        world.journal.remember_groups(admitted.groups)
    good = admitted.directory.users or admitted.nobody or observed.directory == Complete(Directory())
    for uuid, snapshot in observed.offerings.items():
        feed = snapshot.feed
        if not isinstance(feed, Complete) or admitted.refusal or not (feed.value.directory.users or good):
            continue
        if not world.journal.is_last_feed(uuid, feed.value):
            world.journal.remember_feed(uuid, feed.value, observed.at)
    return _remember_refused(world, observed, admitted)


def _remember_refused(world: World, observed: Observed, admitted: Admitted) -> list[str]:
    """Single records are told when they are new; of whole feeds the plan has a notice in every cycle."""
    before = {(one.kind, one.name, one.offering): one.reason for one in world.journal.quarantined()}
    refused = (*_refused_whole(observed, admitted), *reversed(admitted.refused))
    now = {(one.kind, one.name, one.offering): one for one in refused}
    if before != {key: one.reason for key, one in now.items()}:
        world.journal.remember_quarantine(tuple(now.values()), observed.at)
    return [one.describe() for key, one in now.items() if one.name and before.get(key) != one.reason]


def _refused_whole(observed: Observed, admitted: Admitted) -> Iterator[RefusedRecord]:
    """The directory, when all of it may not be served, and each feed that is not used as it was read."""
    if admitted.refusal:
        yield RefusedRecord(name="", reason=admitted.refusal, kind="directory")
    for uuid, snapshot in observed.offerings.items():
        if why := reason(snapshot.feed):
            yield RefusedRecord(name="", reason=why, kind="feed", offering=uuid)


def _lists_nobody(observed: Observed) -> bool:
    feeds = (snapshot.feed for snapshot in observed.offerings.values())
    return all(isinstance(feed, Complete) and not feed.value.directory.users for feed in feeds)
