"""The first steps of people, cut short before any effect: the next lives bring it to the same end."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from agent.core.model.people import Proposal
from agent.engine.world import World
from tests.fixtures.fuse import JOURNAL_WRITES, MARKETPLACE_WRITES, Fuse, Fused, Killed
from tests.fixtures.memory_cluster import nothing
from tests.fixtures.memory_people import Commands, Names, Published
from tests.fixtures.memory_site import MemorySite, all_of, memory_site, only_reading

WEATHER = "climate-1-weather-1"
SETTINGS = {
    "coordinators": True,
    "project_service_accounts": True,
    "username": {"source": "command", "command": ["/opt/site/name-people"]},
}


@dataclass
class Lives:
    """A site, and what outlives the agent's process: the directory, the source of names and the commands."""

    lab: MemorySite
    glauth: Published = field(default_factory=Published)
    names: Names = field(default_factory=Names)
    commands: Commands = field(default_factory=Commands)

    def world(self, world: World) -> World:
        world = self.commands.run_in(self.glauth.serves(world))
        return replace(world, name_sources={self.lab.offering: self.names})

    def begin(self) -> None:
        """A manager, a member who cannot be named, one who is not linked, and a service account."""
        lab = self.lab
        lab.world.set_options(lab.offering, username_generation_policy="service_provider")
        project = lab.project("Climate", "emmy", "kurt")
        lab.join(project, "ada", role="PROJECT.MANAGER")
        lab.world.add_service_account("svc-ci", project=project)
        lab.order(project, "weather")
        self.names.proposals = {
            lab.people["ada"]: Proposal("ada"),
            lab.people["emmy"]: Proposal(reason="there is no contract"),
        }

    def run_until(self, effect: int) -> bool:
        """Runs to rest, or to the death before an effect; gives whether it died."""
        fuse = Fuse(effect)
        self.lab.memory.before = self.glauth.after = fuse.burn

        def dying(world: World) -> World:
            return replace(
                world,
                marketplace=Fused(world.marketplace, MARKETPLACE_WRITES, fuse),
                journal=Fused(world.journal, JOURNAL_WRITES, fuse),
            )

        with suppress(Killed):
            for _ in range(2):
                self.lab.run(all_of(self.world, dying))
        self.lab.memory.before = self.glauth.after = nothing
        return fuse.blown

    def end(self) -> dict[str, object]:
        """How it all stands once nothing is left to do."""
        lab = self.lab
        for _ in range(2):
            lab.clock.at += 60
            lab.run(self.world)
        assert lab.run(all_of(self.world, only_reading))[0].plan.empty
        with lab.world_of() as (_, world):
            known = world.journal.known(lab.clock.now())
        people = [lab.world.offering_user(lab.offering, lab.people[one]) for one in ("ada", "emmy", "kurt")]
        return {
            "people": [(row["username"], row["state"], row["service_provider_comment"] or "") for row in people],
            "users": lab.memory.users(WEATHER),
            "coordinators": lab.memory.coordinators,
            "directory": self.glauth.enabled(),
            "ours": (known.associations, known.coordinators, set(known.holders)),
            "told": set(self.commands.take()),
        }


EXPECTED = {
    "people": [
        ("ada", "OK", ""),
        ("", "Error creating", "The account has no username: there is no contract."),
        ("", "Pending account linking", "The account has no username: is not linked yet."),
    ],
    "users": {"ada", "svc-ci"},
    "coordinators": {(WEATHER, "ada")},
    "directory": {"ada"},
    "ours": ({(WEATHER, "ada"), (WEATHER, "svc-ci")}, {(WEATHER, "ada")}, {"ada", "svc-ci"}),
    "told": {"resource ready weather", "user ready ada", "user ready svc-ci"},
}


def test_people_arrive_at_the_same_end_whatever_effect_a_process_died_before(tmp_path: Path) -> None:
    for effect in count(1):
        with memory_site(tmp_path / str(effect), offering=SETTINGS) as lab:
            lives = Lives(lab)
            lives.begin()
            died = lives.run_until(effect)
            assert lives.end() == EXPECTED, f"before effect {effect}"
        if not died:
            break
    assert effect > 30, "the fuse is before every effect"
