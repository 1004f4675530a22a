"""What a source's text becomes, and whose each name is."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.known import Known
from agent.core.model.cluster import Association
from agent.core.model.directory import Directory, DirectoryUser
from agent.core.model.marketplace import AccountKind, OfferingUser
from agent.core.names import is_username
from agent.core.snapshot import Complete, Missing, Observed, Partial
from agent.core.usernames import (
    LONGEST,
    Claims,
    Given,
    as_username,
    candidates,
    claims,
    first_free,
    service,
)
from tests.fixtures.wild_worlds import examples
from tests.fixtures.worlds import OFFERING, OUTAGE, World, offering_user, service_account, uuid_of

ALICE, BOB = uuid_of("alice"), uuid_of("bob")
PERSON = offering_user("alice")


def alike(_person: OfferingUser, _number: int) -> str:
    return "Zoë.Ünal"


def counting(_person: OfferingUser, number: int) -> str:
    return f"hpc{number:03}"


def offered(make, longest: int = LONGEST, reached: dict[str, int] | None = None, most: int = 3) -> list[str]:
    return list(islice(candidates(PERSON, make, longest, {} if reached is None else reached), most))


def of(world: World, reserved: tuple[str, ...] = (), local: tuple[str, ...] = ()) -> Claims:
    return claims(world.observed(), world.known, reserved, local)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("alovelace", "alovelace"),
        ("Zoë Ünal", "zoeunal"),
        ("a.b_c-d", "a.b_c-d"),
        ("12.-ada", "ada"),
        ("_ada", "_ada"),
        ("ada.-", "ada"),
        ("ada\nroot", "adaroot"),
        ('a"d;a $(x)', "adax"),
        ("山田", ""),
        ("123", ""),
        ("", ""),
        ("a" * 300, "a" * 32),
    ],
)
def test_a_text_becomes_a_username_or_nothing(text, name):
    assert as_username(text) == name


@pytest.mark.parametrize(("longest", "name"), [(100, "a" * 31), (31, "a" * 31), (5, "a" * 5), (1, "a")])
def test_a_name_is_no_longer_than_the_settings_and_unix_allow(longest, name):
    assert as_username("a" * 31 + "." + "b" * 31, longest) == name


@examples(100)
@given(st.text(), st.integers(1, 40))
def test_whatever_a_source_says_is_a_username_or_nothing(text, longest):
    name = as_username(text, longest)
    assert name == "" or (is_username(name) and len(name) <= longest)


def test_a_template_that_counts_counts_and_another_gets_digits_behind():
    assert offered(counting) == ["hpc001", "hpc002", "hpc003"]
    assert offered(alike) == ["zoe.unal", "zoe.unal2", "zoe.unal3"]


def test_digits_take_the_place_of_letters_where_a_name_is_long_enough():
    assert offered(alike, 5) == ["zoe.u", "zoe.2", "zoe.3"]


@pytest.mark.parametrize("longest", [1, 2, 3])
def test_no_number_makes_a_name_longer_than_the_settings_allow(longest):
    found = offered(alike, longest, most=2000)
    assert not [name for name in found if is_username(name) and len(name) > longest]


def test_the_next_person_does_not_count_from_one_again():
    reached: dict[str, int] = {}
    assert offered(alike, reached=reached, most=4)[-1] == "zoe.unal4"
    assert offered(alike, reached=reached, most=2) == ["zoe.unal4", "zoe.unal5"]
    assert offered(counting, reached=reached, most=1) == ["hpc001"]


def test_a_name_is_its_only_claimant_s_until_the_journal_says_otherwise():
    world = World()
    world.users["alice"] = offering_user("alice")
    assert of(world).holders == {"alice": ALICE}
    world.remember(holders={"alice": BOB})
    assert of(world).problem("alice", ALICE) == f"has the username alice, which is that of somebody else ({BOB[:8]})"
    assert of(world).problem("alice", BOB) == ""


def test_a_name_that_two_people_show_is_neither_s_and_the_journal_s_holder_s_where_there_is_one():
    world = World()
    world.users = {person: offering_user(person, username="sam") for person in ("alice", "bob")}
    assert {of(world).fault("sam", person) for person in (ALICE, BOB)} == {"is another person's too"}
    world.remember(holders={"sam": BOB})
    assert of(world).fault("sam", BOB) == ""
    assert of(world).fault("sam", ALICE) == f"is that of somebody else ({BOB[:8]})"


def test_one_person_with_the_same_name_in_two_offerings_is_one_claimant():
    world = World()
    world.users["alice"] = offering_user("alice")
    there = world.observed()
    both = Observed(
        at=there.at, offerings={**there.offerings, "other": there.offerings[OFFERING]}, cluster=there.cluster
    )
    assert claims(both, Known(), (), ()).contested == frozenset()


def test_a_service_account_claims_its_name_like_a_person():
    world = World()
    robot = service_account("sam", AccountKind.ROBOT)
    world.services.append(robot)
    assert of(world).holders == {"sam": f"robot account {robot.uuid}"} == {"sam": service(robot)}
    assert of(world).fault("sam", ALICE) == f"is that of robot account {robot.uuid}"
    world.users["alice"] = offering_user("alice", username="sam")
    assert of(world).fault("sam", ALICE) == of(world).fault("sam", service(robot)) == "is another person's too"


def test_blank_names_are_nobody_s():
    world = World()
    world.users = {person: offering_user(person, username="") for person in ("alice", "bob")}
    world.services = [service_account("")]
    assert (of(world).holders, of(world).contested) == ({}, frozenset())


@pytest.mark.parametrize("name", ["", "Alice", "a b", "a\nb", 'a"b', "ünal", "-rf", "a" * 300])
def test_what_is_no_username_is_quoted_and_cut_when_it_is_refused(name):
    problem = Claims(holders={name: ALICE}).problem(name, ALICE)
    assert problem == f"has a username that cannot be used on the cluster: {name[:40]!r}"
    assert "\n" not in problem


def test_names_of_the_system_are_nobody_s_however_the_settings_spell_them():
    found = of(World(), reserved=("Munge", "root"))
    assert found.problem("munge", ALICE) == "has the username munge, which is one of the system's"
    assert not found.free("root", ALICE)


def test_a_user_of_this_host_keeps_the_name_but_a_person_who_has_it_may_use_it():
    world = World()
    assert not of(world, local=("admin",)).free("admin", ALICE)
    world.users["alice"] = offering_user("alice", username="admin")
    assert of(world, local=("admin",)).problem("admin", ALICE) == ""
    assert of(world, local=("admin",)).free("admin", ALICE)


def test_a_name_in_use_is_free_for_its_holder_alone():
    world = World()
    world.associations.append(Association(account="waldur", user="sam"))
    world.remember(uids={"old": 10_001})
    assert (of(world).free("sam", ALICE), of(world).free("old", ALICE), of(world).free("new", ALICE)) == (
        False,
        False,
        True,
    )
    world.remember(holders={"sam": ALICE})
    assert (of(world).free("sam", ALICE), of(world).free("sam", BOB)) == (True, False)


def test_a_served_name_is_taken():
    there = World().observed()
    served = Complete(Directory(users=(DirectoryUser(name="sam", uidnumber=10_001, primarygroup=10_001),)))
    found = Observed(at=there.at, offerings=there.offerings, cluster=there.cluster, directory=served)
    assert not claims(found, Known(), (), ()).free("sam", ALICE)
    assert claims(found, Known(let_go={"sam": 1.0}), (), ()).free("sam", ALICE)


def test_a_released_name_is_free_once_nobody_is_associated_under_it():
    world = World()
    world.remember(uids={"sam": 10_001}, let_go={"sam": 1.0})
    assert of(world).free("sam", ALICE)
    world.associations.append(Association(account="waldur", user="sam"))
    assert not of(world).free("sam", ALICE)


@pytest.mark.parametrize(
    ("section", "value", "why"),
    [
        ("users", Partial((), "a page was lost"), "a page was lost"),
        ("users", OUTAGE, "an outage"),
        ("associations", Missing("no sacctmgr"), "no sacctmgr"),
        ("teams", OUTAGE, ""),
    ],
)
def test_nobody_is_sure_of_names_while_users_or_associations_are_not_whole(section, value, why):
    world = World()
    world.sections[section] = value
    assert of(world).unsure == ({OFFERING: why} if why else {})


def test_the_first_free_name_is_taken_and_never_for_two_people():
    given_names, found = Given(), Claims(holders={"sam": BOB}, taken={"sam2"})
    assert first_free(["sam", "sam2", "sam3", "sam4"], ALICE, found, given_names) == "sam3"
    given_names.give("sam3", BOB)
    assert first_free(["sam3", "sam4"], ALICE, found, given_names) == "sam4"
    assert first_free(["sam3"], BOB, found, given_names) == "sam3"


def test_a_source_that_has_nothing_more_ends_the_search():
    assert first_free(["", "sam"], ALICE, Claims(holders={}), Given()) == ""
    assert first_free([], ALICE, Claims(holders={}), Given()) == ""
