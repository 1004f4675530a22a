"""What a resource's page says of its account: told after a change, and again when the telling was cut short."""

from dataclasses import replace

from tests.fixtures.memory_site import MemorySite

WEATHER = "climate-1-weather-1"
PAUSED = ("GrpJobs", "GrpSubmitJobs")


def told(lab: MemorySite) -> list[str]:
    """The resources' pages that were written since the last look."""
    found = [path for path in lab.posts() if path.endswith("/set_backend_metadata/") and "resources" in path]
    lab.server.reset_counts()
    return found


def test_metadata_that_could_not_be_told_is_told_by_the_next_cycle_though_nothing_is_left_to_do(
    lab: MemorySite, weather: str
) -> None:
    lab.world.set_flags(weather, paused=True)
    lab.server.faults.add("status", f"{weather}/set_backend_metadata/", method="POST", value=500)
    cycle = lab.cycle()
    assert any("metadata could not be written" in notice for notice in cycle.notices)
    assert not set(PAUSED) & set(lab.world.resource(weather)["backend_metadata"])

    lab.server.faults.clear()
    told(lab)
    assert lab.cycle().plan.empty
    assert len(told(lab)) == 1
    assert [lab.world.resource(weather)["backend_metadata"][word] for word in PAUSED] == [0, 0]
    lab.cycle()
    assert told(lab) == []


def test_a_repaired_limit_is_no_news_for_the_marketplace(lab: MemorySite, weather: str) -> None:
    right = lab.memory.accounts[WEATHER]
    shown = lab.world.resource(weather)["backend_metadata"]
    lab.memory.accounts[WEATHER] = replace(right, grp_tres_mins={"cpu": 1})
    told(lab)
    lab.cycle()
    assert lab.memory.accounts[WEATHER] == right
    assert told(lab) == []
    assert lab.world.resource(weather)["backend_metadata"] == shown
