"""A username that is to be nobody's: what still uses it, what follows, and that only the journal changes."""

from pathlib import Path
from typing import Any

import pytest

from agent.core.events import USER_READY
from agent.core.model.people import Event
from agent.engine.explaining import look
from agent.engine.releasing import Release, propose, release
from agent.errors import Held, Unavailable
from tests.fixtures.memory_site import MemorySite, memory_site
from tests.fixtures.outages import slurm_goes_away


@pytest.fixture
def lab(tmp_path: Path) -> Any:
    with memory_site(tmp_path, tables={"marketplace": {"deadline": 1}}) as made:
        made.in_use()
        yield made


def proposal(lab: MemorySite, name: str) -> Release:
    with lab.world_of() as (_, world):
        return propose(look(world), name)


def released(lab: MemorySite, name: str, *, force: bool = False) -> None:
    with lab.world_of() as (_, world):
        release(world, propose(look(world), name), force=force)


def holder(lab: MemorySite, name: str) -> str:
    with lab.world_of() as (agent, _):
        return agent.journal.known(0.0).holders.get(name, "")


def gone(lab: MemorySite, user: str) -> None:
    """A person leaves, is taken out of the account, and is blanked in the marketplace."""
    for project in {row["project"] for row in lab.world.resources(lab.offering)}:
        lab.world.remove_member(project, lab.people[user])
    lab.run(confirmed=True)
    lab.world.rename_user(lab.offering, lab.people[user], "")


def test_a_name_in_use_says_everything_that_uses_it(lab: MemorySite) -> None:
    found = proposal(lab, "ada")
    ada = lab.people["ada"]
    assert found.holders == (f"user {ada}",)
    assert found.obstacles == (
        "it is in account climate-1-weather-1, where the agent put it",
        f"user {ada[:8]} has a role as ada: PROJECT.MEMBER in project Climate",
        f"offering HPC 1 still shows it as the username of user {ada[:8]}, who would have it again with the next sync:"
        " blank or change it there first",
    )


def test_a_name_in_use_is_not_released_without_force(lab: MemorySite) -> None:
    with pytest.raises(Held, match=r"ada is not released: it is in account climate-1-weather-1.*or give --force"):
        released(lab, "ada")
    assert holder(lab, "ada") == lab.people["ada"]
    released(lab, "ada", force=True)
    assert holder(lab, "ada") == ""


def test_the_name_of_somebody_who_left_is_released_and_nothing_else_is_touched(lab: MemorySite) -> None:
    gone(lab, "ada")
    assert proposal(lab, "ada").obstacles == ()
    before = dict(lab.memory.associations)
    lab.server.reset_counts()
    released(lab, "ada")
    assert holder(lab, "ada") == ""
    assert lab.memory.associations == before
    assert lab.posts() == []
    lab.run()
    assert holder(lab, "ada") == ""


def test_the_sites_command_hears_of_the_next_one_with_the_name(lab: MemorySite) -> None:
    event = Event(kind=USER_READY, about="ada", offering=lab.offering)
    with lab.world_of() as (agent, world):
        agent.journal.note_events([event], 1.0)
        gone(lab, "ada")
        release(world, propose(look(world), "ada"), force=False)
        assert agent.journal.noted() == frozenset()


def test_a_name_the_marketplace_still_shows_would_come_back(lab: MemorySite) -> None:
    gone(lab, "ada")
    lab.world.rename_user(lab.offering, lab.people["ada"], "ada")
    assert [text.partition(" as the")[0] for text in proposal(lab, "ada").obstacles] == [
        "offering HPC 1 still shows it"
    ]
    released(lab, "ada", force=True)
    lab.run()
    assert holder(lab, "ada") == lab.people["ada"]


def test_a_renamed_person_takes_the_new_name_after_a_release(lab: MemorySite) -> None:
    lab.world.rename_user(lab.offering, lab.people["ada"], "ada2")
    lab.run()
    assert lab.memory.users("climate-1-weather-1") == {"ada", "emmy"}
    follows = proposal(lab, "ada").follows
    assert any(text.startswith(f"user {lab.people['ada'][:8]} becomes 'ada2' at offering HPC 1") for text in follows)
    released(lab, "ada", force=True)
    lab.run(confirmed=True)
    assert lab.memory.users("climate-1-weather-1") == {"ada2", "emmy"}
    assert holder(lab, "ada2") == lab.people["ada"]


def test_a_name_that_nobody_was_given_has_nothing_to_release(lab: MemorySite) -> None:
    assert not proposal(lab, "nobody").held
    gone(lab, "ada")
    released(lab, "ada")
    again = proposal(lab, "ada")
    assert not again.held
    assert again.released is not None


@pytest.mark.parametrize(
    "section", ["marketplace-offering-users", "projects/.*/list_users|permissions", "provider-resources"]
)
def test_while_the_marketplace_is_half_read_nothing_is_released(lab: MemorySite, section: str) -> None:
    gone(lab, "ada")
    lab.server.faults.add("status", section, value=500)
    with pytest.raises(Unavailable, match="what still uses ada cannot be said now"):
        proposal(lab, "ada")


def test_while_slurm_is_away_nothing_is_released(lab: MemorySite) -> None:
    gone(lab, "ada")
    slurm_goes_away(lab.memory)
    with pytest.raises(Unavailable, match="what still uses ada cannot be said now"):
        proposal(lab, "ada")
