"""The published directory: who is added, changed and removed, and which groups follow."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agent.core.actions import Evidence, PutDirectoryGroups, PutDirectoryUser, RemoveDirectoryUser
from agent.core.diff.directory import directory_actions, published
from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser

NAMES = ("alice", "bob", "carol", "dave")


def user(name: str, *groups: int, **fields: object) -> DirectoryUser:
    uid = 10_000 + NAMES.index(name)
    return DirectoryUser(name=name, uidnumber=uid, primarygroup=uid, othergroups=groups, **fields)


def directory(*users: DirectoryUser, shared: tuple[int, ...] = ()) -> Directory:
    own = [DirectoryGroup(name=one.name, gidnumber=one.primarygroup) for one in users]
    return Directory(users=users, groups=(*own, *(DirectoryGroup(name=f"g{gid}", gidnumber=gid) for gid in shared)))


def actions(desired: Directory, observed: Directory, *, whole: bool = True, quarantined: frozenset[str] = frozenset()):
    return list(directory_actions(desired, observed, quarantined, whole))


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


def test_who_is_in_no_feed_is_removed_and_the_own_group_goes_along():
    before, after = directory(user("alice"), user("bob")), directory(user("alice"))
    found = actions(after, before)
    assert [type(action) for action in found] == [RemoveDirectoryUser]
    assert published(before, after, found) == after


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


def test_a_record_that_was_refused_keeps_what_is_published():
    before = directory(user("alice"), user("bob"))
    assert actions(directory(user("alice")), before, quarantined=frozenset({"bob"})) == []


def test_a_removal_that_is_held_keeps_the_record_and_the_groups_it_points_to():
    before = directory(user("alice"), user("bob", 20_001), shared=(20_001,))
    after = directory(user("alice", sn="new"))
    found = [action for action in actions(after, before) if not isinstance(action, RemoveDirectoryUser)]
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
    lambda name, groups, sn: user(name, *sorted(groups), sn=sn),
    st.sampled_from(NAMES),
    st.sets(st.sampled_from([20_001, 20_002])),
    st.sampled_from(["", "x"]),
)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    people = draw(st.lists(USERS, unique_by=lambda one: one.name, max_size=4))
    used = {gid for one in people for gid in one.othergroups}
    return directory(*people, shared=tuple(sorted(used | draw(st.sets(st.sampled_from([20_001, 20_003]))))))


@given(directories(), directories(), st.booleans(), st.sets(st.sampled_from(NAMES)))
def test_what_is_published_leaves_nothing_to_do(desired, observed, whole, quarantined):
    refused = frozenset(quarantined) - {one.name for one in desired.users}
    found = actions(desired, observed, whole=whole, quarantined=refused)
    result = published(observed, desired, found)
    assert actions(desired, result, whole=whole, quarantined=refused) == []
    served = {group.gidnumber for group in result.groups}
    assert all({one.primarygroup, *one.othergroups} <= served for one in result.users)
    if not whole:
        assert {one.name for one in observed.users} <= {one.name for one in result.users}
        assert set(observed.groups) <= set(result.groups)
        assert not any(isinstance(action, PutDirectoryUser) and action.before for action in found)


@given(directories(), directories())
def test_every_difference_of_users_is_an_action_of_its_own(desired, observed):
    found = actions(desired, observed)
    assert {action.user.name for action in found if isinstance(action, RemoveDirectoryUser)} == {
        one.name for one in observed.users
    } - {one.name for one in desired.users}
    assert {action.user for action in found if isinstance(action, PutDirectoryUser)} == set(desired.users) - set(
        observed.users
    )


def test_a_name_s_record_can_be_replaced_whole():
    before = directory(user("alice"))
    after = Directory(users=(replace(before.users[0], homedir="/home/alice"),), groups=before.groups)
    assert published(before, after, actions(after, before)) == after
