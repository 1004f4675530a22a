"""``agent plan``: what a sync would do, for a person and for a machine, and how it ends."""

import json
from typing import Any

import pytest

from tests.fixtures.memory_site import MemorySite
from tests.fixtures.outages import SLURM_AWAY, slurm_goes_away

WEATHER = "climate-1-weather-1"


def as_json(lab: MemorySite) -> Any:
    said = lab.agent("plan", "--json")
    assert said.code == 0, said.text
    return json.loads(said.text)


def test_a_plan_lists_what_would_be_done_and_does_none_of_it(lab: MemorySite) -> None:
    resource = lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    lab.server.reset_counts()
    said = lab.agent("plan")
    assert said.code == 0
    assert said.text.splitlines()[0].endswith(": Create weather")
    assert f"  + create account {WEATHER} under root with GrpTRESMins=cpu=60000,mem=245760000" in said.text
    assert f"  + add users ada, emmy to account {WEATHER}" in said.text
    assert said.text.splitlines()[-1] == "5 to do."
    assert set(lab.memory.accounts) == {"root"}
    assert lab.order_states(resource) == [("Create", "pending-provider")]
    assert lab.posts() == []


def test_exit_2_says_that_something_is_to_do_or_held_only_to_who_asks(lab: MemorySite) -> None:
    project = lab.project("Climate", "ada", "emmy")
    assert lab.agent("plan", "--detailed-exitcode").code == 0
    lab.order(project, "weather")
    assert lab.agent("plan", "--detailed-exitcode").code == 2
    assert lab.agent("plan").code == 0
    lab.sync()
    lab.leave(project, "ada")
    held = lab.agent("plan", "--detailed-exitcode")
    assert held.code == 2
    assert held.text.splitlines()[-1] == "Nothing to do now, 1 held."


def test_json_names_each_action_its_object_and_the_held_ones_with_reason_and_checksum(
    lab: MemorySite, project: str
) -> None:
    lab.leave(project, "ada")
    lab.join(project, "kurt")
    plan = as_json(lab)
    assert [action["key"] for action in plan["actions"]] == [f"add association {WEATHER}/kurt"]
    (held,) = plan["held"]
    assert (held["kind"], held["account"], held["user"]) == ("remove association", WEATHER, "ada")
    assert held["reason"].startswith("first seen missing now")
    assert (held["releasable"], held["since"], held["evidence"]) == (True, None, "absence")
    assert len(plan["held_checksum"]) == 12


def test_json_of_an_unchanged_world_is_the_same_each_time_but_for_its_hour(lab: MemorySite, project: str) -> None:
    lab.order(project, "ocean")
    lab.leave(project, "ada")
    first, second = as_json(lab), as_json(lab)
    assert first.pop("at") <= second.pop("at")
    assert first == second
    assert len(first["actions"]) == 4


def test_json_and_text_hold_no_token(lab: MemorySite, project: str) -> None:
    lab.order(project, "ocean")
    for words in (("plan",), ("plan", "--json"), ("sync", "--json")):
        assert lab.server.token not in lab.agent(*words).text


@pytest.mark.parametrize("words", [("plan",), ("plan", "--json", "--detailed-exitcode")])
def test_a_plan_made_without_one_side_is_printed_and_ends_with_75(
    lab: MemorySite, project: str, words: tuple[str, ...]
) -> None:
    slurm_goes_away(lab.memory)
    said = lab.agent(*words)
    assert said.code == 75
    assert f"this plan is made from a part of what there is: {SLURM_AWAY}" in said.text
    assert len(said.text.splitlines()) > 1


def test_with_both_sides_away_there_is_no_plan_and_one_line_names_both(lab: MemorySite, project: str) -> None:
    slurm_goes_away(lab.memory)
    lab.server.faults.add("drop", "/api/")
    said = lab.agent("plan")
    assert said.code == 75
    (line,) = said.text.splitlines()
    assert line.startswith(SLURM_AWAY)
    assert "check the network and marketplace.url" in line


def test_a_name_that_would_play_with_the_terminal_is_printed_harmless(lab: MemorySite) -> None:
    lab.order(lab.project("Climate"), "we\x1b[2Jather\n  ✔ all is well")
    said = lab.agent("plan")
    assert "we\\x1b[2Jather\\n  ✔ all is well" in said.text
    assert "\x1b" not in said.text
