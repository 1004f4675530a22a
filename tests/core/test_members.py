"""Who may use an account, who waits, and who loses access on the word of a record."""

from dataclasses import replace

import pytest

from agent.core.known import Known
from agent.core.members import RESTRICTED, Crew, Members, given_names
from agent.core.model.marketplace import OfferingUser, ProjectRole, Resource, ResourceState
from agent.core.policy import OfferingPolicy
from tests.fixtures.worlds import NOW, OFFERING, POLICY, offering_user, role, uuid_of

RESOURCE = Resource(
    uuid=uuid_of("alloc"), name="alloc", slug="alloc", state=ResourceState.OK, project_uuid=uuid_of("project")
)
REMEMBERED = Known(usernames={(OFFERING, uuid_of("alice")): "alice"})


def members(
    roles: list[ProjectRole],
    users: list[OfferingUser],
    known: Known = REMEMBERED,
    policy: OfferingPolicy = POLICY,
    resource: Resource = RESOURCE,
) -> Members:
    return Crew(policy, roles, users, known, NOW).of(resource)


def reasons(found: Members) -> list[str]:
    return [reason for _, reason in found.waiting]


def test_everybody_with_a_role_in_the_project_and_a_name_is_a_member():
    found = members([role("alice"), role("bob")], [offering_user("alice"), offering_user("bob")])
    assert found == Members(names=frozenset({"alice", "bob"}))


def test_a_role_in_another_project_gives_nothing():
    assert members([role("alice", project="other")], [offering_user("alice")]) == Members(names=frozenset())


def test_several_roles_of_one_person_are_one_member():
    roles = [role("alice"), role("alice", kind="PROJECT.ADMIN")]
    assert members(roles, [offering_user("alice")]).names == {"alice"}


def test_only_the_roles_of_the_settings_count_when_there_are_any():
    policy = replace(POLICY, roles=frozenset({"PROJECT.ADMIN"}))
    roles = [role("alice"), role("bob", kind="PROJECT.ADMIN")]
    assert members(roles, [offering_user("alice"), offering_user("bob")], policy=policy).names == {"bob"}


@pytest.mark.parametrize(
    ("expires", "names"), [(None, {"alice"}), (NOW + 1, {"alice"}), (NOW, set()), (NOW - 1, set())]
)
def test_a_role_counts_until_the_second_it_expires(expires, names):
    found = members([role("alice", expires=expires)], [offering_user("alice")])
    assert found.names == names
    assert found.ended == ({} if names else {"alice": "the role PROJECT.MEMBER has expired"})


def test_an_expired_role_beside_one_that_stands_ends_nothing():
    roles = [role("alice", expires=NOW - 1), role("alice", kind="PROJECT.ADMIN")]
    assert members(roles, [offering_user("alice")]) == Members(names=frozenset({"alice"}))


def test_an_expired_role_ends_the_access_of_a_name_only_the_journal_knows():
    assert members([role("alice", expires=NOW - 1)], []).ended == {"alice": "the role PROJECT.MEMBER has expired"}


def test_a_blanked_username_stays_the_remembered_one():
    assert members([role("alice")], [offering_user("alice", username="")]).names == {"alice"}


def test_who_was_never_named_waits():
    found = members([role("bob")], [offering_user("bob", username="")])
    assert (found.names, reasons(found)) == (frozenset(), ["has no username yet"])


@pytest.mark.parametrize("name", ["evil\nname", "a,b", "-rf", "Alice", "x" * 33])
def test_a_username_that_is_not_safe_is_not_used_and_the_old_one_is_left_in_peace(name):
    found = members([role("alice")], [offering_user("alice", username=name)])
    assert (found.names, found.spared) == (frozenset(), {"alice"})
    assert reasons(found) == [f"has a username that cannot be used on the cluster: {name[:40]!r}"]


def test_who_has_no_offering_user_is_neither_added_nor_removed():
    found = members([role("alice")], [])
    assert (found.names, found.spared, reasons(found)) == (frozenset(), {"alice"}, ["has no offering user yet"])


def test_an_unsafe_name_in_the_journal_is_not_used_either():
    known = Known(usernames={(OFFERING, uuid_of("alice")): "bad\nname"})
    assert members([role("alice")], [offering_user("alice", username="")], known).names == frozenset()
    assert members([role("alice")], [], known).names == frozenset()


def test_a_name_in_a_state_that_is_not_usable_waits():
    found = members([role("bob")], [offering_user("bob", state="Creating")])
    assert (found.names, reasons(found)) == (frozenset(), ["is in state Creating"])


def test_a_new_name_in_a_state_that_is_not_usable_waits_although_an_older_one_is_remembered():
    found = members([role("alice")], [offering_user("alice", username="alice2", state="Creating")])
    assert (found.names, found.spared) == (frozenset(), {"alice"})


def test_a_remembered_name_stays_usable_in_every_state():
    assert members([role("alice")], [offering_user("alice", state="Requested deletion")]).names == {"alice"}


def test_a_server_without_states_gives_usable_names():
    assert members([role("bob")], [offering_user("bob", state="")]).names == {"bob"}


def test_a_restricted_user_loses_access_by_name_and_is_not_spared():
    found = members([role("alice")], [offering_user("alice", restricted=True)])
    assert (found.names, found.spared) == (frozenset(), frozenset())
    assert found.ended == {"alice": "the user is restricted at this offering"}
    assert reasons(found) == ["is restricted at this offering"]


def test_restricted_access_of_members_leaves_nobody_whoever_they_are():
    resource = replace(RESOURCE, restrict_member_access=True)
    found = members([role("alice")], [offering_user("alice")], resource=resource)
    assert (found.names, found.spared, found.waiting) == (frozenset(), frozenset(), ())
    assert (found.everyone, found.ended) == (RESTRICTED, {"alice": RESTRICTED})


def test_a_name_two_people_share_is_a_member_while_one_of_them_is():
    users = [offering_user("alice"), offering_user("bob", username="alice")]
    assert members([role("alice", expires=NOW - 1), role("bob")], users, Known()).names == {"alice"}


def test_only_names_that_may_be_used_are_remembered():
    users = [
        offering_user("alice"),
        offering_user("bob", username=""),
        offering_user("carol", username="bad name"),
        offering_user("dave", state="Creating"),
        offering_user("erin", restricted=True),
        offering_user("frank", state=""),
    ]
    assert given_names(users) == {uuid_of("alice"): "alice", uuid_of("frank"): "frank"}
