"""``agent why``: the chain, where it breaks, and how the command ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.core.model.cluster import Account, Association
from tests.fixtures.memory_site import MemorySite, memory_site
from tests.fixtures.outages import SLURM_AWAY, slurm_goes_away

WEATHER = "climate-1-weather-1"


def marks(lab: MemorySite, name: str) -> dict[str, str]:
    """Step → mark of the one thing that a name means."""
    (one,) = json.loads(lab.agent("why", name, "--json").text.partition("\n}\n")[0] + "\n}")["answers"]
    return {link["step"]: link["mark"] for link in one["links"]}


def test_who_is_well_is_shown_link_by_link_and_it_ends_with_0(lab: MemorySite, project: str) -> None:
    said = lab.agent("why", "ada")
    assert said.code == 0, said.text
    lines = said.text.splitlines()
    assert lines[0] == f"ada: user {lab.people['ada']} at offering HPC 1"
    assert lines[1:3] == ["  ✔ offering user    OK", "  ✔ username         ada"]
    assert f"  account {WEATHER} of resource weather" in lines
    assert "    ✔ role             PROJECT.MEMBER in project Climate" in lines
    assert f"    ✔ limits and QOS   account {WEATHER}: GrpTRESMins=cpu=60000,mem=245760000" in lines
    assert lines[-1].endswith(f" UTC done: add user ada to account {WEATHER}")


def test_nothing_is_changed_by_asking(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    lab.server.reset_counts()
    assert lab.agent("why", "ada").code == 2
    assert lab.posts() == []
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}


@pytest.mark.parametrize("of", ["username", "uuid", "prefix", "offering user"])
def test_a_person_is_found_by_every_name(lab: MemorySite, project: str, of: str) -> None:
    uuid = lab.people["ada"]
    row = next(row for row in lab.world.offering_users(lab.offering) if row["user"] == uuid)
    name = {"username": "ada", "uuid": uuid, "prefix": uuid[:8], "offering user": row["uuid"]}[of]
    assert lab.agent("why", name).text.splitlines()[0] == f"ada: user {uuid} at offering HPC 1"


def test_an_account_and_its_resource_are_shown_with_their_members(lab: MemorySite, project: str) -> None:
    resource = str(lab.world.resources(lab.offering)[0]["uuid"])
    by_account = lab.agent("why", WEATHER)
    assert (by_account.code, by_account.text) == (0, lab.agent("why", "weather").text)
    assert by_account.text == lab.agent("why", resource[:8]).text
    lines = by_account.text.splitlines()
    assert lines[0] == f"{WEATHER}: account of resource {resource} at offering HPC 1"
    assert "  ✔ members          ada, emmy" in lines


def test_many_members_share_a_line_and_who_waits_has_one_of_their_own(lab: MemorySite, project: str) -> None:
    for name in ("u1", "u2", "u3", "u4", "u5", "u6"):
        lab.join(project, name)
    assert lab.sync().code == 0
    lab.join(project, "zoe")
    said = lab.agent("why", WEATHER)
    assert said.code == 2
    lines = said.text.splitlines()
    assert "  ✔ members          ada, emmy, u1, u2, u3, u4 and 2 more" in lines
    assert "  … member           zoe: the next sync adds it" in lines


def test_who_waits_ends_with_2_and_is_told_what_for(lab: MemorySite, project: str) -> None:
    lab.join(project, "zoe")
    said = lab.agent("why", "zoe")
    assert said.code == 2
    assert "    … association      the next sync adds it" in said.text.splitlines()


def test_who_is_restricted_ends_with_2_and_the_remedy(lab: MemorySite, project: str) -> None:
    lab.world.restrict_user(lab.offering, lab.people["ada"])
    said = lab.agent("why", "ada")
    assert said.code == 2
    lines = said.text.splitlines()
    broken = lines.index("  ✘ offering user    the user is restricted at this offering")
    assert lines[broken + 1] == "                     → lift the restriction in the marketplace"


def test_who_left_is_told_when_and_why(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    assert lab.sync("--confirm-removals").code == 0
    said = lab.agent("why", "ada")
    assert said.code == 2
    lines = said.text.splitlines()
    assert lines[1] == "  ✘ role             none in a project that has a resource of offering HPC 1"
    (gone,) = [line for line in lines if " association " in line]
    assert "none any more: 20" in gone
    assert gone.endswith("the project's team does not list this user any more")


def test_a_blanked_name_is_explained_and_the_person_stays(lab: MemorySite, project: str) -> None:
    lab.world.set_options(lab.offering, username_generation_policy="service_provider")
    found = marks(lab, "ada")
    assert (found["username"], found["association"]) == ("waiting", "ok")
    assert "… username         ada is put back by the next sync" in lab.agent("why", "ada").text


def test_a_stranger_is_well_and_called_one(lab: MemorySite, project: str) -> None:
    lab.memory.associations[WEATHER, "local"] = Association(account=WEATHER, user="local")
    said = lab.agent("why", "local")
    assert said.code == 0
    assert said.text.splitlines()[0] == "local: a username of nobody in the marketplace"
    assert "local was added by an administrator, not by the agent: left alone" in said.text


def test_an_account_of_somebody_else_is_left_alone_and_well(lab: MemorySite, project: str) -> None:
    lab.memory.accounts["physics"] = Account(name="physics", parent="root")
    said = lab.agent("why", "physics")
    assert said.code == 0
    assert "· account          physics under root is not the agent's: it has no marker" in said.text


def test_what_nothing_is_known_of_is_wrong_usage_with_what_looks_like_it(lab: MemorySite, project: str) -> None:
    said = lab.agent("why", "emy")
    assert said.code == 64
    assert "nothing is known of 'emy'; did you mean emmy?" in said.text
    assert lab.agent("why").code == 64


def test_during_an_outage_of_slurm_what_is_known_is_said_and_it_ends_with_75(lab: MemorySite, project: str) -> None:
    slurm_goes_away(lab.memory)
    said = lab.agent("why", "ada")
    assert said.code == 75
    assert "    ✔ role             PROJECT.MEMBER in project Climate" in said.text.splitlines()
    assert f"    ? association      not known: {SLURM_AWAY}" in said.text.splitlines()
    assert f"not everything about ada can be said now: association: not known: {SLURM_AWAY}" in said.text


def test_during_an_outage_of_the_marketplace_nobody_is_unknown(lab: MemorySite, project: str) -> None:
    lab.server.faults.add("status", "api", value=500)
    assert lab.agent("why", "ada").code == 75
    said = lab.agent("why", "zoe")
    assert said.code == 75
    assert "nothing that could be read says who or what zoe is" in said.text


def test_a_team_that_cannot_be_read_is_not_known_and_never_a_no(lab: MemorySite, project: str) -> None:
    lab.server.faults.add("status", "list_users|project_permissions", value=500)
    said = lab.agent("why", "ada")
    assert said.code == 75
    assert "? role " in said.text
    assert "✘" not in said.text


def test_json_has_a_verdict_and_every_link_whole(lab: MemorySite, project: str) -> None:
    resource = str(lab.world.resources(lab.offering)[0]["uuid"])
    said = lab.agent("why", "ada", "--json")
    assert said.code == 0
    found: dict[str, Any] = json.loads(said.text)
    assert (found["name"], found["verdict"]) == ("ada", "ok")
    (one,) = found["answers"]
    assert {key: one[key] for key in ("kind", "offering", "uuid", "name", "verdict")} == {
        "kind": "person",
        "offering": lab.offering,
        "uuid": lab.people["ada"],
        "name": "ada",
        "verdict": "ok",
    }
    assert one["links"][5] == {
        "step": "role",
        "mark": "ok",
        "text": "PROJECT.MEMBER in project Climate",
        "remedy": "",
        "account": WEATHER,
        "resource": resource,
    }


def test_a_name_of_too_many_things_asks_for_more(lab: MemorySite, project: str) -> None:
    for _ in range(21):
        lab.order(project, "storm")
    said = lab.agent("why", "storm")
    assert said.code == 64
    assert "storm names 21 things; give a username, an account or a UUID" in said.text


def test_a_name_with_odd_characters_is_printed_harmlessly(lab: MemorySite, project: str) -> None:
    lab.world.rename_user(lab.offering, lab.people["emmy"], "em\x1b[31mmy\n")
    said = lab.agent("why", lab.people["emmy"])
    assert "\x1b" not in said.text


def test_the_gate_is_a_link_that_waits(tmp_path: Path, monkeypatch: Any) -> None:
    with memory_site(tmp_path, offering={"identity_gate": "nss"}) as lab:
        monkeypatch.setattr("agent.composition._cluster", lambda *_: lab.memory)
        lab.order(lab.project("Climate", "zz-not-here"), "weather")
        lab.sync()
        said = lab.agent("why", "zz-not-here")
        assert said.code == 2
        lines = said.text.splitlines()
        assert "  … NSS              does not resolve on this host yet; identity_gate waits for it" in lines
        (association,) = [line for line in lines if " association " in line]
        assert "not yet: waits until zz-not-here is known on this host (getent passwd)" in association
        assert lab.memory.users(WEATHER) == set()
