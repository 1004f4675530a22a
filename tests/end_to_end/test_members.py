"""Who may use an account: members come and go, and everybody else is left alone."""

import time

import pytest

from tests.fixtures.site import Site

WEATHER = "climate-1-weather-1"
Climate = tuple[Site, str, str]


def test_a_member_who_leaves_is_held_until_a_person_confirms(climate: Climate) -> None:
    lab, project, _ = climate
    lab.leave(project, "ada")
    held = lab.sync()
    assert held.code == 3
    assert f"held: remove user ada from account {WEATHER}" in held.text
    assert "--confirm-removals" in held.text
    assert lab.users(WEATHER) == {"ada", "emmy"}
    assert "Nothing to do now, 1 held." in lab.agent("plan").text

    said = lab.sync("--confirm-removals")
    assert said.code == 0, said.text
    assert lab.users(WEATHER) == {"emmy"}
    assert lab.agent("plan", "--detailed-exitcode").code == 0


def test_an_absence_that_lasts_confirms_itself_in_a_later_cycle(make_site) -> None:
    lab = make_site(tables={"guard": {"removal_confirm_after": 0}})
    project = lab.project("Climate", "ada", "emmy")
    lab.order(project, "weather")
    lab.sync()
    lab.leave(project, "ada")
    assert lab.sync().code == 3
    assert lab.users(WEATHER) == {"ada", "emmy"}
    assert lab.sync().code == 0
    assert lab.users(WEATHER) == {"emmy"}


def test_a_member_who_comes_back_while_held_is_never_touched(climate: Climate) -> None:
    lab, project, _ = climate
    lab.leave(project, "ada")
    lab.sync()
    lab.join(project, "ada")
    cost, cycle, _ = lab.counted(confirmed=True)
    assert cycle.plan.empty
    assert cost.writes == 0


def test_released_by_its_checksum_a_held_removal_goes_in_the_next_cycle(climate: Climate) -> None:
    lab, project, _ = climate
    lab.leave(project, "ada")
    lab.sync()
    _, cycle, _ = lab.counted()
    assert lab.agent("guard", "release", "0" * 12).code == 3
    assert lab.agent("guard", "release", cycle.plan.held_checksum).code == 0
    assert lab.users(WEATHER) == {"ada", "emmy"}
    assert lab.sync().code == 0
    assert lab.users(WEATHER) == {"emmy"}


def test_a_new_member_is_added_in_the_next_cycle(climate: Climate) -> None:
    lab, project, _ = climate
    lab.join(project, "kurt")
    assert lab.sync().code == 0
    assert lab.users(WEATHER) == {"ada", "emmy", "kurt"}


def test_a_role_that_expired_goes_without_being_confirmed(climate: Climate) -> None:
    lab, project, _ = climate
    lab.join(project, "ada", expires=time.time() - 60)
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.users(WEATHER) == {"emmy"}


def test_restricted_access_leaves_nobody_and_gives_everybody_back(climate: Climate) -> None:
    lab, _, resource = climate
    lab.world.set_flags(resource, restrict_member_access=True)
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.users(WEATHER) == set()
    assert WEATHER in lab.accounts()
    lab.world.set_flags(resource, restrict_member_access=False)
    lab.sync()
    assert lab.users(WEATHER) == {"ada", "emmy"}


def test_a_user_added_by_an_administrator_stays_and_is_named(climate: Climate) -> None:
    lab, project, _ = climate
    lab.cluster.sacctmgr("-i", "add", "user", "name=visitor", f"account={WEATHER}")
    lab.leave(project, "ada")
    said = lab.sync("--confirm-removals")
    assert f"{WEATHER}/visitor was not made by the agent: left alone" in said.text
    assert lab.users(WEATHER) == {"emmy", "visitor"}


def test_a_member_without_a_name_waits_and_holds_no_order(make_site) -> None:
    lab = make_site()
    project = lab.project("Climate", "ada", "emmy")
    resource = lab.order(project, "weather")
    lab.world.rename_user(lab.offering, lab.people["emmy"], "")
    said = lab.sync()
    assert f"user {lab.people['emmy'][:8]} has no username yet" in said.text
    assert lab.order_states(resource) == [("Create", "done")]
    assert lab.users(WEATHER) == {"ada"}
    lab.world.rename_user(lab.offering, lab.people["emmy"], "emmy")
    lab.sync()
    assert lab.users(WEATHER) == {"ada", "emmy"}


@pytest.mark.parametrize("name", ["eve\nroot", "-rf", "eve|root"])
def test_a_username_that_cannot_be_used_waits_and_reaches_no_command(climate: Climate, name: str) -> None:
    lab, project, _ = climate
    lab.join(project, "eve")
    lab.world.rename_user(lab.offering, lab.people["eve"], name)
    said = lab.sync()
    assert "has a username that cannot be used on the cluster" in said.text
    assert repr(name) in said.text
    assert lab.users(WEATHER) == {"ada", "emmy"}
