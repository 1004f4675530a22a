"""The users an administrator added stay, whatever becomes of the journal; and what is ours stays ours."""

from collections.abc import Callable

import pytest

from agent.core.model.cluster import Association, UsageRow
from tests.engine.conftest import MakeLab
from tests.fixtures.memory_site import MemorySite, only_reading

WEATHER = "climate-1-weather-1"
OWN = {"ada", "emmy", "svc-ci"}


@pytest.fixture
def mixed(make_lab: MakeLab) -> MemorySite:
    """A site with people, a service account and kurt, whom an administrator added."""
    lab = make_lab(project_service_accounts=True, coordinators=True)
    project, _ = lab.in_use()
    lab.world.add_service_account("svc-ci", project=project)
    lab.run()
    lab.memory.associations[WEATHER, "kurt"] = Association(account=WEATHER, user="kurt", max_submit_jobs=7)
    lab.run()
    return lab


def project_of(lab: MemorySite) -> str:
    return str(lab.world.resources(lab.offering)[0]["project"])


def lose_the_journal(lab: MemorySite) -> None:
    for file in (lab.settings.parent / "state").iterdir():
        file.unlink()


def keep_the_journal(_: MemorySite) -> None: ...


Fate = Callable[[MemorySite], None]
either_way = pytest.mark.parametrize("fate", [keep_the_journal, lose_the_journal])


def settle(lab: MemorySite) -> None:
    """As many cycles as anything takes, each far behind the other."""
    for _ in range(3):
        lab.clock.at += 4000
        lab.cycle(confirmed=True)


@either_way
def test_an_administrators_user_stays_while_everybody_else_leaves(mixed: MemorySite, fate: Fate) -> None:
    lab, project = mixed, project_of(mixed)
    fate(lab)
    lab.cycle()
    assert lab.memory.users(WEATHER) == {*OWN, "kurt"}
    for person in ("ada", "emmy"):
        lab.leave(project, person)
    settle(lab)
    assert lab.memory.users(WEATHER) == {"svc-ci", "kurt"}
    assert lab.memory.associations[WEATHER, "kurt"].max_submit_jobs == 7


@either_way
def test_who_left_while_the_journal_was_lost_is_ours_still(mixed: MemorySite, fate: Fate) -> None:
    lab = mixed
    lab.leave(project_of(lab), "ada")
    fate(lab)
    settle(lab)
    assert lab.memory.users(WEATHER) == {"emmy", "svc-ci", "kurt"}


@either_way
def test_a_closed_service_account_goes_and_the_administrators_user_stays(mixed: MemorySite, fate: Fate) -> None:
    lab = mixed
    account = lab.world.add_service_account("svc-old", project=project_of(lab))
    lab.cycle()
    fate(lab)
    lab.world.close_service_account(account)
    settle(lab)
    assert lab.memory.users(WEATHER) == {*OWN, "kurt"}


def test_a_service_account_that_is_gone_with_the_journal_is_nobodys_and_stays(mixed: MemorySite) -> None:
    """Nothing says any more that it was ours: a lost journal never widens what the agent owns."""
    lab = mixed
    lose_the_journal(lab)
    lab.memory.associations[WEATHER, "svc-gone"] = Association(account=WEATHER, user="svc-gone")
    settle(lab)
    assert "svc-gone" in lab.memory.users(WEATHER)


def test_a_user_whom_an_administrator_added_behind_a_lost_journal_is_theirs(mixed: MemorySite) -> None:
    """The account was heard of by then, so what is new in it under a person's name is somebody else's."""
    lab = mixed
    lose_the_journal(lab)
    lab.cycle()
    other = lab.project("Energy", "grace")
    lab.order(other, "rain")
    lab.cycle()
    lab.memory.associations[WEATHER, "grace"] = Association(account=WEATHER, user="grace")
    settle(lab)
    assert lab.memory.users(WEATHER) == {*OWN, "kurt", "grace"}


def test_an_administrators_coordinator_stays_after_the_journal_was_lost(mixed: MemorySite) -> None:
    lab, project = mixed, project_of(mixed)
    lab.join(project, "grace", role="PROJECT.MANAGER")
    lab.cycle()
    lab.cycle()
    lab.memory.coordinators.add((WEATHER, "kurt"))
    lose_the_journal(lab)
    lab.leave(project, "grace")
    settle(lab)
    assert (WEATHER, "kurt") in lab.memory.coordinators


def test_a_remembered_name_is_not_another_persons(mixed: MemorySite) -> None:
    """Grace is shown under the name that ada has here: she waits, and ada's association is not touched."""
    lab, project = mixed, project_of(mixed)
    lab.join(project, "grace")
    lab.cycle()
    lab.world.rename_user(lab.offering, lab.people["ada"], "countess")
    lab.leave(project, "grace")
    settle(lab)
    lab.world.rename_user(lab.offering, lab.people["grace"], "ada")
    lab.join(project, "grace")
    settle(lab)
    assert lab.memory.users(WEATHER) == {*OWN, "kurt", "grace"}


def test_a_lost_journal_comes_to_rest_after_one_cycle(mixed: MemorySite) -> None:
    lab = mixed
    lose_the_journal(lab)
    lab.run()
    lab.run()
    assert lab.run(only_reading)[0].plan.empty
    with lab.world_of() as (_, world):
        known = world.journal.known(lab.clock.now())
    assert known.associations == {(WEATHER, name) for name in OWN}
    assert set(known.holders) == OWN


def test_the_usage_of_a_person_who_was_renamed_in_the_marketplace_is_theirs(mixed: MemorySite) -> None:
    """Emmy even has the name there that ada has here."""
    lab = mixed
    weather = str(lab.world.resources(lab.offering)[0]["uuid"])
    lab.world.rename_user(lab.offering, lab.people["ada"], "countess")
    lab.world.rename_user(lab.offering, lab.people["emmy"], "ada")
    hours = {"ada": 2, "emmy": 5, "kurt": 9}
    lab.memory.rows = [
        UsageRow(account=WEATHER, user=name, tres_seconds={"cpu": hour * 3600}) for name, hour in hours.items()
    ]
    lab.run()
    with lab.world_of() as (agent, _):
        found = agent.http.get("marketplace-component-user-usages/", params=[("resource_uuid", weather)]).body
    assert isinstance(found, list)
    told = {row["username"]: (row["usage"], row["user"]) for row in found if row["component_type"] == "cpu"}
    users = {person: lab.world.offering_user(lab.offering, lab.people[person])["uuid"] for person in ("ada", "emmy")}
    assert told.keys() == {"ada", "emmy", "kurt"}
    assert told["kurt"] == ("9.00", None)
    for person, amount in (("ada", "2.00"), ("emmy", "5.00")):
        assert told[person][0] == amount
        assert users[person] in told[person][1]
