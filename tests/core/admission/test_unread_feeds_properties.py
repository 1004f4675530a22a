"""Whatever the feeds hold: nothing is taken away on the word of one that was not read whole."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from agent.core.admission import Admitted
from agent.core.diff.directory import Whose, directory_actions, published
from agent.core.model.directory import Directory, DirectoryUser, Feed
from agent.core.snapshot import Complete, Missing, Partial, Section
from tests.core.admission.offerings import Offerings
from tests.core.admission.slices import A, feed, group, user
from tests.fixtures.wild_worlds import examples

NAMES = ("ada", "bob", "eve", "zoe")
GROUPS = {"a": (20_001, 20_002), "b": (60_001, 60_002)}


@st.composite
def feeds(draw: st.DrawFn, side: str) -> Directory:
    """Some of the people, each with the uid that the offering gives them, or once in a while another one."""
    first = {"a": 10_000, "b": 50_000}[side]
    users = []
    for number, name in enumerate(NAMES):
        if draw(st.booleans()):
            gids = draw(st.sets(st.sampled_from([*GROUPS[side], 20_001, 60_001])))
            uid = first + draw(st.sampled_from([number, number, number, 9]))
            fields = {"disabled": draw(st.booleans()), "sn": draw(st.sampled_from(["", "x"]))}
            users.append(user(name, uid, othergroups=tuple(sorted(gids)), **fields))
    return feed(*users, groups=tuple(group(f"g{gid}", gid) for gid in GROUPS[side] if draw(st.booleans())))


PEOPLE = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["p1", "p2", *NAMES]), max_size=4)


@st.composite
def unread(draw: st.DrawFn) -> Section[Feed]:
    """A feed that is away, cut off, or empty all of a sudden."""
    half = draw(feeds("a"))
    return draw(st.sampled_from([Missing("away"), Partial(Feed(directory=half), "cut off"), Complete(Feed())]))


@st.composite
def sites(draw: st.DrawFn) -> Offerings:
    """Two offerings in use; since then the first one's feed was not read, and the second one's has changed."""
    site = Offerings()
    site.a.people, site.b.people = draw(PEOPLE), draw(PEOPLE)
    for side, name in ((site.a, "a"), (site.b, "b")):
        side.feed = Complete(Feed(directory=draw(feeds(name))))
    site.publish()
    site.a.feed, site.b.feed = draw(unread()), Complete(Feed(directory=draw(feeds("b"))))
    if not site.last_good[A].directory.users and isinstance(site.a.feed, Complete):
        site.a.feed = Missing("away")  # nobody now and nobody before is read whole
    for side in (site.a, site.b):
        if draw(st.booleans()):
            side.sections["users"] = draw(st.sampled_from([Missing("away"), Partial((), "cut off")]))
    return site


def carried_out(site: Offerings, admitted: Admitted) -> Directory:
    """What is published after everything that follows was done."""
    refused = frozenset(record.name for record in admitted.refused if record.kind == "user" and not record.stranger)
    locked = frozenset(record.name for record in admitted.refused if record.locked)
    whose = Whose(quarantined=refused, locked=locked)
    actions = list(directory_actions(admitted.directory, site.published, whose, admitted.doubt))
    return published(site.published, admitted.directory, actions)


def by_name(directory: Directory) -> Mapping[str, DirectoryUser]:
    return {one.name: one for one in directory.users}


@examples(80)
@given(sites())
def test_nobody_and_no_group_goes_and_no_number_changes(site):
    before, after = by_name(site.published), by_name(carried_out(site, site.admitted()))
    assert before.keys() <= after.keys()
    for name, was in before.items():
        assert (after[name].uidnumber, after[name].primarygroup) == (was.uidnumber, was.primarygroup)
    assert set(site.published.groups) <= set(carried_out(site, site.admitted()).groups)
    uids = [one.uidnumber for one in after.values()]
    assert len(set(uids)) == len(uids)


@examples(80)
@given(sites())
def test_whoever_was_listed_by_the_feed_that_was_not_read_keeps_access_and_its_groups(site):
    listed = {one.name for one in site.last_good[A].directory.users}
    given_by_it = {one.gidnumber for one in site.last_good[A].directory.groups}
    after = by_name(carried_out(site, site.admitted()))
    for was in site.published.users:
        now = after[was.name]
        if was.name in listed:
            assert was.disabled or not now.disabled
        assert set(was.othergroups) & given_by_it <= set(now.othergroups)
