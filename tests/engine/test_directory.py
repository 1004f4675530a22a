"""The directory over several cycles: feeds that fail, what stands in for them, and what is not served."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from agent.core.diff.whole import EMPTIED
from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser, Feed, Quarantined
from agent.core.policy import AdmissionPolicy
from agent.engine.converge import Cycle, converge
from agent.engine.oneshot import UsageRun, exit_code
from agent.engine.usage import UsageReport
from agent.engine.world import World
from agent.errors import Incomplete, Unavailable
from tests.engine.conftest import MakeLab
from tests.fixtures.memory_people import Published
from tests.fixtures.memory_site import Change, MemorySite, all_of, instead_of, only_reading, unchanged

BROKEN = "glauth_users_config is not valid TOML (Unclosed string (at line 12, column 9))"


def user(name: str, uid: int, *gids: int, **fields: Any) -> DirectoryUser:
    return DirectoryUser(name=name, uidnumber=uid, primarygroup=uid, othergroups=gids, **fields)


def feed(*users: DirectoryUser, shared: tuple[int, ...] = ()) -> Feed:
    own = [DirectoryGroup(name=one.name, gidnumber=one.primarygroup) for one in users]
    return Feed(
        directory=Directory(users=users, groups=(*own, *(DirectoryGroup(name=f"g{g}", gidnumber=g) for g in shared)))
    )


@dataclass
class Fed:
    """A site whose feeds say what a test says; offering → feed, or the error that reading it ends with."""

    lab: MemorySite
    glauth: Published = field(default_factory=Published)
    feeds: dict[str, Feed | Exception] = field(default_factory=dict)
    admission: AdmissionPolicy = field(default_factory=AdmissionPolicy)

    def world(self, world: World) -> World:
        served = self.glauth.serves(world)
        return replace(served, marketplace=_Feeds(world.marketplace, self.feeds), admission=lambda: self.admission)

    def cycle(self, change: Change = unchanged, *, confirmed: bool = False) -> Cycle:
        return self.lab.cycle(all_of(self.world, change), confirmed=confirmed)

    def quarantined(self) -> tuple[Quarantined, ...]:
        with self.lab.world_of() as (_, world):
            return world.journal.quarantined()

    def last_feed(self, offering: str) -> Feed | None:
        with self.lab.world_of() as (_, world):
            return world.journal.last_feed(offering)

    def names(self) -> list[str]:
        return [one.name for one in self.glauth.directory.users]


class _Feeds:
    def __init__(self, real: Any, feeds: dict[str, Feed | Exception]) -> None:
        self._real, self._feeds = real, feeds

    def __getattr__(self, name: str) -> Any:
        return self._feed if name == "directory_feed" else getattr(self._real, name)

    def _feed(self, offering: str) -> Feed:
        found = self._feeds[offering]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def fed(make_lab: MakeLab) -> Fed:
    """Two offerings: anna, bert and carl are at the first, zoe and yves at the second."""
    lab = make_lab(sells=2)
    first, second = lab.offerings
    site = Fed(lab)
    site.feeds[first] = feed(user("anna", 10_001, 20_001), user("bert", 10_002), user("carl", 10_003), shared=(20_001,))
    site.feeds[second] = feed(user("yves", 50_001), user("zoe", 50_002, 60_001), shared=(60_001, 60_002))
    site.cycle()
    assert site.names() == ["anna", "bert", "carl", "yves", "zoe"]
    assert site.cycle(only_reading).plan.empty
    return site


@pytest.fixture
def first(fed: Fed) -> str:
    return fed.lab.offerings[0]


@pytest.fixture
def second(fed: Fed) -> str:
    return fed.lab.offerings[1]


def away() -> Exception:
    return Unavailable("the marketplace is away")


def torn() -> Exception:
    return Incomplete(BROKEN)


def in_part() -> Exception:
    rows = feed(user("anna", 10_001), user("dora", 10_004))
    return Incomplete("3 records cannot be read", [rows])


@pytest.mark.parametrize("failure", [away, torn, in_part])
def test_a_feed_that_fails_holds_up_nobody_of_another_offering_and_nobody_of_its_own_leaves(
    fed: Fed, first: str, second: str, failure: Callable[[], Exception]
) -> None:
    fed.feeds[first] = failure()
    fed.feeds[second] = feed(user("xena", 50_003), user("zoe", 50_002, 60_002, sn="New"), shared=(60_001, 60_002))
    cycle = fed.cycle()
    come = {"dora"} if failure is in_part else set()
    assert set(fed.names()) == {"anna", "bert", "carl", "yves", "zoe", "xena"} | come
    zoe, anna, yves = (fed.glauth.user(name) for name in ("zoe", "anna", "yves"))
    assert zoe is not None
    assert (zoe.sn, zoe.othergroups) == ("New", (60_002,))
    assert anna is not None
    assert anna.othergroups == (20_001,)
    assert yves is not None
    assert not yves.disabled
    assert [text for text in cycle.plan.notices if "directory feed" in text] == [
        f"offering HPC 1: directory feed not known for sure, so nothing is removed on it: {fed.feeds[first]}"
    ]
    assert fed.cycle(only_reading).plan.empty


def test_what_a_feed_missed_is_made_up_for_once_it_is_read_again(fed: Fed, first: str) -> None:
    fed.feeds[first] = away()
    fed.cycle()
    fed.feeds[first] = feed(user("bert", 10_002, disabled=True), user("carl", 10_003))
    fed.cycle()
    assert fed.glauth.enabled() == {"anna", "carl", "yves", "zoe"}
    fed.lab.clock.at += 1801
    fed.cycle()
    assert fed.glauth.enabled() == {"carl", "yves", "zoe"}


def test_a_person_whom_the_feeds_that_were_read_disable_is_disabled_although_another_failed(
    fed: Fed, first: str, second: str
) -> None:
    fed.feeds[first] = away()
    fed.feeds[second] = feed(user("yves", 50_001, disabled=True), user("zoe", 50_002, 60_001), shared=(60_001, 60_002))
    fed.cycle()
    assert fed.glauth.enabled() == {"anna", "bert", "carl", "zoe"}


def test_an_offering_that_was_never_read_does_not_keep_another_from_disabling_its_people(make_lab: MakeLab) -> None:
    lab = make_lab(sells=2)
    first, second = lab.offerings
    fed = Fed(lab, feeds={first: away(), second: feed(user("zoe", 50_001))})
    fed.cycle()
    fed.feeds[second] = feed(user("yves", 50_002), user("zoe", 50_001, disabled=True))
    fed.cycle()
    assert fed.glauth.enabled() == {"yves"}


def test_a_feed_that_lists_nobody_all_of_a_sudden_is_held_until_a_person_says_so(fed: Fed, first: str) -> None:
    before = fed.glauth.directory
    fed.feeds[first] = Feed()
    for _ in range(3):
        fed.lab.clock.at += 3600
        cycle = fed.cycle()
        assert fed.glauth.directory == before
        assert "it lists nobody, and 3 users before" in cycle.plan.notices[0]
        assert "agent sync --confirm-removals" in cycle.plan.notices[0]
    assert fed.last_feed(first) != Feed()
    fed.cycle(confirmed=True)
    assert (fed.glauth.enabled(), fed.names()) == ({"yves", "zoe"}, [one.name for one in before.users])
    assert fed.last_feed(first) == Feed()
    assert fed.cycle(only_reading).plan.empty


def test_an_only_feed_that_lists_nobody_can_be_confirmed_and_what_is_held_is_not_forgotten(make_lab: MakeLab) -> None:
    lab = make_lab()
    fed = Fed(lab, feeds={lab.offering: feed(*(user(f"u{n}", 10_000 + n) for n in range(40)))})
    fed.cycle()
    fed.feeds[lab.offering] = Feed()
    assert fed.cycle().plan.actions == ()
    cycle = fed.cycle(confirmed=True)
    assert (len(fed.glauth.enabled()), len(cycle.plan.held)) == (40, 40), "over the budget: released by a person"
    assert len(fed.cycle().plan.held) == 40


def test_an_empty_feed_after_a_lost_journal_takes_nobody_away_and_is_not_remembered_as_good(make_lab: MakeLab) -> None:
    lab = make_lab()
    fed = Fed(lab, Published(feed(user("anna", 10_001)).directory), {lab.offering: Feed()})
    for _ in range(3):
        fed.lab.clock.at += 3600
        assert EMPTIED in fed.cycle().plan.notices
    assert (fed.glauth.enabled(), fed.last_feed(lab.offering)) == ({"anna"}, None)
    fed.cycle(confirmed=True)
    assert fed.glauth.enabled() == set()


def test_an_empty_feed_is_no_good_one_while_the_published_file_cannot_be_read(make_lab: MakeLab) -> None:
    lab = make_lab()
    fed = Fed(lab, feeds={lab.offering: Feed()})

    def unreadable(world: World) -> World:
        return instead_of("directory", current=_away)(world)

    fed.cycle(unreadable)
    assert fed.last_feed(lab.offering) is None
    fed.cycle()
    assert fed.last_feed(lab.offering) == Feed()


def _away() -> Directory:
    raise Unavailable("the file cannot be read")


def test_a_record_that_is_not_served_is_told_once_remembered_since_and_keeps_the_last_good_one(
    fed: Fed, first: str
) -> None:
    told = fed.lab.clock.at
    fed.feeds[first] = feed(user("anna", 5, sn="New"), user("bert", 10_002), user("carl", 10_003), user("root", 10_004))
    cycle = fed.cycle()
    text = "its uid 5 is not in 10000-2000000000 (uid_range in the settings)"
    assert f"directory: anna is not served: {text}" in cycle.notices
    assert [one.name for one in cycle.plan.refused] == ["anna", "root"]
    anna = fed.glauth.user("anna")
    assert anna is not None
    assert (anna.uidnumber, anna.sn) == (10_001, "")
    fed.lab.clock.at += 600
    again = fed.cycle(only_reading)
    assert (again.notices, len(again.plan.refused)) == ((), 2)
    assert [(one.name, one.offering, one.since) for one in fed.quarantined()] == [
        ("anna", first, told),
        ("root", first, told),
    ]
    fed.feeds[first] = feed(user("anna", 10_001), user("bert", 10_002), user("carl", 10_003))
    assert fed.cycle().notices == ()
    assert fed.quarantined() == ()


def test_a_published_file_that_cannot_be_read_is_told_by_the_sync_that_leaves_it_alone(fed: Fed) -> None:
    def spoilt() -> Directory:
        raise Unavailable("glauth.cfg cannot be read as what the agent published")

    cycle = fed.cycle(instead_of("directory", current=spoilt))
    assert "directory: glauth.cfg cannot be read as what the agent published" in cycle.notices
    assert exit_code(cycle, UsageRun(UsageReport(month="2026-11"))) == 75


def test_a_directory_that_is_too_large_stays_as_it_is_and_no_feed_of_it_is_a_good_one(fed: Fed, first: str) -> None:
    before, good = fed.glauth.directory, fed.last_feed(first)
    fed.admission = AdmissionPolicy(most_users=5)
    fed.feeds[first] = feed(*(user(f"u{n}", 10_100 + n) for n in range(6)))
    cycle = fed.cycle()
    assert cycle.plan.actions == ()
    assert exit_code(cycle, UsageRun(UsageReport(month="2026-11"))) == 4
    assert any(text.startswith("the directory stays as it is: the feeds list 8 users") for text in cycle.plan.notices)
    assert (fed.glauth.directory, fed.last_feed(first)) == (before, good)
    (whole,) = fed.quarantined()
    assert (whole.kind, whole.name, whole.offering) == ("directory", "", "")
    assert whole.reason in cycle.plan.notices


def test_a_feed_that_is_not_used_as_it_is_stands_in_quarantine_until_it_is(fed: Fed, first: str) -> None:
    fed.feeds[first] = Incomplete(BROKEN)
    fed.cycle()
    began = fed.quarantined()[0].since
    fed.lab.clock.at += 600
    assert fed.cycle(only_reading).notices == ()
    (whole,) = fed.quarantined()
    assert (whole.kind, whole.offering, whole.since) == ("feed", first, began)
    assert "line 12, column 9" in whole.reason
    fed.feeds[first] = feed(user("anna", 10_001), user("bert", 10_002), user("carl", 10_003))
    fed.cycle()
    assert fed.quarantined() == ()


def test_the_journal_knows_gid_and_person_of_whoever_is_served_before_the_file_does(fed: Fed, first: str) -> None:
    fed.glauth.outage = "the disk is full"
    fed.feeds[first] = feed(*(user(name, 10_001 + n) for n, name in enumerate(("anna", "bert", "carl", "dora"))))
    fed.cycle()
    with fed.lab.world_of() as (_, world):
        known = world.journal.known(0.0)
    assert (known.uids["dora"], known.gids["dora"], known.persons["dora"]) == (10_004, 10_004, "name dora")


def test_a_gid_that_a_group_once_had_is_no_other_group_s_in_any_later_cycle(fed: Fed, first: str) -> None:
    others = (user("bert", 10_002), user("carl", 10_003))
    fed.feeds[first] = feed(user("anna", 10_001), *others)
    fed.cycle()
    assert [one.name for one in fed.glauth.directory.groups if one.gidnumber == 20_001] == []
    taken = feed(user("anna", 10_001, 20_001), *others).directory
    bio = DirectoryGroup(name="bio", gidnumber=20_001)
    fed.feeds[first] = Feed(directory=replace(taken, groups=(*taken.groups, bio)))
    fed.lab.clock.at += 86_400
    cycle = fed.cycle()
    assert bio not in fed.glauth.directory.groups
    assert [one.reason for one in cycle.plan.refused] == [
        "its gid 20001 belongs to the group g20001, and so do the files; give the group a new gid in the marketplace"
    ]
    assert fed.cycle(only_reading).plan.empty


def test_a_run_of_one_offering_alone_neither_serves_nor_remembers(fed: Fed, first: str) -> None:
    before, good = fed.glauth.directory, fed.last_feed(first)
    fed.feeds[first] = feed(user("dora", 10_004))
    with fed.lab.world_of(fed.world) as (_, world):
        converge(world, [policy for policy in world.policies if policy.uuid == first])
    assert (fed.glauth.directory, fed.last_feed(first), fed.quarantined()) == (before, good, ())
