"""``agent users``: who is known, all about one, and a name that is to be nobody's."""

import json
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest

from agent.core.model.cluster import Association
from tests.fixtures.memory_site import MemorySite
from tests.fixtures.outages import SLURM_AWAY, slurm_goes_away

WEATHER = "climate-1-weather-1"


def listed(lab: MemorySite, *words: str) -> list[dict[str, Any]]:
    said = lab.agent("users", "list", "--json", *words)
    assert said.code == 0, said.text
    found: list[dict[str, Any]] = json.loads(said.text)
    return found


def left(lab: MemorySite, project: str, user: str) -> None:
    """Somebody leaves, and the marketplace takes the username away."""
    lab.leave(project, user)
    lab.sync("--confirm-removals")
    lab.world.rename_user(lab.offering, lab.people[user], "")


def test_everybody_is_listed_with_accounts_and_where_they_are_known_from(lab: MemorySite, project: str) -> None:
    lab.memory.associations[WEATHER, "local"] = Association(account=WEATHER, user="local")
    ada, emmy, local = listed(lab)
    assert ada == {
        "kind": "person",
        "offering": lab.offering,
        "uuid": lab.people["ada"],
        "username": "ada",
        "state": "OK",
        "from": "marketplace",
        "accounts": [WEATHER],
        "waiting": "",
    }
    assert emmy["username"] == "emmy"
    assert (local["kind"], local["from"], local["offering"]) == ("user", "Slurm", "")


def test_the_list_for_a_person_has_a_line_each_and_a_sum(lab: MemorySite, project: str) -> None:
    lab.join(project, "zoe")
    lab.world.rename_user(lab.offering, lab.people["zoe"], "")
    lines = lab.agent("users", "list").text.splitlines()
    assert lines[0].split() == ["username", "uuid", "offering", "kind", "state", "from", "accounts"]
    assert lines[1].split() == ["ada", lab.people["ada"][:8], "HPC", "1", "person", "OK", "marketplace", WEATHER]
    assert lines[3].startswith(f"-                 {lab.people['zoe'][:8]}  ")
    assert "  … has no username yet" in lines[3]
    assert lines[4] == "3 known, 1 waiting."


def test_only_who_waits_is_listed_on_request(lab: MemorySite, project: str) -> None:
    lab.join(project, "zoe")
    lab.world.rename_user(lab.offering, lab.people["zoe"], "")
    assert [one["uuid"] for one in listed(lab, "--waiting")] == [lab.people["zoe"]]


def test_only_one_offering_is_listed_on_request_and_an_unknown_one_is_refused(lab: MemorySite, project: str) -> None:
    lab.memory.associations[WEATHER, "local"] = Association(account=WEATHER, user="local")
    assert [one["username"] for one in listed(lab, "--offering", lab.offering)] == ["ada", "emmy"]
    assert lab.agent("users", "list", "--offering", "0" * 32).code == 64


def test_without_anybody_that_is_said(lab: MemorySite) -> None:
    said = lab.agent("users", "list")
    assert (said.code, said.text) == (0, "Nobody.\n")


def test_during_an_outage_the_list_ends_with_75(lab: MemorySite, project: str) -> None:
    slurm_goes_away(lab.memory)
    said = lab.agent("users", "list")
    assert said.code == 75
    assert "ada " in said.text
    assert f"this is a part of what there is: {SLURM_AWAY}" in said.text


def test_everything_about_one_is_shown(lab: MemorySite, project: str) -> None:
    said = lab.agent("users", "show", "ada")
    assert said.code == 0, said.text
    lines = said.text.splitlines()
    uuid = lab.people["ada"]
    assert lines[0] == f"ada: user {uuid} at offering HPC 1"
    assert f"    name ada, holder {uuid}" in lines
    assert f"    project {project}, role PROJECT.MEMBER" in lines
    assert f"    account {WEATHER}, user ada, own, default" in lines
    assert lines[-1].endswith(f" UTC done: add user ada to account {WEATHER}")


def test_everything_about_one_for_a_machine(lab: MemorySite, project: str) -> None:
    left(lab, project, "ada")
    said = lab.agent("users", "show", "ada", "--json")
    assert said.code == 0
    (one,) = json.loads(said.text)
    assert (one["kind"], one["username"], one["associations"], one["roles"]) == ("person", "ada", [], [])
    (stay,) = one["stays"]
    assert (stay["account"], stay["user"]) == (WEATHER, "ada")
    assert stay["made"] <= stay["removed"]
    assert one["names"] == [{"name": "ada", "holder": lab.people["ada"], "released": None, "uid": None, "record": None}]
    assert "remove user ada" in one["outcomes"][0]


def test_an_account_is_not_a_user(lab: MemorySite, project: str) -> None:
    said = lab.agent("users", "show", WEATHER)
    assert said.code == 64
    assert f"agent why {WEATHER} tells of it" in said.text
    assert lab.agent("users", "show", "nobody").code == 64


def test_a_release_shows_what_follows_and_writes_nothing(lab: MemorySite, project: str) -> None:
    left(lab, project, "ada")
    said = lab.agent("users", "release", "ada")
    assert said.code == 2
    assert said.text.splitlines()[0] == f"ada is the name of user {lab.people['ada']}."
    assert said.text.splitlines()[-1] == "Nothing was written. Call it again with --yes to do it."
    (one,) = json.loads(lab.agent("users", "show", "ada", "--json").text)
    assert one["names"][0]["holder"] == lab.people["ada"]


def test_a_released_name_is_nobodys_and_given_to_the_next(lab: MemorySite, project: str) -> None:
    left(lab, project, "ada")
    said = lab.agent("users", "release", "ada", "--yes")
    assert said.code == 0, said.text
    assert said.text.splitlines()[-1] == "Released. Nobody has the name ada any more."
    again = lab.agent("users", "release", "ada", "--yes")
    assert again.code == 0
    assert again.text.startswith("ada was released on 20")
    lab.join(project, "zoe")
    lab.world.rename_user(lab.offering, lab.people["zoe"], "ada")
    assert lab.sync().code == 0
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}
    (one,) = json.loads(lab.agent("users", "show", "ada", "--json").text)
    assert (one["uuid"], one["names"][0]["holder"]) == (lab.people["zoe"], lab.people["zoe"])


def test_a_name_in_use_is_released_only_by_force(lab: MemorySite, project: str) -> None:
    shown = lab.agent("users", "release", "ada")
    assert shown.code == 2
    assert shown.text.splitlines()[-1] == "Nothing was written. Call it again with --yes --force to do it."
    said = lab.agent("users", "release", "ada", "--yes")
    assert said.code == 3
    assert f"ada is not released: it is in account {WEATHER}, where the agent put it" in said.text
    assert lab.agent("users", "release", "ada", "--yes", "--force").code == 0


def test_a_name_that_nobody_was_given_is_told_and_one_that_is_unknown_is_wrong_usage(
    lab: MemorySite, project: str
) -> None:
    lab.memory.associations[WEATHER, "local"] = Association(account=WEATHER, user="local")
    said = lab.agent("users", "release", "local", "--yes")
    assert (said.code, said.text) == (0, "Nobody was given the name local; there is nothing to release.\n")
    said = lab.agent("users", "release", "adaa", "--yes")
    assert said.code == 64
    assert "did you mean ada?" in said.text


def test_a_release_waits_for_a_sync_that_is_under_way(lab: MemorySite, project: str) -> None:
    left(lab, project, "ada")
    with ThreadPoolExecutor(1) as pool, lab.world_of() as (agent, _):
        with agent.turn("converge"):
            said = pool.submit(lab.agent, "users", "release", "ada", "--yes")
            assert not wait([said], timeout=0.5).done
            assert "ada" in agent.journal.known(0.0).holders
        assert said.result().code == 0
        assert "ada" not in agent.journal.known(0.0).holders


@pytest.mark.parametrize("words", [("release", "ada"), ("release", "ada", "--yes", "--force")])
def test_during_an_outage_nothing_is_released(lab: MemorySite, project: str, words: tuple[str, ...]) -> None:
    left(lab, project, "ada")
    slurm_goes_away(lab.memory)
    said = lab.agent("users", *words)
    assert said.code == 75
    assert "what still uses ada cannot be said now" in said.text
