"""What people are called: given once, kept through whatever the marketplace shows, and never anybody else's."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.conftest import MakeSite, Script
from tests.end_to_end.recording import Recorded
from tests.fixtures.site import Site

WEATHER = "climate-1-weather-1"
TEMPLATE = {"username": {"template": "{{ first_letter }}{{ surname }}"}}
Climate = tuple[Site, str, str]


def left_to_the_provider(lab: Site, *people: tuple[str, str, str]) -> tuple[str, str]:
    """An allocation of these people (username in the marketplace, first and last name): (project, resource)."""
    lab.world.set_options(lab.offering, username_generation_policy="service_provider")
    for person in people:
        lab.person(*person)
    project = lab.project("Climate", *(username for username, _, _ in people))
    return project, lab.order(project, "weather")


def test_two_people_whose_names_collide_get_two_names_once_and_for_all(make_site: MakeSite) -> None:
    lab = make_site(offering=TEMPLATE)
    left_to_the_provider(lab, ("ada", "Ada", "Lovelace"), ("anna", "Anna", "Lovelace"), ("jose", "José", "Ñandú"))
    said = lab.sync()
    assert said.code == 0, said.text
    given = {person: lab.offering_user(person)[0] for person in ("ada", "anna", "jose")}
    assert {given["ada"], given["anna"]} == {"alovelace", "alovelace2"}
    assert given["jose"] == "jnandu"
    assert lab.users(WEATHER) == set(given.values())
    lab.world.rename_person(lab.people["ada"], last_name="King")
    assert lab.counted()[1].plan.empty
    assert {person: lab.offering_user(person)[0] for person in given} == given


def test_names_that_a_change_of_the_offering_blanked_are_put_back_and_nobody_is_touched(
    make_site: MakeSite, commands: Recorded
) -> None:
    lab = make_site(offering=TEMPLATE, tools=commands)
    left_to_the_provider(lab, ("ada", "Ada", "Lovelace"), ("anna", "Anna", "Lovelace"), ("emmy", "Emmy", "Noether"))
    lab.sync()
    given = {person: lab.offering_user(person) for person in lab.people}
    told, users = commands.changes(), lab.users(WEATHER)
    lab.world.set_options(lab.offering, homedir_prefix="/data/")
    assert {lab.offering_user(person)[0] for person in lab.people} == {""}

    lab.server.reset_counts()
    said = lab.sync("--confirm-removals")
    assert said.code == 0, said.text
    assert {person: lab.offering_user(person) for person in lab.people} == given
    assert len([path for path in lab.posts() if "offering-users/" in path]) == 3
    assert commands.changes() == told
    assert lab.users(WEATHER) == users
    assert lab.agent("plan", "--detailed-exitcode").code == 0


def test_a_name_that_one_offering_gave_is_the_persons_at_the_other_too(make_site: MakeSite) -> None:
    lab = make_site(offerings=2, offering=TEMPLATE)
    lab.world.set_options(lab.offerings[1], username_generation_policy="service_provider")
    project, _ = left_to_the_provider(lab, ("anna", "Anna", "Lovelace"), ("ada", "Ada", "Lovelace"))
    lab.sync()
    lab.order(project, "ocean", {"cpu": 1, "mem": 1}, lab.offerings[1])
    lab.sync()
    for person in ("ada", "anna"):
        other = lab.world.offering_user(lab.offerings[1], lab.people[person])
        assert other["username"] == lab.offering_user(person)[0]
    assert lab.users("climate-1-ocean-1") == lab.users(WEATHER)


def test_a_command_of_the_site_names_people_and_says_of_whom_it_knows_nothing(
    make_site: MakeSite, script: Script, tmp_path: Path
) -> None:
    answer = tmp_path / "answer.json"
    command = script("name-people", f"cat >> {tmp_path}/asked; cat {answer}")
    lab = make_site(offering={"username": {"source": "command", "command": [command], "claims": ["email"]}})
    left_to_the_provider(lab, ("ada", "Ada", "Lovelace"), ("emmy", "Emmy", "Noether"), ("kurt", "Kurt", "Goedel"))
    ada, emmy, kurt = (lab.people[name] for name in ("ada", "emmy", "kurt"))
    answer.write_text(json.dumps({ada: "hpc-ada", emmy: {"reason": "has no contract"}, kurt: None}))
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.users(WEATHER) == {"hpc-ada"}
    assert lab.offering_user("ada") == ("hpc-ada", "OK")
    assert lab.offering_user("emmy") == ("", "Error creating")
    assert lab.world.offering_user(lab.offering, emmy)["service_provider_comment"] == (
        "The account has no username: has no contract."
    )
    assert lab.offering_user("kurt") == ("", "Pending account linking")
    asked = json.loads((tmp_path / "asked").read_text())
    assert {one["user_uuid"]: one["attributes"] for one in asked} == {
        uuid: {"email": f"{name}@example.org"} for name, uuid in lab.people.items()
    }

    answer.write_text(json.dumps({emmy: "hpc-ada", kurt: "hpc-kurt"}))
    said = lab.sync()
    assert lab.users(WEATHER) == {"hpc-ada", "hpc-kurt"}
    assert lab.offering_user("emmy")[0] == ""
    assert f"cannot be named 'hpc-ada': it is that of somebody else ({ada[:8]})" in said.text


@pytest.mark.parametrize("name", ["daemon", "root"])
def test_a_username_of_the_systems_own_is_refused_whoever_gives_it(
    make_site: MakeSite, commands: Recorded, script: Script, name: str
) -> None:
    command = script("name-people", f"""tr -d '[]' | sed 's/.*"user_uuid": "\\([0-9a-f]*\\)".*/{{"\\1": "{name}"}}/'""")
    lab = make_site(offerings=2, tools=commands, offering={"username": {"source": "command", "command": [command]}})
    lab.world.set_options(lab.offering, username_generation_policy="service_provider")
    project = lab.project("Climate", "ada", "emmy")
    lab.leave(project, "emmy")
    lab.order(project, "weather")
    lab.order(project, "ocean", None, lab.offerings[1])
    lab.world.rename_user(lab.offerings[1], lab.people["ada"], name)
    said = lab.sync()
    assert f"has the username {name}, which is one of the system's" in said.text
    assert f"cannot be named '{name}': it is one of the system's" in said.text
    assert lab.offering_user("ada") == ("", "Error creating")
    assert commands.changes(f"user name={name}") == []
    assert lab.users(WEATHER) == lab.users("climate-1-ocean-1") == set()


def test_a_rename_in_the_marketplace_changes_nothing_until_the_name_is_released(climate: Climate) -> None:
    lab, _, _ = climate
    lab.world.rename_user(lab.offering, lab.people["ada"], "countess")
    for _ in range(2):
        said = lab.sync("--confirm-removals")
        assert said.code == 0, said.text
        assert "is 'countess' in the marketplace and stays ada here" in said.text
        assert "agent users release ada" in said.text
        assert lab.users(WEATHER) == {"ada", "emmy"}
    assert lab.offering_user("ada") == ("countess", "OK")

    assert lab.agent("users", "release", "ada").code == 2
    held = lab.agent("users", "release", "ada", "--yes")
    assert held.code == 3
    assert f"it is in account {WEATHER}" in held.text
    assert lab.agent("users", "release", "ada", "--yes", "--force").code == 0
    said = lab.sync("--confirm-removals")
    assert said.code == 0, said.text
    assert lab.users(WEATHER) == {"countess", "emmy"}
    assert lab.agent("plan", "--detailed-exitcode").code == 0


def test_a_name_that_was_released_goes_to_whoever_is_named_so_next(make_site: MakeSite) -> None:
    lab = make_site(offering=TEMPLATE)
    project, _ = left_to_the_provider(lab, ("ada", "Ada", "Lovelace"), ("emmy", "Emmy", "Noether"))
    lab.sync()
    lab.leave(project, "ada")
    lab.sync()
    lab.sync("--confirm-removals")
    lab.person("anna", "Anna", "Lovelace")
    lab.join(project, "anna")
    lab.sync()
    assert lab.users(WEATHER) == {"alovelace2", "enoether"}

    lab.world.rename_user(lab.offering, lab.people["ada"], "")
    lab.world.request_deletion(lab.offering, lab.people["ada"])
    lab.sync()
    said = lab.agent("users", "release", "alovelace", "--yes")
    assert said.code == 0, said.text
    lab.person("alan", "Alan", "Lovelace")
    lab.join(project, "alan")
    said = lab.sync()
    assert said.code == 0, said.text
    assert lab.offering_user("alan") == ("alovelace", "OK")
    assert lab.users(WEATHER) == {"alovelace", "alovelace2", "enoether"}


@pytest.mark.parametrize("name", ["ada\nroot", "-rf", "x" * 300, "Ada", "ädä", 'a"b', None])
def test_a_person_is_never_removed_for_what_the_marketplace_shows_as_their_name(climate: Climate, name: str) -> None:
    lab, _, _ = climate
    lab.world.rename_user(lab.offering, lab.people["ada"], name)
    for _ in range(2):
        lab.sync("--confirm-removals")
    assert lab.users(WEATHER) == {"ada", "emmy"}
