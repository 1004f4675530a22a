"""Reading both sides: an error is never an empty list, and one section's trouble is its own."""

import pytest

from agent.core.snapshot import Complete, Missing, Partial
from agent.engine.observe import observe, section
from agent.errors import Incomplete, NotConverged, Rejected, Unavailable
from tests.fixtures.memory_site import MemorySite


def failing(error: Exception):
    def read() -> tuple[str, ...]:
        raise error

    return read


def test_what_was_read_whole_is_complete_even_when_it_is_empty() -> None:
    assert section(lambda: ()) == Complete(())


def test_what_arrived_of_a_list_is_partial_and_keeps_the_reason() -> None:
    assert section(failing(Incomplete("a page is missing", ["one"]))) == Partial(("one",), "a page is missing")


@pytest.mark.parametrize("error", [Incomplete("why"), Unavailable("why"), Rejected("why"), NotConverged("why")])
def test_an_error_without_rows_is_missing(error: Exception) -> None:
    assert section(failing(error)) == Missing("why")


def test_a_defect_is_not_taken_for_an_outage() -> None:
    with pytest.raises(KeyError):
        section(failing(KeyError("defect")))


def test_teams_are_not_asked_for_when_nobody_knows_where_to_look(lab: MemorySite, project: str) -> None:
    lab.server.faults.add("status", "marketplace-provider-resources/", value=500)
    lab.server.reset_counts()
    with lab.world_of() as (_, world):
        seen = observe(world, world.policies).offerings[lab.offering]
    assert isinstance(seen.teams, Missing)
    assert isinstance(seen.resources, Missing)
    assert seen.teams.reason == seen.resources.reason
    assert isinstance(seen.users, Complete)
    assert isinstance(seen.orders, Complete)
    assert not [path for _, path, _ in lab.server.requests if "permission" in path]


def test_without_a_directory_no_feed_is_asked_for(lab: MemorySite, project: str) -> None:
    lab.server.reset_counts()
    with lab.world_of() as (_, world):
        seen = observe(world, world.policies)
    assert seen.directory == Missing("no directory is configured")
    assert not [path for _, path, _ in lab.server.requests if "glauth" in path]
