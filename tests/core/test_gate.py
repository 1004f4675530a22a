"""The readiness gate: who waits until the name resolves as it should."""

from dataclasses import replace

from agent.core.actions import AddAssociation, PutDirectoryUser
from agent.core.admission import Admitted
from agent.core.gate import coming, expected_uids, names_to_resolve, unready
from agent.core.known import Known
from agent.core.model.directory import Directory, DirectoryUser
from agent.core.model.people import Identity
from agent.core.plan import Plan
from tests.fixtures.worlds import NOW, OFFERING, OTHER_OFFERING, POLICY, World, keys, uuid_of

ALICE = DirectoryUser(name="alice", uidnumber=10_001, primarygroup=10_001)


def plan_of(*actions: AddAssociation | PutDirectoryUser) -> Plan:
    return Plan(at=NOW, actions=actions, managed={})


def joining(user: str, offering: str = OFFERING) -> AddAssociation:
    return AddAssociation(offering=offering, account="alloc", user=user)


def test_the_names_that_would_be_associated_are_asked_for_at_their_offering_s_gate():
    policies = [replace(POLICY, gate="nss"), replace(POLICY, uuid=OTHER_OFFERING, gate="ldap")]
    plan = plan_of(
        joining("alice"), joining("bob"), joining("carol", OTHER_OFFERING), PutDirectoryUser(offering="", user=ALICE)
    )
    assert names_to_resolve(plan, policies) == {"nss": {"alice", "bob"}, "ldap": {"carol"}}


def test_nothing_is_asked_where_there_is_no_gate_or_nobody_joins():
    assert names_to_resolve(plan_of(joining("alice"), joining("bob", "unheard of")), [POLICY]) == {}
    assert names_to_resolve(plan_of(), [replace(POLICY, gate="nss")]) == {}


def test_names_whose_record_the_plan_itself_puts_there_are_coming():
    assert coming(plan_of(joining("bob"), PutDirectoryUser(offering="", user=ALICE))) == {"alice"}


def test_the_uid_that_a_name_was_given_first_counts_more_than_the_one_of_today():
    admitted = Admitted(directory=Directory(users=(ALICE, replace(ALICE, name="bob", uidnumber=10_002))))
    known = Known(uids={"alice": 10_009, "carol": 10_003})
    assert expected_uids(known, admitted) == {"alice": 10_009, "bob": 10_002, "carol": 10_003}
    assert expected_uids(known, None) == {"alice": 10_009, "carol": 10_003}


def test_a_name_is_ready_with_the_uid_that_is_expected_or_with_any_where_none_is():
    resolved = {name: Identity(name=name, uid=10_001) for name in ("alice", "bob")}
    assert unready("nss", ["alice", "bob"], resolved, {"alice": 10_001}) == {}


def test_a_name_that_is_unknown_or_somebody_else_s_waits_and_says_where():
    resolved = {"alice": Identity(name="alice", uid=10_002), "root": Identity(name="root", uid=0)}
    expected = {"alice": 10_001, "bob": 10_002, "root": 10_003}
    assert unready("nss", ["alice", "bob", "root"], resolved, expected) == {
        "alice": "waits: alice is uid 10002 on this host (getent passwd), and 10001 is expected",
        "bob": "waits until bob is known on this host (getent passwd)",
        "root": "waits: root is uid 0 on this host (getent passwd), and 10003 is expected",
    }
    assert unready("ldap", ["bob"], {}, {}) == {"bob": "waits until bob is known in the directory"}


def test_uid_nought_is_a_uid_that_can_be_expected():
    resolved = {"alice": Identity(name="alice", uid=10_001)}
    assert list(unready("nss", ["alice"], resolved, {"alice": 0})) == ["alice"]


def test_who_is_not_ready_waits_with_the_reason_and_whoever_is_there_already_stays():
    world = World()
    world.allocation("alloc", "alice")
    world.member("alloc", "bob")
    assert names_to_resolve(world.plan(), [replace(POLICY, gate="nss")]) == {"nss": {"bob"}}
    world.unready = {"alice": "waits until alice is known", "bob": "waits until bob is known"}
    plan = world.plan()
    assert (keys(plan), plan.held) == ([], ())
    assert {one.user_uuid: (one.username, one.reason) for one in plan.waiting} == {
        uuid_of(name): (name, f"waits until {name} is known") for name in ("alice", "bob")
    }
