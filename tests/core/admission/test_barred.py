"""Whose account at an offering is restricted or to be deleted is disabled there, whatever its feed says."""

from dataclasses import replace

import pytest

from agent.core.admission.intake import admit_feeds
from agent.core.cycle import make_plan
from agent.core.model.directory import Directory, Feed
from agent.core.naming import GOING
from agent.core.plan import Plan
from agent.core.policy import AdmissionPolicy
from agent.core.snapshot import Complete, Missing, Partial
from tests.core.admission.offerings import Offerings
from tests.core.admission.slices import A, feed, group, user
from tests.fixtures.worlds import GENEROUS, OFFERING, World, makers_of

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
SHARED = (group("20001", 20_001),)
TELLS = pytest.mark.parametrize("tells", [True, False], ids=["told", "by teams"])
ADA, BOB = user("ada", 10_001, sshkeys=(KEY,), othergroups=(20_001,)), user("bob", 10_002, sshkeys=(KEY,))


@pytest.fixture
def site() -> Offerings:
    """Ada and Bob may work at the first offering, and its feed says that neither is disabled."""
    site = Offerings()
    site.a.people = {"ada": "ada", "bob": "bob"}
    site.a.works_in("ada", "bob")
    site.a.lists(ADA, BOB, groups=SHARED)
    return site


def disabled(site: Offerings) -> set[str]:
    users = site.admitted().directory.users
    assert all(one.disabled == (not one.sshkeys) == (one.loginshell == "/usr/sbin/nologin") for one in users)
    return {one.name for one in users if one.disabled}


@TELLS
def test_who_is_restricted_is_disabled(site: Offerings, tells: bool) -> None:
    site.a.lists(ADA, BOB, tells_disabled=tells)
    assert disabled(site) == set()
    site.a.restricted = {"ada"}
    assert disabled(site) == {"ada"}


@TELLS
@pytest.mark.parametrize("state", sorted(GOING))
def test_whose_account_is_to_be_deleted_is_disabled(site: Offerings, state: str, tells: bool) -> None:
    site.a.lists(ADA, BOB, tells_disabled=tells)
    site.a.states["ada"] = state
    assert disabled(site) == {"ada"}


@TELLS
def test_who_is_fine_at_another_offering_stays_with_its_groups_alone(site: Offerings, tells: bool) -> None:
    site.b.people = {"ada": "ada"}
    site.b.works_in("ada")
    there = user("ada", 50_001, sshkeys=(KEY,), othergroups=(60_001,))
    site.a.lists(ADA, BOB, groups=SHARED, tells_disabled=tells)
    site.b.lists(there, groups=(group("60001", 60_001),), tells_disabled=tells)
    site.a.restricted = {"ada"}
    assert (disabled(site), site.user("ada").othergroups) == (set(), (60_001,))
    site.b.states["ada"] = "Deleted"
    assert disabled(site) == {"ada"}


@TELLS
@pytest.mark.parametrize("gap", [Missing("away"), Partial((), "cut off")])
def test_who_is_barred_is_not_let_in_again_while_the_users_are_not_known(site: Offerings, gap, tells: bool) -> None:
    site.a.lists(ADA, BOB, tells_disabled=tells)
    site.a.restricted = {"ada"}
    site.publish()
    site.a.sections["users"] = gap
    assert disabled(site) == {"ada"}
    site.a.lists(ADA, replace(BOB, disabled=True), tells_disabled=tells)
    assert disabled(site) == ({"ada", "bob"} if tells else {"ada"}), "what the feed says of being disabled counts"


@TELLS
@pytest.mark.parametrize("gap", [Missing("away"), Partial((), "cut off")])
def test_who_is_barred_at_one_of_two_gets_none_of_its_groups_while_the_users_are_not_known(
    site: Offerings, gap, tells: bool
) -> None:
    site.b.people = {"ada": "ada"}
    site.b.works_in("ada")
    there = user("ada", 50_001, sshkeys=(KEY,), othergroups=(60_001,))
    site.a.lists(ADA, BOB, groups=SHARED, tells_disabled=tells)
    site.b.lists(there, groups=(group("60001", 60_001),), tells_disabled=tells)
    site.a.restricted = {"ada"}
    site.publish()
    site.a.sections["users"] = gap
    assert (disabled(site), site.user("ada").othergroups) == (set(), (60_001,))
    site.a.restricted, site.a.sections = set(), {}
    assert site.user("ada").othergroups == (20_001, 60_001)
    site.publish()
    site.a.sections["users"] = gap
    assert site.user("ada").othergroups == (20_001, 60_001), "what was given before is not taken by an outage"


@TELLS
def test_what_was_read_of_a_person_counts_although_not_everybody_was_read(site: Offerings, tells: bool) -> None:
    site.a.lists(ADA, BOB, tells_disabled=tells)
    site.publish()
    site.a.restricted = {"ada"}
    site.a.sections["users"] = Partial(site.a.snapshot().users.value[:1], "cut off")
    assert disabled(site) == {"ada"}


@TELLS
def test_a_restriction_counts_although_the_feed_was_not_read(site: Offerings, tells: bool) -> None:
    site.a.lists(ADA, BOB, tells_disabled=tells)
    site.publish()
    site.a.feed = Missing("away")
    site.a.restricted = {"ada"}
    assert site.last_good[A].tells_disabled is tells
    assert (disabled(site), site.admitted().doubt.people & {"ada"}) == ({"ada"}, set())


def planned(world: World) -> Plan:
    """Bob is published with his key, and the feed still says that he is not disabled."""
    world.sections["feed"] = Complete(Feed(directory=feed(user("bob", 10_002, sshkeys=(KEY,)))))
    served = user("bob", 10_002, sshkeys=(f"{KEY} bob@waldur",))
    directory = Directory(users=(served,), groups=feed(served).groups)
    observed = replace(world.observed(), directory=Complete(directory))
    admitted = admit_feeds([world.policy], observed, world.known, {}, AdmissionPolicy())
    return make_plan(observed, [world.policy], world.guard, world.known, makers_of(OFFERING), admitted, confirmed=True)


def test_who_is_restricted_is_locked_out_after_the_last_association_is_gone() -> None:
    world = World(guard=GENEROUS)
    world.allocation("alloc", "alice", "bob")
    world.shown("bob", restricted=True)
    assert [one.kind for one in planned(world).actions] == ["remove association"]
    world.associations = [one for one in world.associations if one.user != "bob"]
    assert [(one.key, one.user.disabled) for one in planned(world).actions] == [("put directory user bob", True)]
