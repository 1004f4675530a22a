"""The published directory: who is added, changed and removed, and which groups follow."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.actions import (
    DisableDirectoryUser,
    Evidence,
    PutDirectoryGroups,
    PutDirectoryUser,
    RemoveDirectoryUser,
)
from agent.core.admission import Doubt
from agent.core.diff.directory import Whose, directory_actions, published
from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser
from tests.fixtures.wild_worlds import examples

NAMES = ("alice", "bob", "carol", "dave")
GOING = (DisableDirectoryUser, RemoveDirectoryUser)


def user(name: str, *groups: int, **fields: object) -> DirectoryUser:
    uid = 10_000 + NAMES.index(name)
    return DirectoryUser(name=name, uidnumber=uid, primarygroup=uid, othergroups=groups, **fields)


def directory(*users: DirectoryUser, shared: tuple[int, ...] = ()) -> Directory:
    own = [DirectoryGroup(name=one.name, gidnumber=one.primarygroup) for one in users]
    return Directory(users=users, groups=(*own, *(DirectoryGroup(name=f"g{gid}", gidnumber=gid) for gid in shared)))


def actions(desired: Directory, observed: Directory, *, whole: bool = True, **whose: frozenset[str]):
    return list(directory_actions(desired, observed, Whose(**whose), Doubt(whole=whole, fresh=whole)))


def only(*names: str) -> frozenset[str]:
    return frozenset(names)


def test_a_new_user_is_added_with_the_own_group():
    assert [action.describe() for action in actions(directory(user("alice")), Directory())] == [
        "add alice (uid 10000) to the directory",
        "groups in the directory: 1 added, 0 dropped",
    ]


def test_a_changed_record_names_the_fields():
    (action,) = actions(directory(user("alice", mail="a@b.c", sn="A")), directory(user("alice")))
    assert action.describe() == "change alice in the directory: sn, mail"


def test_a_user_whom_the_feed_disables_counts_for_the_guard_and_one_it_enables_does_not():
    active, disabled = directory(user("alice")), directory(user("alice", disabled=True))
    (off,), (on,) = actions(disabled, active), actions(active, disabled)
    assert (off.evidence, on.evidence) == (Evidence.POSITIVE, None)


@pytest.mark.parametrize("lost", [{"sshkeys": ()}, {"othergroups": ()}])
def test_a_user_whom_the_feed_leaves_without_keys_or_groups_counts_for_the_guard(lost):
    whole = replace(user("alice", 20_001), sshkeys=("ssh-ed25519 AAAA", "ssh-ed25519 BBBB"))
    fewer = replace(whole, sshkeys=whole.sshkeys[:1])
    (stripped,), (other,) = (
        actions(directory(replace(whole, **lost)), directory(whole)),
        actions(directory(fewer), directory(whole)),
    )
    assert (stripped.evidence, other.evidence) == (Evidence.POSITIVE, None)


def test_a_group_that_gets_another_gid_is_not_there_twice_for_a_record_that_stays():
    kept, before = user("bob", 15_001), directory(user("alice", 15_001), user("bob", 15_001))
    after = directory(user("alice", 15_009))
    before = replace(before, groups=(*before.groups, DirectoryGroup(name="proj", gidnumber=15_001)))
    after = replace(after, groups=(*after.groups, DirectoryGroup(name="proj", gidnumber=15_009)))
    found = directory_actions(after, before, Whose(quarantined=frozenset({"bob"})), Doubt())
    result = published(before, after, found)
    assert [one.gidnumber for one in result.groups if one.name == "proj"] == [15_009]
    assert [(one.name, one.othergroups) for one in result.users] == [("alice", (15_009,)), (kept.name, ())]


def test_who_is_in_no_feed_is_locked_out_and_stays_so_that_files_keep_an_owner():
    bob = user("bob", mail="b@c.d", sshkeys=("ssh-ed25519 AAAA",))
    before, after = directory(user("alice"), bob), directory(user("alice"))
    (action,) = actions(after, before)
    assert (type(action), action.evidence) == (DisableDirectoryUser, Evidence.ABSENCE)
    assert action.describe() == "disable bob (uid 10001) in the directory: no feed lists this user any more"
    result = published(before, after, [action])
    assert result == directory(user("alice"), user("bob", mail="b@c.d", disabled=True, loginshell="/usr/sbin/nologin"))
    assert actions(after, result) == []


def test_a_name_that_was_released_leaves_the_directory_and_the_own_group_goes_along():
    before, after = directory(user("alice"), user("bob", disabled=True)), directory(user("alice"))
    (action,) = actions(after, before, released=only("bob"))
    assert (type(action), action.evidence) == (RemoveDirectoryUser, Evidence.ABSENCE)
    assert published(before, after, [action]) == after


def test_a_released_name_that_a_feed_lists_again_is_the_feed_s():
    before, after = directory(user("alice")), directory(user("alice", sn="new"))
    (action,) = actions(after, before, released=only("alice"))
    assert (type(action), action.user.sn) == (PutDirectoryUser, "new")


def test_whom_the_marketplace_still_shows_stays_as_they_are_although_the_feed_lacks_them():
    assert actions(Directory(), directory(user("alice")), held=only("alice")) == []


def test_whose_associations_are_being_removed_is_locked_out_only_after_that():
    before, gone = directory(user("alice")), Directory()
    assert actions(gone, before, leaving=only("alice")) == []
    assert actions(gone, before, leaving=only("alice"), released=only("alice")) == []
    assert [type(action) for action in actions(gone, before)] == [DisableDirectoryUser]


def test_the_record_of_somebody_whom_a_feed_disables_stays_as_it_is_while_they_are_leaving():
    before = directory(user("alice", 20_001, sshkeys=("ssh-ed25519 AAAA",)), shared=(20_001,))
    after = directory(user("alice", sn="new", disabled=True))
    assert actions(after, before, leaving=only("alice")) == []
    assert [type(action) for action in actions(after, before)] == [PutDirectoryUser, PutDirectoryGroups]
    active = directory(user("alice"))
    (back,) = actions(active, after, leaving=only("alice"))
    assert back.user == user("alice")


def test_who_is_locked_out_already_is_not_locked_out_again():
    before = directory(user("alice", disabled=True))
    assert actions(Directory(), before) == []


def test_nobody_is_locked_out_while_a_feed_is_missing():
    before = directory(user("alice"), user("bob"))
    assert actions(directory(user("alice")), before, whole=False, released=only("bob")) == []


def test_while_a_feed_is_missing_nobody_is_removed_or_changed_and_new_users_are_added():
    before = directory(user("alice", 20_001), user("bob"), shared=(20_001,))
    after = directory(user("alice"), user("carol"))
    found = actions(after, before, whole=False)
    assert [action.key for action in found] == ["put directory user carol", "put directory groups groups"]
    result = published(before, after, found)
    assert {one.name: one for one in result.users} == {
        one.name: one for one in (user("alice", 20_001), user("bob"), user("carol"))
    }
    assert {group.name for group in result.groups} == {"alice", "bob", "carol", "g20001"}


def test_while_a_feed_is_missing_its_groups_stay_even_without_a_user():
    before, after = directory(user("alice"), shared=(20_001,)), directory(user("alice"), user("bob"))
    found = actions(after, before, whole=False)
    assert 20_001 in {group.gidnumber for group in published(before, after, found).groups}


UNREAD = Doubt(fresh=False, people=frozenset({"alice"}), groups=frozenset({20_002}))


def in_doubt(desired: Directory, observed: Directory, **whose: frozenset[str]):
    """The actions while the feed that lists alice was not read; another one gives the group 20002 alone."""
    return list(directory_actions(desired, observed, Whose(**whose), UNREAD))


def test_while_a_feed_is_away_whose_last_one_is_known_records_change_and_users_come():
    before = directory(user("alice"), user("bob"))
    after = directory(user("alice", sn="new"), user("bob", mail="b@c.d"), user("carol"))
    found = in_doubt(after, before)
    assert published(before, after, found) == after


def test_nobody_who_may_be_in_a_feed_that_was_not_read_is_disabled_and_the_others_are():
    before = directory(user("alice", sshkeys=("k",)), user("bob", sshkeys=("k",)))
    after = directory(user("alice", disabled=True), user("bob", disabled=True))
    (action,) = in_doubt(after, before)
    assert (action.user.name, action.user.disabled, action.evidence) == ("bob", True, Evidence.POSITIVE)
    assert len(actions(after, before)) == 2


def test_whom_no_feed_lists_stays_while_one_was_not_read_and_so_does_a_released_name():
    before = directory(user("alice"), user("bob"))
    assert in_doubt(directory(), before, released=only("bob")) == []


def test_a_membership_ends_only_where_the_feeds_that_were_read_are_the_only_ones_to_give_it():
    before = directory(user("bob", 20_001, 20_002, 20_003), shared=(20_001, 20_002, 20_003))
    after = directory(user("bob", 20_004), shared=(20_001, 20_002, 20_004))
    found = in_doubt(after, before)
    result = published(before, after, found)
    assert result.users[0].othergroups == (20_001, 20_003, 20_004)
    assert {group.gidnumber for group in result.groups} == {10_001, 20_001, 20_002, 20_003, 20_004}


def test_a_refused_record_of_somebody_who_is_disabled_everywhere_locks_the_one_that_is_served():
    before, after = directory(user("alice", sshkeys=("k",)), user("bob")), directory(user("bob"))
    whose = {"quarantined": only("alice"), "locked": only("alice")}
    (action,) = actions(after, before, **whose)
    assert action.user == user("alice", disabled=True, loginshell="/usr/sbin/nologin")
    assert action.evidence is Evidence.POSITIVE
    assert actions(after, published(before, after, [action]), **whose) == []
    assert in_doubt(after, before, **whose) == []
    assert actions(after, before, **whose, leaving=only("alice")) == []


def test_a_record_that_was_refused_keeps_what_is_published():
    before = directory(user("alice"), user("bob"))
    assert actions(directory(user("alice")), before, quarantined=only("bob"), released=only("bob")) == []


def test_a_removal_that_is_held_keeps_the_record_and_the_groups_it_points_to():
    before = directory(user("alice"), user("bob", 20_001), shared=(20_001,))
    after = directory(user("alice", sn="new"))
    found = [action for action in actions(after, before, released=only("bob")) if not isinstance(action, GOING)]
    result = published(before, after, found)
    assert [one.name for one in result.users] == ["alice", "bob"]
    assert {group.name for group in result.groups} == {"alice", "bob", "g20001"}


def test_a_group_nobody_wants_is_dropped_when_every_feed_was_read():
    before, after = directory(user("alice"), shared=(20_001,)), directory(user("alice"))
    (action,) = actions(after, before)
    assert isinstance(action, PutDirectoryGroups)
    assert action.dropped == ("g20001",)
    assert published(before, after, [action]) == after


USERS = st.builds(
    lambda name, groups, sn, disabled: user(name, *sorted(groups), sn=sn, disabled=disabled),
    st.sampled_from(NAMES),
    st.sets(st.sampled_from([20_001, 20_002])),
    st.sampled_from(["", "x"]),
    st.booleans(),
)
SETS = st.frozensets(st.sampled_from(NAMES))


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    people = draw(st.lists(USERS, unique_by=lambda one: one.name, max_size=4))
    used = {gid for one in people for gid in one.othergroups}
    return directory(*people, shared=tuple(sorted(used | draw(st.sets(st.sampled_from([20_001, 20_003]))))))


@examples(80)
@given(directories(), directories(), st.booleans(), SETS, SETS, SETS, SETS)
def test_what_is_published_leaves_nothing_to_do(desired, observed, whole, refused, held, leaving, released):
    whose = {
        "quarantined": refused - {one.name for one in desired.users},
        "held": held,
        "leaving": leaving,
        "released": released - held,
    }
    found = actions(desired, observed, whole=whole, **whose)
    result = published(observed, desired, found)
    assert actions(desired, result, whole=whole, **whose) == []
    served = {group.gidnumber for group in result.groups}
    assert all({one.primarygroup, *one.othergroups} <= served for one in result.users)
    if not whole:
        assert {one.name for one in observed.users} <= {one.name for one in result.users}
        assert set(observed.groups) <= set(result.groups)
        assert not any(isinstance(action, PutDirectoryUser) and action.before for action in found)


@examples(80)
@given(directories(), directories(), SETS)
def test_every_difference_of_users_is_an_action_of_its_own(desired, observed, released):
    found = actions(desired, observed, released=released)
    gone = {one.name for one in observed.users} - {one.name for one in desired.users}
    active = {one.name for one in observed.users if not one.disabled}
    of = {kind: {action.user.name for action in found if isinstance(action, kind)} for kind in GOING}
    assert of[RemoveDirectoryUser] == gone & released
    assert of[DisableDirectoryUser] == (gone & active) - released
    assert {action.user for action in found if isinstance(action, PutDirectoryUser)} == set(desired.users) - set(
        observed.users
    )


@examples(80)
@given(directories(), directories(), st.booleans(), SETS, SETS, SETS)
def test_nobody_who_is_held_or_leaving_is_locked_out_or_removed(desired, observed, whole, held, leaving, released):
    found = actions(desired, observed, whole=whole, held=held, leaving=leaving, released=released - held)
    active = {one.name for one in observed.users if not one.disabled}
    locked = {one.user.name for one in found if isinstance(one, PutDirectoryUser) and one.user.disabled} & active
    gone = {one.user.name for one in found if isinstance(one, GOING)}
    assert not gone & (held | leaving)
    assert not locked & leaving
    assert not any(isinstance(one, RemoveDirectoryUser) and one.user.name not in released for one in found)


def test_a_name_s_record_can_be_replaced_whole():
    before = directory(user("alice"))
    after = Directory(users=(replace(before.users[0], homedir="/home/alice"),), groups=before.groups)
    assert published(before, after, actions(after, before)) == after
