"""After each cycle GLAuth is asked whether it serves the file, whether anything was published or not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from agent.errors import Unavailable
from agent.sandbox.real.glauth import RealGlauth
from agent.service import work
from agent.service.metrics import Metrics
from agent.service.work import lanes
from tests.fixtures.memory_site import MemorySite, memory_site

pytestmark = pytest.mark.real_glauth


@pytest.fixture
def site(tmp_path: Path, glauth: RealGlauth) -> Iterator[MemorySite]:
    """A site that publishes to it, with ada in a project."""
    table = {"file": str(glauth.file), "base": str(glauth.base_file), "probe_url": glauth.url}
    with memory_site(tmp_path, glauth=table, tables={"marketplace": {"deadline": 1}}) as made:
        made.order(made.project("Climate", "ada"), "weather")
        yield made


def converge(site: MemorySite, metrics: Metrics) -> list[Any]:
    """One run of the converge lane; gives its events about the directory as it was seen afterwards."""
    with site.world_of() as (agent, world), capture_logs() as events:
        agent.world = world
        lanes(agent, metrics)[0].run()
    return [event for event in events if event["event"].startswith("directory ")]


def shown(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"agent_directory_{name}", labels)


def test_a_cycle_shows_who_is_published_and_that_it_is_served(site: MemorySite, glauth: RealGlauth) -> None:
    metrics = Metrics("test")
    assert converge(site, metrics) == []
    assert shown(metrics, "users", file=str(glauth.file)) == 1
    assert shown(metrics, "proved", file=str(glauth.file)) == 1


def test_a_record_that_is_not_served_is_counted(site: MemorySite) -> None:
    metrics = Metrics("test")
    site.order(site.project("Root", "daemon"), "theorems")
    converge(site, metrics)
    assert shown(metrics, "quarantined", kind="user") == 1


def test_glauth_that_stopped_is_noticed_by_a_cycle_that_had_nothing_to_do(site: MemorySite, glauth: RealGlauth) -> None:
    metrics = Metrics("test")
    converge(site, metrics)
    glauth.stop()
    (event,) = converge(site, metrics)
    assert (event["event"], event["log_level"], event["file"]) == ("directory not served", "warning", str(glauth.file))
    assert glauth.url in event["reason"]
    assert shown(metrics, "proved", file=str(glauth.file)) == 0
    glauth.start()
    assert converge(site, metrics) == []
    assert shown(metrics, "proved", file=str(glauth.file)) == 1


def test_a_base_that_was_broken_meanwhile_does_not_leave_the_last_proof_standing(
    site: MemorySite, glauth: RealGlauth
) -> None:
    metrics = Metrics("test")
    converge(site, metrics)
    site.settings.with_name("state").joinpath("sentinel.key").write_text("no key")
    events = converge(site, metrics)
    assert [event["event"] for event in events] in (["directory not known"], ["directory not served"])
    assert shown(metrics, "proved", file=str(glauth.file)) == 0
    assert shown(metrics, "failing", file=str(glauth.file)) == 1


def test_a_cycle_that_breaks_off_asks_glauth_all_the_same(
    site: MemorySite, glauth: RealGlauth, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics = Metrics("test")
    converge(site, metrics)
    glauth.stop()

    def breaks_off(*_: object) -> None:
        raise Unavailable("the journal is full")

    monkeypatch.setattr(work, "converge", breaks_off)
    with pytest.raises(Unavailable, match="the journal is full"):
        converge(site, metrics)
    assert shown(metrics, "proved", file=str(glauth.file)) == 0


def test_a_directory_that_cannot_be_published_fails_no_lane_and_has_a_metric_of_its_own(
    site: MemorySite, glauth: RealGlauth
) -> None:
    metrics, good = Metrics("test"), glauth.base_file.read_text()
    with site.world_of() as (agent, world):
        agent.world = world
        lane = lanes(agent, metrics)[0]
        lane.run()
        assert shown(metrics, "failing", file=str(glauth.file)) == 0
        glauth.base_file.write_text("no TOML")
        site.order(site.project("Lakes", "emmy"), "waves")
        lane.run()
        assert shown(metrics, "failing", file=str(glauth.file)) == 1
        glauth.base_file.write_text(good)
        lane.run()
    assert shown(metrics, "failing", file=str(glauth.file)) == 0
    assert glauth.lookup("emmy")["uid"] == ["emmy"]


def test_what_a_person_holds_back_is_no_failure(site: MemorySite, glauth: RealGlauth) -> None:
    metrics = Metrics("test")
    converge(site, metrics)
    site.order(site.project("Lakes", "emmy"), "waves")
    converge(site, metrics)
    assert site.agent("glauth", "rollback").code == 0
    converge(site, metrics)
    assert shown(metrics, "failing", file=str(glauth.file)) == 0
    assert shown(metrics, "held_back", file=str(glauth.file)) == 1


def test_a_feed_that_cannot_be_read_fails_no_lane(site: MemorySite, glauth: RealGlauth) -> None:
    metrics = Metrics("test")
    converge(site, metrics)
    site.server.faults.add("status", "glauth", value=500)
    converge(site, metrics)
    assert shown(metrics, "quarantined", kind="feed") == 1
