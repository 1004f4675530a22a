"""Who may use an account, who waits, and who loses access on the word of a record."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from agent.core.known import Known
from agent.core.members import RESTRICTED, Crew, Members
from agent.core.model.marketplace import AccountKind, ProjectRole, Resource, ResourceState, ServiceAccount
from agent.core.naming import Naming
from agent.core.policy import OfferingPolicy
from agent.core.services import Services
from agent.core.usernames import Claims
from tests.fixtures.worlds import NOW, OFFERING, POLICY, role, service_account, uuid_of

RESOURCE = Resource(
    uuid=uuid_of("alloc"), name="alloc", slug="alloc", state=ResourceState.OK, project_uuid=uuid_of("project")
)
REMEMBERED = Known(usernames={(OFFERING, uuid_of("alice")): "alice"}, holders={"alice": uuid_of("alice")})
MANAGED = replace(POLICY, coordinators=True)


def named(**names: str | Naming) -> dict[str, Naming]:
    """Person → the name they may use, or all that is said of it."""
    return {
        uuid_of(person): Naming(name=name, held=name) if isinstance(name, str) else name
        for person, name in names.items()
    }


def members(
    roles: list[ProjectRole],
    namings: dict[str, Naming],
    known: Known = REMEMBERED,
    policy: OfferingPolicy = POLICY,
    resource: Resource = RESOURCE,
    services: Sequence[ServiceAccount] = (),
    unready: dict[str, str] | None = None,
) -> Members:
    found = Services(services, Claims(holders=known.holders), NOW)
    return Crew(policy, roles, found, namings, known, NOW, unready or {}).of(resource)


def reasons(found: Members) -> list[str]:
    return [one.reason for one in found.waiting]


def test_everybody_with_a_role_in_the_project_and_a_name_is_a_member():
    found = members([role("alice"), role("bob")], named(alice="alice", bob="bob"))
    assert found == Members(names=frozenset({"alice", "bob"}))


def test_a_role_in_another_project_gives_nothing():
    assert members([role("alice", project="other")], named(alice="alice")) == Members(names=frozenset())


def test_several_roles_of_one_person_are_one_member():
    roles = [role("alice"), role("alice"), role("alice", kind="PROJECT.ADMIN")]
    assert members(roles, named(alice="alice")).names == {"alice"}


def test_a_person_who_waits_is_told_once_whatever_roles_they_have():
    found = members([role("bob"), role("bob", kind="PROJECT.ADMIN")], named(bob=Naming(reason="has no username yet")))
    assert [(one.uuid, one.reason) for one in found.waiting] == [(uuid_of("bob"), "has no username yet")]


def test_only_the_roles_of_the_settings_count_when_there_are_any():
    policy = replace(POLICY, roles=frozenset({"PROJECT.ADMIN"}))
    roles = [role("alice"), role("bob", kind="PROJECT.ADMIN")]
    assert members(roles, named(alice="alice", bob="bob"), policy=policy).names == {"bob"}


@pytest.mark.parametrize(
    ("expires", "names"), [(None, {"alice"}), (NOW + 1, {"alice"}), (NOW, set()), (NOW - 1, set())]
)
def test_a_role_counts_until_the_second_it_expires(expires, names):
    found = members([role("alice", expires=expires)], named(alice="alice"))
    assert found.names == names
    assert found.ended == ({} if names else {"alice": "the role PROJECT.MEMBER has expired"})
    assert found.why_ended("alice") == ("" if names else "the role PROJECT.MEMBER has expired")


def test_an_expired_role_beside_one_that_stands_ends_nothing():
    roles = [role("alice", expires=NOW - 1), role("alice", kind="PROJECT.ADMIN")]
    assert members(roles, named(alice="alice")) == Members(names=frozenset({"alice"}))


def test_an_expired_role_ends_the_access_of_a_name_only_the_journal_knows():
    assert members([role("alice", expires=NOW - 1)], {}).ended == {"alice": "the role PROJECT.MEMBER has expired"}


def test_an_expired_role_ends_the_access_of_a_name_that_may_not_be_used_now():
    waits = named(alice=Naming(reason="is in state Creating", held="alice"))
    assert members([role("alice", expires=NOW - 1)], waits, Known()).ended == {
        "alice": "the role PROJECT.MEMBER has expired"
    }


def test_who_has_no_name_waits_with_the_reason_and_no_name():
    found = members([role("bob")], named(bob=Naming(reason="has no username yet")))
    assert (found.names, found.spared) == (frozenset(), frozenset())
    assert [(one.uuid, one.username, one.reason) for one in found.waiting] == [
        (uuid_of("bob"), "", "has no username yet")
    ]


def test_the_name_of_somebody_who_waits_is_left_in_peace():
    found = members([role("alice")], named(alice=Naming(reason="is in state Creating", held="alice")), Known())
    assert (found.names, found.spared) == (frozenset(), {"alice"})
    assert [one.username for one in found.waiting] == ["alice"]


def test_a_remembered_name_is_left_in_peace_although_nothing_is_known_of_it_now():
    found = members([role("alice")], named(alice=Naming(reason="has a username that cannot be used")))
    assert (found.names, found.spared) == (frozenset(), {"alice"})


def test_who_has_no_offering_user_is_neither_added_nor_removed():
    found = members([role("alice")], {})
    assert (found.names, found.spared, reasons(found)) == (frozenset(), {"alice"}, ["has no offering user yet"])


def test_a_name_that_one_person_waits_for_and_another_has_is_a_member():
    found = members(
        [role("alice"), role("bob")], named(alice="sam", bob=Naming(reason="is another's", held="sam")), Known()
    )
    assert (found.names, found.spared) == ({"sam"}, frozenset())


def test_whoever_a_record_ends_loses_access_by_name_and_is_not_spared():
    found = members([role("alice")], named(alice=Naming(reason="is restricted", held="alice", ends=True)))
    assert (found.names, found.spared, found.going) == (frozenset(), frozenset(), {"alice": "the user is restricted"})
    assert (found.why_ended("alice"), reasons(found)) == ("the user is restricted", ["is restricted"])


def test_the_end_of_an_account_at_the_offering_is_a_reason_without_any_role_too():
    found = members([], named(alice=Naming(reason="is in state Deleting", held="alice", ends=True)))
    assert (found.waiting, found.why_ended("alice")) == ((), "the user is in state Deleting")


def test_a_silence_is_no_record():
    assert members([], named(alice="alice")).why_ended("alice") == ""


def test_restricted_access_of_members_leaves_nobody_whoever_they_are():
    resource = replace(RESOURCE, restrict_member_access=True)
    found = members([role("alice")], named(alice="alice"), resource=resource)
    assert (found.names, found.spared, found.waiting) == (frozenset(), frozenset(), ())
    assert (found.everyone, found.why_ended("alice"), found.why_ended("nobody")) == (RESTRICTED,) * 3


def test_a_name_two_people_share_is_a_member_while_one_of_them_is():
    found = members([role("alice", expires=NOW - 1), role("bob")], named(alice="sam", bob="sam"), Known())
    assert (found.names, found.why_ended("sam")) == ({"sam"}, "")


def test_a_name_that_does_not_resolve_yet_waits_and_is_left_where_it_is():
    found = members([role("alice")], named(alice="alice"), unready={"alice": "waits until alice is known"})
    assert (found.names, found.spared, found.unready) == (frozenset(), {"alice"}, {"alice"})
    assert [(one.username, one.reason) for one in found.waiting] == [("alice", "waits until alice is known")]


def test_what_a_person_waits_for_first_is_told_and_not_that_the_name_does_not_resolve():
    waits = named(alice=Naming(reason="is in state Creating", held="alice"))
    assert reasons(members([role("alice")], waits, unready={"alice": "waits until"})) == ["is in state Creating"]


def test_service_accounts_are_members_beside_people_and_pass_the_same_gate():
    services = [
        service_account("svc", project_uuid=RESOURCE.project_uuid),
        service_account("bot", AccountKind.ROBOT, resource_uuid=RESOURCE.uuid),
        service_account("old", state="Closed", project_uuid=RESOURCE.project_uuid),
    ]
    found = members([role("alice")], named(alice="alice"), services=services, unready={"bot": "waits"})
    assert (found.names, found.spared) == ({"alice", "svc"}, {"bot"})
    assert found.ended == {"old": "the project service account is Closed"}


def test_a_closed_account_does_not_end_the_access_of_a_person_of_the_same_name():
    services = [service_account("alice", state="Closed", project_uuid=RESOURCE.project_uuid)]
    found = members([role("alice")], named(alice="alice"), services=services)
    assert (found.names, found.why_ended("alice")) == ({"alice"}, "")


@pytest.mark.parametrize("kind", ["PROJECT.MANAGER", "manager"])
def test_managers_coordinate_where_the_settings_say_so(kind):
    roles = [role("alice", kind=kind), role("bob")]
    assert members(roles, named(alice="alice", bob="bob"), policy=MANAGED).managers == {"alice"}
    assert members(roles, named(alice="alice", bob="bob")).managers == frozenset()


def test_a_manager_whose_role_has_expired_or_who_waits_does_not_coordinate():
    roles = [
        role("alice", kind="PROJECT.MANAGER", expires=NOW - 1),
        role("alice"),
        role("bob", kind="PROJECT.MANAGER"),
        role("carol", kind="PROJECT.MANAGER"),
        role("dave", kind="PROJECT.MANAGER"),
    ]
    namings = named(alice="alice", bob=Naming(reason="waits", held="bob"), carol="carol")
    found = members(roles, namings, policy=MANAGED, unready={"carol": "waits"})
    assert (found.names, found.managers) == ({"alice"}, frozenset())


def test_nobody_coordinates_while_access_is_restricted():
    resource = replace(RESOURCE, restrict_member_access=True)
    roles = [role("alice", kind="PROJECT.MANAGER")]
    assert members(roles, named(alice="alice"), policy=MANAGED, resource=resource).managers == frozenset()
