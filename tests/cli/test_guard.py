"""``agent guard``: a release lets go exactly what was shown, and once."""

from collections.abc import Mapping
from pathlib import Path

from agent.sandbox.demo.stage import BASE
from tests.fixtures.memory_site import MemorySite, memory_site
from tests.fixtures.outages import SLURM_AWAY, slurm_goes_away, slurm_is_back

WEATHER = "climate-1-weather-1"


def checksum(lab: MemorySite) -> str:
    return lab.plan().held_checksum


def released(lab: MemorySite) -> frozenset[str]:
    with lab.world_of() as (agent, world):
        return agent.journal.known(world.clock.now()).released


def missing(lab: MemorySite) -> Mapping[str, float]:
    with lab.world_of() as (agent, world):
        return agent.journal.known(world.clock.now()).first_missing


def release(lab: MemorySite) -> str:
    """A person releases what is held now."""
    one = checksum(lab)
    said = lab.agent("guard", "release", one)
    assert said.code == 0, said.text
    return one


def test_nothing_held_is_said(lab: MemorySite, project: str) -> None:
    said = lab.agent("guard", "show")
    assert (said.code, said.text) == (0, "Nothing is held.\n")


def test_what_is_held_is_shown_with_the_word_that_releases_it(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    said = lab.agent("guard", "show")
    assert said.code == 0
    assert f"held: remove user ada from account {WEATHER}" in said.text
    assert f"agent guard release {checksum(lab)}" in said.text


def test_a_release_is_carried_out_by_the_next_sync_and_counts_once(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    lab.sync()
    assert released(lab) == frozenset()
    one = release(lab)
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}
    assert released(lab) == {one}
    said = lab.sync()
    assert said.code == 0
    assert "is over" not in said.text
    assert lab.memory.users(WEATHER) == {"emmy"}
    assert released(lab) == frozenset()

    lab.join(project, "ada")
    lab.sync()
    lab.leave(project, "ada")
    assert checksum(lab) == one
    assert lab.sync().code == 3
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}


def test_a_release_of_what_is_not_held_any_more_is_void(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    one = release(lab)
    lab.leave(project, "emmy")
    said = lab.sync()
    assert said.code == 3
    assert f"release {one} is over: other actions are held now; agent plan shows them" in said.text
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}
    assert released(lab) == frozenset()
    lab.join(project, "emmy")
    assert lab.sync().code == 3
    assert lab.memory.users(WEATHER) == {"ada", "emmy"}


def test_a_release_outlives_an_outage_a_failure_and_a_sync_of_something_else(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    one = release(lab)
    lab.server.faults.add("status", "marketplace-offering-users/", value=500)
    lab.order(project, "ocean")
    assert lab.sync().code == 75
    assert released(lab) == {one}

    lab.server.faults.clear()
    lab.memory.refuses = {f"{WEATHER}/ada": "busy"}
    assert lab.sync().code == 4
    assert released(lab) == {one}

    lab.memory.refuses = {}
    assert lab.sync().code == 0
    assert lab.memory.users(WEATHER) == {"emmy"}
    assert released(lab) == frozenset()


def test_a_wrong_checksum_ends_with_3_and_names_the_right_one(lab: MemorySite, project: str) -> None:
    nothing = lab.agent("guard", "release", "0" * 12)
    assert nothing.code == 3
    assert "nothing is held" in nothing.text
    lab.leave(project, "ada")
    wrong = lab.agent("guard", "release", "0" * 12)
    assert wrong.code == 3
    assert checksum(lab) in wrong.text
    assert released(lab) == frozenset()


def test_during_an_outage_nobody_is_told_that_nothing_is_held(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    one = checksum(lab)
    slurm_goes_away(lab.memory)
    for words in (("show",), ("release", one)):
        said = lab.agent("guard", *words)
        assert (said.code, said.text) == (75, f"what is held cannot be said now: {SLURM_AWAY}\n")
    assert released(lab) == frozenset()
    slurm_is_back(lab.memory)
    assert lab.agent("guard", "release", one).code == 0


def test_a_feed_that_is_away_does_not_forget_since_when_a_login_is_missing(tmp_path: Path) -> None:
    base = tmp_path / "base.toml"
    base.write_text(BASE)
    table = {"file": str(tmp_path / "glauth.cfg"), "base": str(base), "probe_url": ""}
    with memory_site(tmp_path, glauth=table, tables={"marketplace": {"deadline": 1}}) as lab:
        lab.order(lab.project("Climate", "ada", "emmy"), "weather")
        lab.cycle()
        lab.cycle()
        lab.world.put_user(lab.offering, lab.people["ada"], "Deleted")
        lab.world.rename_user(lab.offering, lab.people["ada"], "")
        lab.cycle()
        lab.cycle()
        before = missing(lab)
        assert "disable directory user ada" in before

        lab.server.faults.add("status", "glauth_users_config/", value=500)
        lab.cycle()
        assert missing(lab) == before
        lab.server.faults.clear()
        lab.world.rename_user(lab.offering, lab.people["ada"], "ada")
        lab.world.put_user(lab.offering, lab.people["ada"], "OK")
        lab.cycle()
        assert missing(lab) == {}
