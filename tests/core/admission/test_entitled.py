"""A feed of 2024 does not say who is disabled: the teams do."""

from dataclasses import replace

import pytest

from agent.core.model.marketplace import AccountKind, ResourceState
from agent.core.snapshot import Missing, Partial
from tests.core.admission.offerings import Offerings
from tests.core.admission.slices import user
from tests.fixtures.worlds import NOW, service_account


@pytest.fixture
def old() -> Offerings:
    """Ada has a role at an old server's offering, Bob had one; a robot works there too."""
    site = Offerings()
    site.a.people = {"ada": "ada", "bob": "bob"}
    site.a.services = [service_account("robot", AccountKind.ROBOT)]
    site.a.lists(user("ada", 10_001), user("bob", 10_002), user("robot", 10_003), tells_disabled=False)
    site.a.works_in("ada")
    return site


def disabled(site: Offerings) -> set[str]:
    return {one.name for one in site.admitted().directory.users if one.disabled}


def test_who_has_no_role_is_disabled_and_a_robot_is_not(old: Offerings) -> None:
    assert disabled(old) == {"bob"}


def test_what_the_old_server_says_of_being_disabled_means_nothing(old: Offerings) -> None:
    old.a.lists(user("ada", 10_001, disabled=True), tells_disabled=False)
    assert disabled(old) == set()


def test_what_a_new_server_says_counts_whatever_the_roles(old: Offerings) -> None:
    old.a.lists(user("ada", 10_001, disabled=True), user("bob", 10_002), tells_disabled=True)
    assert disabled(old) == {"ada"}


def test_an_expired_role_is_none(old: Offerings) -> None:
    old.a.works_in("bob", expires=NOW)
    assert disabled(old) == {"bob"}
    old.a.works_in("bob", expires=NOW + 1)
    assert disabled(old) == set()


@pytest.mark.parametrize("state", [ResourceState.TERMINATED, ResourceState.OTHER])
def test_a_role_in_a_project_whose_resource_is_gone_is_none(old: Offerings, state: ResourceState) -> None:
    old.a.works_in("bob", state=state)
    assert disabled(old) == {"bob"}
    old.a.works_in("bob", state=ResourceState.ERRED)
    assert disabled(old) == set()


def test_whose_account_is_to_be_deleted_is_disabled_whatever_the_roles(old: Offerings) -> None:
    old.a.states["ada"] = "Requested deletion"
    assert disabled(old) == {"ada", "bob"}


def test_a_robot_is_disabled_once_its_account_has_ended(old: Offerings) -> None:
    old.a.services = [service_account("robot", AccountKind.ROBOT, state="Closed")]
    assert disabled(old) == {"bob", "robot"}


@pytest.mark.parametrize("section", ["teams", "resources", "users"])
@pytest.mark.parametrize("gap", [Missing("away"), Partial((), "cut off")])
def test_while_the_roles_are_not_known_everybody_stays_as_published(old: Offerings, section: str, gap) -> None:
    old.publish()
    old.a.roles = []
    assert disabled(old) == {"ada", "bob"}
    old.a.sections[section] = gap
    assert disabled(old) == {"bob"}
    assert all(not user.sshkeys for user in old.admitted().directory.users if user.disabled)


def test_whoever_has_another_name_at_an_offering_stays_as_published_as_well(old: Offerings) -> None:
    old.b.people = {"robert": "bob"}
    old.b.lists(user("robert", 50_002), tells_disabled=False)
    old.publish()
    assert disabled(old) == {"bob"}
    old.a.sections["teams"] = old.b.sections["teams"] = Missing("away")
    assert disabled(old) == {"bob"}


def test_a_new_record_is_not_disabled_while_the_roles_are_not_known(old: Offerings) -> None:
    old.a.sections["teams"] = Missing("away")
    assert disabled(old) == set()


def test_a_person_is_disabled_only_when_every_offering_says_so(old: Offerings) -> None:
    old.b.people = {"bob": "bob"}
    old.b.lists(user("bob", 50_002))
    assert disabled(old) == set()
    old.b.lists(user("bob", 50_002, disabled=True))
    assert disabled(old) == {"bob"}


def test_the_teams_word_counts_although_the_feed_was_not_read(old: Offerings) -> None:
    old.a.works_in("bob")
    old.publish()
    old.a.feed = Missing("away")
    old.a.roles = [replace(one, expires=NOW) for one in old.a.roles]
    result = old.admitted()
    assert disabled(old) == {"ada", "bob"}
    assert result.doubt.people == frozenset()
    old.a.sections["teams"] = Missing("away")
    assert old.admitted().doubt.people == {"ada", "bob"}


def test_while_neither_feed_nor_roles_are_known_whoever_has_an_account_there_is_in_doubt(old: Offerings) -> None:
    old.b.people = {"zoe": "zoe"}
    old.b.lists(user("zoe", 50_001))
    old.publish()
    old.a.people["zoe"] = "zoe"
    old.a.feed = old.a.sections["teams"] = Missing("away")
    assert old.admitted().doubt.people == {"ada", "bob", "zoe"}
