"""The judges of the crash loop find what they look for: a loop that nothing could fail would prove nothing."""

from dataclasses import replace
from typing import Any

import pytest

from tests.fixtures.crash.loop import overlapping
from tests.fixtures.crash.offerings import FLAT, KEPT, PROMISES, TREE
from tests.fixtures.crash.point import differences, told_twice, untold
from tests.fixtures.crash.promised import broken, broken_resources, wrong_coordinators
from tests.fixtures.crash.seen import Seen, SeenAccount
from tests.fixtures.crash.watched import Watched

RESOURCE = {
    "uuid": "5" * 32,
    "name": "weather",
    "offering": FLAT,
    "state": "OK",
    "backend_id": "weather",
    "limits": {"cpu": 10, "mem": 2},
    "paused": False,
    "restrict_member_access": False,
}
LIMITS = {("GrpTRESMins", "cpu"): 600, ("GrpTRESMins", "mem"): 122_880}
ACCOUNT = SeenAccount("weather", "root", f"waldur-{'5' * 32} weather", LIMITS, ("normal",), frozenset({"ada"}))
CREATE = {"type": "Create", "limits": RESOURCE["limits"]}


def shown(account: SeenAccount | None, qos: Any = None) -> Seen:
    return Seen({account.name: account} if account else {}, qos or {})


def test_an_order_is_truly_done_when_its_account_has_the_limits_it_asks_for() -> None:
    assert broken(PROMISES[FLAT], CREATE, RESOURCE, shown(ACCOUNT)) == ""
    assert broken(PROMISES[TREE], CREATE, RESOURCE, shown(ACCOUNT, {"weather": LIMITS})) == ""


@pytest.mark.parametrize(
    "account",
    [
        None,
        replace(ACCOUNT, limits={**LIMITS, ("GrpTRESMins", "cpu"): 599}),
        replace(ACCOUNT, limits={**LIMITS, ("GrpJobs", ""): 0}),
        replace(ACCOUNT, limits={}),
        replace(ACCOUNT, description="waldur-" + "6" * 32),
        replace(ACCOUNT, description=f"waldur-{'5' * 32} (terminated 2026-11-24) weather"),
    ],
)
def test_an_order_is_falsely_done_when_its_account_is_anything_else(account: SeenAccount | None) -> None:
    assert broken(PROMISES[FLAT], CREATE, RESOURCE, shown(account))


def test_limits_of_an_offering_that_uses_qos_are_looked_for_there() -> None:
    assert broken(PROMISES[TREE], CREATE, RESOURCE, shown(ACCOUNT, {"weather": {}}))


def test_a_terminate_is_falsely_done_while_the_account_is_there_unless_it_is_kept_without_users() -> None:
    terminate = {"type": "Terminate", "limits": {}}
    kept = replace(ACCOUNT, description=f"waldur-{'5' * 32} (terminated 2026-11-24) weather", users=frozenset())
    assert broken(PROMISES[FLAT], terminate, RESOURCE, shown(None)) == ""
    assert broken(PROMISES[KEPT], terminate, RESOURCE, shown(kept)) == ""
    assert broken(PROMISES[FLAT], terminate, RESOURCE, shown(kept))
    assert broken(PROMISES[KEPT], terminate, RESOURCE, shown(ACCOUNT))
    assert broken(PROMISES[KEPT], terminate, RESOURCE, shown(replace(kept, users=frozenset({"ada"}))))


@pytest.mark.parametrize(
    ("flags", "account"),
    [
        ({}, replace(ACCOUNT, users=frozenset({"ada", "kurt"}))),
        ({}, replace(ACCOUNT, users=frozenset())),
        ({"restrict_member_access": True}, ACCOUNT),
        ({"paused": True}, ACCOUNT),
        ({"state": "Terminated"}, ACCOUNT),
        ({}, None),
    ],
)
def test_people_and_flags_that_are_not_as_they_should_be_are_found(
    flags: dict[str, Any], account: SeenAccount | None
) -> None:
    rows = [{**RESOURCE, **flags}]
    teams = {RESOURCE["uuid"]: {"ada"}}
    assert broken_resources(PROMISES, [RESOURCE], shown(ACCOUNT), teams) == []
    assert broken_resources(PROMISES, rows, shown(account), teams)


def test_who_coordinates_and_should_not_is_found_and_who_should_and_does_not() -> None:
    assert wrong_coordinators({("weather", "ada")}, {("weather", "ada")}) == []
    assert wrong_coordinators({("weather", "ada")}, set()) == ["ada does not coordinate weather"]
    assert wrong_coordinators(set(), {("weather", "ada")}) == ["ada coordinates weather"]


def test_the_site_is_told_of_everybody_and_of_one_at_most_once_more() -> None:
    everybody = {"ada": 1, "emmy": 1, "kurt": 1}
    assert untold(everybody, everybody) == told_twice(everybody) == told_twice({**everybody, "ada": 2}) == []
    assert untold(everybody, {"ada": 2, "emmy": 1}) == ["nobody heard that kurt is ready"]
    assert len(told_twice({**everybody, "ada": 2, "emmy": 2})) == 2
    assert len(told_twice({**everybody, "ada": 3})) == 1


def test_two_names_of_a_person_and_two_people_of_a_name_are_found_even_when_one_is_gone_again() -> None:
    with Watched(lambda: shown(None), {}) as server:
        world = server.world
        server.judged[world.create_offering(FLAT)] = PROMISES[FLAT]
        project = world.create_project(world.create_customer("University"), "Climate")
        world.order_create(project, next(iter(server.judged)), "weather", {"cpu": 1})
        ada, emmy = (world.create_user(name) for name in ("ada", "emmy"))
        world.add_member(project, ada)
        world.add_member(project, emmy)
        assert server.misnamed == []
        server.named.add((ada, "countess"))
        assert server.misnamed == [f"user {ada[:8]} got 2 names"]
        server.named.clear()
        world.rename_user(next(iter(server.judged)), emmy, "ada")
        assert server.misnamed == ["2 people got the name ada"]


def test_two_pictures_differ_in_what_only_one_of_them_shows() -> None:
    assert differences({"a": [1, 2]}, {"a": [1, 2]}) == []
    assert differences({"a": [1, 2], "b": 0}, {"a": [1, 3], "b": 0}) == ["a: not [3] but [2]"]


@pytest.mark.parametrize(
    ("writers", "found"),
    [
        (["begin 1", "end 1", "begin 2", "end 2"], 0),
        (["begin 1", "begin 2", "end 1", "end 2"], 1),
        (["begin 1", "begin 2", "begin 3", "end 1"], 2),
    ],
)
def test_writers_that_began_beside_another_are_counted(writers: list[str], found: int) -> None:
    assert overlapping(writers) == found
