"""An order's whole life: planned, carried out, read back, acknowledged; and its end."""

import pytest

from tests.fixtures.site import IN_SLURM, Site

DIALECTS = ("2024", "2025")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_order_becomes_an_account_with_limits_and_members_and_is_done(make_site, dialect) -> None:
    lab = make_site(dialect)
    project = lab.project("Climate", "ada", "emmy")
    resource = lab.order(project, "weather")

    planned = lab.agent("plan", "--detailed-exitcode")
    assert planned.code == 2
    assert "create account climate-1-weather-1 under root with GrpTRESMins=cpu=60000,mem=245760000" in planned.text
    assert lab.accounts() == set()
    assert lab.order_states(resource) == [("Create", "pending-provider")]

    said = lab.sync()
    assert said.code == 0, said.text
    lab.sync()  # the 2024 server names members only once the order is done
    assert lab.users("climate-1-weather-1") == {"ada", "emmy"}
    assert lab.limits("climate-1-weather-1") == IN_SLURM
    assert lab.order_states(resource) == [("Create", "done")]
    row = lab.world.resource(resource)
    assert (row["state"], row["backend_id"]) == ("OK", "climate-1-weather-1")
    assert row["backend_metadata"] == {
        "account": "climate-1-weather-1",
        "parent": "root",
        "GrpTRESMins": {"cpu": 60_000, "mem": 245_760_000},
    }
    assert lab.agent("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_cycle_with_nothing_to_do_only_reads(make_site, dialect) -> None:
    lab = make_site(dialect)
    lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    lab.counted()
    lab.counted()
    cost, cycle, _ = lab.counted()
    assert cycle.plan.empty
    assert {method for method, _, _ in lab.server.requests} == {"GET"}
    assert cost.writes == 0
    assert cost.processes <= 5
    assert cost.requests <= 12


def test_the_offering_shows_the_cluster_it_is_served_by(climate: tuple[Site, str, str]) -> None:
    lab, _, _ = climate
    metadata = lab.world.offering(lab.offering)["backend_metadata"]
    assert metadata["cluster"] == "lab"
    assert metadata["nodes"] == 2
    assert metadata["tres"]["cpu"] == 32


def test_termination_takes_the_account_away_and_ends_the_order(climate: tuple[Site, str, str]) -> None:
    lab, _, resource = climate
    lab.world.order_terminate(resource)
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.accounts() == set()
    assert lab.order_states(resource)[-1] == ("Terminate", "done")
    assert lab.world.resource(resource)["state"] == "Terminated"


def test_a_name_of_somebody_else_errs_the_order_and_leaves_the_account(make_site) -> None:
    lab = make_site()
    words = ("account", "name=climate-1-weather-1", "organization=physics", "description=theirs")
    lab.cluster.sacctmgr("-i", "add", *words)
    resource = lab.order(lab.project("Climate", "ada"), "weather")
    shown = ("-nP", "show", "account", "climate-1-weather-1", "withassoc")
    before = lab.cluster.sacctmgr(*shown).stdout
    lab.sync()
    assert lab.order_states(resource) == [("Create", "erred")]
    assert "The name of this allocation is taken" in lab.world.orders(lab.offering)[0]["error_message"]
    assert lab.cluster.sacctmgr(*shown).stdout == before


def test_two_offerings_live_on_one_cluster_side_by_side(make_site) -> None:
    lab = make_site(offerings=2)
    project = lab.project("Climate", "ada")
    first = lab.order(project, "weather")
    second = lab.order(project, "ocean", {"cpu": 1, "mem": 1}, lab.offerings[1])
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.accounts() == {"climate-1-weather-1", "climate-1-ocean-1"}
    assert lab.limits("climate-1-ocean-1") == {"cpu": "60", "mem": "60G"}
    lab.world.order_terminate(second)
    lab.sync()
    assert lab.accounts() == {"climate-1-weather-1"}
    assert lab.users("climate-1-weather-1") == {"ada"}
    assert lab.world.resource(first)["state"] == "OK"
