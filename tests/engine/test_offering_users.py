"""What the marketplace is told of people's accounts: on the way, ready, refused and why, or not linked yet."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.model.people import Proposal
from agent.engine.world import World
from tests.engine.conftest import MakeLab
from tests.fixtures.memory_people import Names
from tests.fixtures.memory_site import MemorySite, memory_site, only_reading, results

WEATHER = "climate-1-weather-1"
COMMAND = {"source": "command", "command": ["/opt/site/name-people"]}


def named_by(make_lab: MakeLab, names: Names) -> tuple[MemorySite, Callable[[World], World]]:
    """A site whose people a command names, and the change of the world that puts ``names`` in its place."""
    lab = make_lab(username=COMMAND)
    lab.world.set_options(lab.offering, username_generation_policy="service_provider")
    lab.order(lab.project("Climate", "ada"), "weather")
    return lab, lambda world: replace(world, name_sources={lab.offering: names})


def page(lab: MemorySite, person: str = "ada") -> tuple[str, str, str]:
    """What a person reads: username, state and comment."""
    row = lab.world.offering_user(lab.offering, lab.people[person])
    return row["username"], row["state"], row["service_provider_comment"] or ""


def idle_with(*changes: Callable[[World], World]) -> Callable[[World], World]:
    def change(world: World) -> World:
        for one in changes:
            world = one(world)
        return only_reading(world)

    return change


@pytest.mark.parametrize("state", ["Requested", "Creating", "Error creating", "Pending account linking"])
def test_a_person_with_a_name_who_is_still_on_the_way_is_reported_ready_and_then_joins(
    lab: MemorySite, project: str, state: str
) -> None:
    lab.join(project, "grace")
    lab.world.put_user(lab.offering, lab.people["grace"], state)
    assert [outcome.result for outcome in lab.cycle().outcomes] == ["done"]
    assert page(lab, "grace") == ("grace", "OK", "")
    lab.cycle()
    assert lab.memory.users(WEATHER) == {"ada", "emmy", "grace"}
    assert lab.run(only_reading)[0].plan.empty


def test_a_validation_that_a_person_has_to_give_is_not_given_by_the_agent(lab: MemorySite, project: str) -> None:
    lab.join(project, "grace")
    lab.world.put_user(lab.offering, lab.people["grace"], "Pending additional validation")
    lab.run()
    cycle = lab.run(only_reading)[0]
    assert {one.reason for one in cycle.plan.waiting} == {"is in state Pending additional validation"}
    assert page(lab, "grace")[1] == "Pending additional validation"


def test_who_cannot_be_named_reads_why_on_their_page_once(make_lab: MakeLab) -> None:
    names = Names()
    lab, source = named_by(make_lab, names)
    names.proposals[lab.people["ada"]] = Proposal(reason="there is no contract")
    lab.cycle(source)
    assert page(lab) == ("", "Error creating", "The account has no username: there is no contract.")
    lab.cycle(source)
    assert lab.run(idle_with(source))[0].plan.empty

    names.proposals[lab.people["ada"]] = Proposal("ada")
    lab.cycle(source)
    assert page(lab)[:2] == ("ada", "OK")
    assert lab.memory.users(WEATHER) == {"ada"}


def test_a_name_that_is_the_systems_is_refused_with_the_reason(make_lab: MakeLab) -> None:
    names = Names()
    lab, source = named_by(make_lab, names)
    names.proposals[lab.people["ada"]] = Proposal("root")
    lab.cycle(source)
    assert page(lab) == ("", "Error creating", "The account cannot be named 'root': it is one of the system's.")
    assert lab.memory.users(WEATHER) == set()


def test_who_is_not_linked_yet_is_told_so_and_named_once_they_are(make_lab: MakeLab) -> None:
    names = Names()
    lab, source = named_by(make_lab, names)
    lab.cycle(source)
    assert page(lab) == ("", "Pending account linking", "The account has no username: is not linked yet.")
    lab.cycle(source)
    assert lab.run(idle_with(source))[0].plan.empty
    names.proposals[lab.people["ada"]] = Proposal("ada")
    lab.cycle(source)
    assert page(lab)[:2] == ("ada", "OK")
    assert lab.memory.users(WEATHER) == {"ada"}


def test_while_a_source_is_away_nobodys_page_is_touched(make_lab: MakeLab) -> None:
    lab, source = named_by(make_lab, Names(outage="the directory is away"))
    lab.cycle(source)
    assert page(lab) == ("", "Requested", "")


def test_a_page_that_cannot_be_written_fails_alone_and_is_written_later(make_lab: MakeLab) -> None:
    lab, source = named_by(make_lab, Names())
    lab.server.faults.add("status", "set_pending_account_linking|begin_creating", value=400)
    cycle = lab.cycle(source)
    assert [outcome.action.kind for outcome in cycle.failures] == ["move offering user"]
    assert sorted(set(results(cycle).values())) == ["done", "failed"]
    lab.server.faults.clear()
    lab.cycle(source)
    assert page(lab)[1] == "Pending account linking"


def test_an_unusable_name_of_the_marketplace_is_refused_and_nobody_leaves(lab: MemorySite, project: str) -> None:
    lab.join(project, "grace")
    lab.world.rename_user(lab.offering, lab.people["grace"], 'gr"ace\nroot')
    lab.world.put_user(lab.offering, lab.people["grace"], "Creating")
    cycle = lab.cycle(confirmed=True)
    assert [outcome.action.kind for outcome in cycle.outcomes] == ["move offering user"]
    _, state, comment = page(lab, "grace")
    assert state == "Error creating"
    assert comment.startswith("The account has a username that cannot be used on the cluster")
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}
    assert lab.run(only_reading)[0].plan.empty


def test_a_server_without_states_is_told_the_names_and_no_more(tmp_path: Path) -> None:
    with memory_site(tmp_path, year="2024", offering={"username": COMMAND}) as lab:
        lab.world.set_options(lab.offering, username_generation_policy="service_provider")
        project = lab.project("Climate", "ada", "emmy")
        lab.order(project, "weather")
        names = Names({})

        def source(world: World) -> World:
            return replace(world, name_sources={lab.offering: names})

        lab.cycle(source)
        names.proposals = {lab.people["ada"]: Proposal("ada"), lab.people["emmy"]: Proposal(reason="no contract")}
        lab.server.reset_counts()
        for _ in range(2):
            lab.cycle(source)
        assert (page(lab)[:2], page(lab, "emmy")[:2]) == (("ada", ""), ("", ""))
        assert lab.memory.users(WEATHER) == {"ada"}
        changes = [path for method, path, _ in lab.server.requests if method != "GET" and "offering-users" in path]
        assert len(changes) == 1
        assert lab.run(idle_with(source))[0].plan.empty
