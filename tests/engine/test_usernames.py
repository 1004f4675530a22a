"""Naming people, from a source's word to an association: journal first, then the marketplace, then Slurm."""

from dataclasses import replace
from typing import Any

import pytest

from agent.core.model.people import Proposal
from agent.engine.world import World
from tests.engine.conftest import MakeLab
from tests.fixtures.fuse import Fuse, Fused, Killed
from tests.fixtures.memory_people import Names
from tests.fixtures.memory_site import MemorySite, only_reading, results

WEATHER = "climate-1-weather-1"
TEMPLATE = {"template": "{{ first_letter }}{{ surname }}"}
COMMAND = {"source": "command", "command": ["/opt/site/name-people"]}


def named_here(make_lab: MakeLab, username: dict[str, Any] | None = None, sells: int = 1) -> MemorySite:
    """A site whose offerings leave the names to it."""
    lab = make_lab(sells=sells, username=username or TEMPLATE)
    for offering in lab.offerings:
        lab.world.set_options(offering, username_generation_policy="service_provider")
    return lab


def shown(lab: MemorySite, person: str, offering: str = "") -> tuple[str, str]:
    """The username and state that the marketplace shows."""
    row = lab.world.offering_user(offering or lab.offering, lab.people[person])
    return row["username"], row["state"]


def says(lab: MemorySite, **names: str) -> Names:
    """A source that has a name for each of these people."""
    return Names({lab.people[person]: Proposal(name) for person, name in names.items()})


def test_a_person_is_named_by_the_template_told_and_associated_in_one_cycle(make_lab: MakeLab) -> None:
    lab = named_here(make_lab)
    lab.in_use()
    lab.run()
    assert shown(lab, "ada") == ("atester", "OK")
    assert shown(lab, "emmy") == ("etester", "OK")
    assert lab.memory.users(WEATHER) == {"atester", "etester"}


def test_a_named_site_at_rest_writes_nothing_anywhere(make_lab: MakeLab) -> None:
    lab = named_here(make_lab)
    lab.in_use()
    lab.run()
    cycle, usage = lab.run(only_reading)
    assert (cycle.plan.empty, cycle.notices, usage.error) == (True, (), "")


def test_a_name_is_told_to_the_marketplace_once(make_lab: MakeLab) -> None:
    lab = named_here(make_lab)
    lab.in_use()
    lab.cycle()
    lab.cycle()
    told = [path for method, path, _ in lab.server.requests if method == "PATCH"]
    assert len(told) == len(set(told)) == 2


def test_two_people_of_one_name_are_numbered_in_the_order_of_their_uuids(make_lab: MakeLab) -> None:
    lab = named_here(make_lab)
    project = lab.project("Climate", "ada", "alan")
    lab.order(project, "weather")
    lab.cycle()
    first, second = sorted(("ada", "alan"), key=lab.people.__getitem__)
    assert (shown(lab, first)[0], shown(lab, second)[0]) == ("atester", "atester2")


def test_somebody_who_comes_later_does_not_change_who_has_which_name(make_lab: MakeLab) -> None:
    lab = named_here(make_lab, {"template": "hpc{{ number }}"})
    project, _ = lab.in_use()
    lab.run()
    before = {person: shown(lab, person)[0] for person in ("ada", "emmy")}
    for person in ("alan", "grace", "kurt"):
        lab.join(project, person)
    lab.run()
    assert {person: shown(lab, person)[0] for person in before} == before
    assert lab.memory.users(WEATHER) == {"hpc1", "hpc2", "hpc3", "hpc4", "hpc5"}


def test_while_the_source_is_away_people_wait_with_the_reason_and_nothing_else_stops(make_lab: MakeLab) -> None:
    lab = named_here(make_lab, COMMAND)
    names = Names(outage="/opt/site/name-people did not end within 60 s")

    def source(world: World) -> World:
        return replace(world, name_sources={lab.offering: names})

    resource = lab.order(lab.project("Climate", "ada"), "weather")
    cycle = lab.cycle(source)
    assert {one.reason for one in cycle.plan.waiting} == {
        "has no username yet: /opt/site/name-people did not end within 60 s"
    }
    assert cycle.failures == ()
    assert lab.order_states(resource) == [("Create", "done")]
    assert lab.memory.users(WEATHER) == set()
    assert shown(lab, "ada") == ("", "Requested")

    names.outage, names.proposals = "", {lab.people["ada"]: Proposal("lovelace")}
    lab.cycle(source)
    assert shown(lab, "ada") == ("lovelace", "OK")
    assert lab.memory.users(WEATHER) == {"lovelace"}


def test_a_source_is_asked_about_people_without_a_name_only(make_lab: MakeLab) -> None:
    lab = named_here(make_lab, COMMAND)
    lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    names = says(lab, ada="ada")

    def source(world: World) -> World:
        return replace(world, name_sources={lab.offering: names})

    for _ in range(3):
        lab.cycle(source)
    ada, emmy = lab.people["ada"], lab.people["emmy"]
    assert [sorted(asked) for asked in names.asked] == [sorted([ada, emmy]), [emmy], [emmy]]


@pytest.mark.parametrize("effect", [1, 2])
def test_a_name_chosen_before_a_crash_is_the_same_afterwards(make_lab: MakeLab, effect: int) -> None:
    """The process dies before the first or the second person is told; then the source would name them otherwise."""
    lab = named_here(make_lab, COMMAND)
    lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    first, second = says(lab, ada="ada", emmy="emmy"), says(lab, ada="countess", emmy="countess")

    def dying(world: World) -> World:
        fused = Fused(world.marketplace, ["set_username"], Fuse(effect))
        return replace(world, marketplace=fused, name_sources={lab.offering: first})

    with pytest.raises(Killed):
        lab.cycle(dying)
    assert lab.memory.users(WEATHER) == set()
    lab.cycle(lambda world: replace(world, name_sources={lab.offering: second}))
    assert {person: shown(lab, person) for person in ("ada", "emmy")} == {"ada": ("ada", "OK"), "emmy": ("emmy", "OK")}
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}
    assert second.asked == []


def test_a_name_is_kept_by_its_person_when_the_crash_came_right_behind_the_choice(make_lab: MakeLab) -> None:
    """The journal held the name, and did not yet know at which offering: nobody else gets it."""
    lab = named_here(make_lab, COMMAND)
    lab.order(lab.project("Climate", "ada", "emmy"), "weather")

    def dying(world: World) -> World:
        fused = Fused(world.journal, ["remember_usernames"], Fuse(1))
        return replace(world, journal=fused, name_sources={lab.offering: says(lab, ada="ada")})

    with pytest.raises(Killed):
        lab.cycle(dying)
    lab.cycle(lambda world: replace(world, name_sources={lab.offering: says(lab, emmy="ada")}))
    assert shown(lab, "emmy") == ("", "Error creating")
    lab.cycle(lambda world: replace(world, name_sources={lab.offering: says(lab, ada="ada")}))
    assert shown(lab, "ada") == ("ada", "OK")
    assert lab.memory.users(WEATHER) == {"ada"}


def test_names_that_the_server_blanked_are_put_back_and_nobody_leaves(make_lab: MakeLab) -> None:
    lab = named_here(make_lab)
    lab.in_use()
    lab.run()
    lab.world.set_options(lab.offering, homedir_prefix="/data/")
    assert shown(lab, "ada") == ("", "OK")
    cycle = lab.cycle(confirmed=True)
    assert {outcome.action.describe().partition(" the ")[2] for outcome in cycle.outcomes} == {
        "username atester back",
        "username etester back",
    }
    assert (shown(lab, "ada")[0], shown(lab, "emmy")[0]) == ("atester", "etester")
    assert lab.memory.users(WEATHER) == {"atester", "etester"}
    assert lab.run(only_reading)[0].plan.empty


def test_a_person_has_one_name_at_two_offerings(make_lab: MakeLab) -> None:
    lab = named_here(make_lab, {"template": "hpc{{ number }}"}, sells=2)
    project = lab.project("Climate", "ada", "emmy")
    resources = [lab.order(project, "weather", offering=offering) for offering in lab.offerings]
    lab.run()
    lab.run()
    for person in ("ada", "emmy"):
        assert shown(lab, person, lab.offerings[0]) == shown(lab, person, lab.offerings[1])
    assert [lab.memory.users(lab.account(one)) for one in resources] == [{"hpc1", "hpc2"}] * 2
    late = named_later(lab, project)
    assert shown(lab, "grace", lab.offerings[0]) == shown(lab, "grace", lab.offerings[1]) == (late, "OK")


def named_later(lab: MemorySite, project: str) -> str:
    """Grace joins while one offering's users cannot be read: she is named at the other one first."""
    lab.join(project, "grace")
    lab.server.faults.add("status", f"marketplace-offering-users/.*{lab.offerings[0]}", value=400)
    lab.cycle()
    lab.server.faults.clear()
    name = shown(lab, "grace", lab.offerings[1])[0]
    assert (name, shown(lab, "grace", lab.offerings[0])[0]) == ("hpc3", "")
    lab.cycle()
    return name


def test_nobody_is_associated_under_a_name_that_the_marketplace_did_not_take(make_lab: MakeLab) -> None:
    lab = named_here(make_lab)
    lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    lab.server.faults.add("status", "marketplace-offering-users/.+", method="PATCH", value=400)
    cycle = lab.cycle()
    assert results(cycle)[f"add association {WEATHER}/atester"] == "waiting"
    assert {outcome.detail for outcome in cycle.outcomes if outcome.result == "waiting"} == {
        "the marketplace did not take the username; it is told again"
    }
    assert lab.memory.users(WEATHER) == set()
    lab.server.faults.clear()
    lab.cycle()
    assert shown(lab, "ada") == ("atester", "OK")
    assert lab.memory.users(WEATHER) == {"atester", "etester"}


def test_nobody_is_named_from_a_list_of_people_that_may_not_be_whole(make_lab: MakeLab) -> None:
    """Whoever is not on the list may have the name."""
    lab = named_here(make_lab)
    project, _ = lab.in_use()
    lab.run()
    without_its_journal(lab)
    lab.memory.associations.clear()
    lab.join(project, "alan")
    lab.server.faults.add("lose row", "marketplace-offering-users/")
    lab.cycle()
    assert lab.memory.users(WEATHER) <= {"atester", "etester"}
    lab.server.faults.clear()
    lab.cycle()
    assert (shown(lab, "ada")[0], shown(lab, "alan")[0]) == ("atester", "atester2")
    assert lab.memory.users(WEATHER) == {"atester", "atester2", "etester"}


def without_its_journal(lab: MemorySite) -> None:
    for file in (lab.settings.parent / "state").iterdir():
        file.unlink()


def test_a_stop_before_the_names_are_told_associates_nobody(make_lab: MakeLab) -> None:
    lab = named_here(make_lab)
    lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    lab.cycle(lambda world: replace(world, stopping=lambda: True))
    assert (shown(lab, "ada")[0], lab.memory.users(WEATHER)) == ("", set())
    lab.cycle()
    assert (shown(lab, "ada")[0], lab.memory.users(WEATHER)) == ("atester", {"atester", "etester"})


def test_a_plan_asks_for_names_and_keeps_none(make_lab: MakeLab) -> None:
    lab = named_here(make_lab)
    project, _ = lab.in_use()
    lab.join(project, "grace")
    lab.server.reset_counts()
    planned = lab.plan(only_reading)
    assert [action.kind for action in planned.actions] == ["set username", "add association"]
    assert lab.posts() == []
    with lab.world_of() as (_, world):
        assert "gtester" not in world.journal.known(lab.clock.now()).holders


def test_where_the_marketplace_names_people_no_source_is_asked(make_lab: MakeLab) -> None:
    lab = make_lab(username=TEMPLATE)
    lab.world.set_options(lab.offering, username_generation_policy="freeipa")
    lab.order(lab.project("Climate", "ada"), "weather")
    cycle = lab.cycle()
    assert {one.reason for one in cycle.plan.waiting} == {"has no username yet; the marketplace names its users"}
    assert shown(lab, "ada")[0] == ""
