"""The site's own commands: each hears of each user and resource once, with all it needs, and again after a failure."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import MakeSite, Script
from tests.fixtures.site import Site

WEATHER = "climate-1-weather-1"
NOTE = "cat >> '{file}'; echo >> '{file}'; [ ! -e '{file}.fails' ] || {{ echo 'no room left' >&2; exit 9; }}"


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    """The file to which every command of the site appends what it is told; with ``.fails`` beside it it fails."""
    return tmp_path / "heard"


@pytest.fixture
def lab(make_site: MakeSite, script: Script, heard: Path) -> Site:
    path = script("hook", NOTE.format(file=heard))
    return make_site(
        tables={"hooks": {f"on_{what}": [path] for what in ("user_ready", "resource_ready", "resource_removed")}}
    )


def told(heard: Path) -> list[dict[str, Any]]:
    """What was told, in its order."""
    return [json.loads(line) for line in heard.read_text().splitlines()] if heard.exists() else []


def an_hour_passes(lab: Site) -> None:
    """For the commands that failed; the agent dates their attempts by the clock of this host."""
    with closing(sqlite3.connect(lab.journal)) as journal, journal:
        journal.execute("update event set tried = tried - 3600")


def test_each_user_and_resource_is_told_once_over_its_whole_life(lab: Site, heard: Path) -> None:
    project = lab.project("Climate", "ada", "emmy")
    resource = lab.order(project, "weather")
    for _ in range(3):
        said = lab.sync()
        assert said.code == 0, said.text
    by_event = {event["event"]: event for event in told(heard)}
    assert sorted((event["event"], event.get("username", "")) for event in told(heard)) == [
        ("resource ready", ""),
        ("user ready", "ada"),
        ("user ready", "emmy"),
    ]
    facts = {
        "event": "resource ready",
        "offering": lab.offering,
        "resource": resource,
        "name": "weather",
        "account": WEATHER,
        "project": project,
        "project_slug": "climate-1",
        "project_name": "Climate",
        "customer_slug": "climate--1",
    }
    assert by_event["resource ready"] == facts
    who = next(event for event in told(heard) if event.get("username") == "ada")
    assert who == {
        "event": "user ready",
        "offering": lab.offering,
        "username": "ada",
        "uid": None,
        "user": lab.people["ada"],
        "account": WEATHER,
    }

    lab.order(project, "ocean")
    for _ in range(2):
        lab.sync()
    lab.world.order_terminate(resource)
    for _ in range(2):
        said = lab.sync()
        assert said.code == 0, said.text
    assert [(event["event"], event["name"]) for event in told(heard)[3:]] == [
        ("resource ready", "ocean"),
        ("resource removed", "weather"),
    ]
    assert told(heard)[-1] == {**facts, "event": "resource removed"}


def test_a_command_that_fails_is_said_and_run_again_later_and_not_before(lab: Site, heard: Path) -> None:
    heard.with_name("heard.fails").touch()
    lab.order(lab.project("Climate", "ada"), "weather")
    for _ in range(3):
        said = lab.sync()
        assert lab.users(WEATHER) == {"ada"}
    assert [event["event"] for event in told(heard)] == ["resource ready", "user ready"]
    an_hour_passes(lab)
    said = lab.sync()
    assert "user ready ada" in said.text
    assert "failed and is run again: ended with 9: no room left" in said.text
    assert len(told(heard)) == 4

    heard.with_name("heard.fails").unlink()
    an_hour_passes(lab)
    for _ in range(2):
        said = lab.sync()
        assert said.code == 0, said.text
    assert len(told(heard)) == 6
    an_hour_passes(lab)
    lab.sync()
    assert len(told(heard)) == 6


def test_a_command_gets_no_token_and_nothing_of_the_environment(
    make_site: MakeSite, script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    monkeypatch.setenv("AGENT_TOKEN", "a secret of the service")
    monkeypatch.setenv("SOMETHING", "of the service")
    lab = make_site(
        tables={"hooks": {"on_user_ready": [script("hook", f'env > {seen}; echo "$@" >> {seen}'), "--home"]}}
    )
    lab.order(lab.project("Climate", "ada"), "weather")
    for _ in range(2):
        said = lab.sync()
        assert said.code == 0, said.text
    text = seen.read_text()
    assert "--home" in text
    assert "secret" not in text
    assert "SOMETHING" not in text
    assert lab.server.token not in text
