"""The readiness gate in a cycle: nobody is associated before the name resolves to the uid that is expected."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pytest

from agent.core.model.cluster import Account, Association
from agent.core.model.directory import Directory
from agent.engine.world import World
from tests.engine.conftest import MakeLab
from tests.fixtures.memory_cluster import MemoryCluster
from tests.fixtures.memory_people import Published, Resolver
from tests.fixtures.memory_site import Change, MemorySite, all_of, only_reading, results

WEATHER = "climate-1-weather-1"
ADA, EMMY = 20_001, 20_002
"""The uids that the marketplace gives the first two people."""


@dataclass
class Gated:
    """A site behind a gate: its directory, and who resolves its names. ``sent``: users in the order they were added."""

    lab: MemorySite
    gate: Literal["none", "nss", "ldap"]
    glauth: Published = field(default_factory=Published)
    resolver: Resolver = field(default_factory=Resolver)
    sent: list[str] = field(default_factory=list)

    def world(self, world: World) -> World:
        policies = [replace(policy, gate=self.gate) for policy in world.policies]
        world = replace(self.glauth.serves(world), policies=policies, identities={self.gate: self.resolver})
        return replace(world, cluster=Watched(self.lab.memory, self.sent))

    def cycle(self, change: Change = lambda world: world) -> Any:
        return self.lab.cycle(all_of(self.world, change))


class Watched:
    """The cluster, and a list of the users of every ``add`` that was sent to it."""

    def __init__(self, memory: MemoryCluster, sent: list[str]) -> None:
        self._memory, self._sent = memory, sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._memory, name)

    def add(self, accounts: Sequence[Account], associations: Sequence[Association]) -> Any:
        self._sent += [one.user for one in associations]
        return self._memory.add(accounts, associations)


MakeGated = Callable[..., Gated]


@pytest.fixture
def make_gated(make_lab: MakeLab) -> MakeGated:
    """Makes a site with an allocation ordered, whose people nobody knows yet."""

    def make(gate: Literal["none", "nss", "ldap"] = "nss", **uids: int) -> Gated:
        site = Gated(make_lab(), gate, resolver=Resolver(dict(uids)))
        site.lab.order(site.lab.project("Climate", "ada", "emmy"), "weather")
        return site

    return make


def reasons(cycle: Any) -> set[str]:
    return {one.reason for one in cycle.plan.waiting}


SAID = {"nss": "on this host (getent passwd)", "ldap": "in the directory"}


@pytest.mark.parametrize("gate", ["nss", "ldap"])
def test_a_name_that_does_not_resolve_waits_and_slurm_never_hears_of_it(make_gated: MakeGated, gate: str) -> None:
    site = make_gated(gate, ada=ADA)
    first = site.cycle()
    assert {outcome.detail for outcome in first.outcomes if outcome.result == "waiting"} == {
        f"waits until emmy is known {SAID[gate]}"
    }
    second = site.cycle()
    assert reasons(second) == {f"waits until emmy is known {SAID[gate]}"}
    assert second.outcomes == ()
    assert (site.lab.memory.users(WEATHER), site.sent) == ({"ada"}, ["ada"])
    site.resolver.uids["emmy"] = EMMY
    site.cycle()
    assert site.sent == ["ada", "emmy"]


def test_an_order_is_done_although_nobody_resolves_yet(make_gated: MakeGated) -> None:
    site = make_gated()
    site.cycle()
    resource = str(site.lab.world.resources(site.lab.offering)[0]["uuid"])
    assert site.lab.order_states(resource) == [("Create", "done")]
    assert (site.lab.memory.users(WEATHER), site.sent) == (set(), [])


def test_a_name_that_resolves_to_another_uid_waits(make_gated: MakeGated) -> None:
    site = make_gated(ada=1001, emmy=EMMY)
    site.cycle()
    cycle = site.cycle()
    assert reasons(cycle) == {"waits: ada is uid 1001 on this host (getent passwd), and 20001 is expected"}
    assert site.sent == ["emmy"]


@pytest.mark.parametrize("gate", ["nss", "ldap"])
def test_while_nobody_can_say_whether_names_resolve_everybody_new_waits_and_nobody_leaves(
    make_gated: MakeGated, gate: str
) -> None:
    site = make_gated(gate, ada=ADA, emmy=EMMY)
    site.cycle()
    project = site.lab.world.resources(site.lab.offering)[0]["project"]
    site.lab.join(project, "grace")
    site.lab.leave(project, "emmy")
    site.cycle()
    site.resolver.outage = "the name service did not answer"
    cycle = site.cycle()
    assert "waits: whether the name resolves could not be asked: the name service did not answer" in reasons(cycle)
    assert site.sent == ["ada", "emmy"]
    assert [item.action.subject for item in cycle.plan.held] == [f"{WEATHER}/emmy"]


def test_who_resolves_once_the_directory_has_published_the_record_joins_in_that_cycle(make_gated: MakeGated) -> None:
    site = make_gated()
    site.glauth.after = lambda: site.resolver.uids.update(
        {user.name: user.uidnumber for user in site.glauth.directory.users}
    )
    cycle = site.cycle()
    assert set(results(cycle).values()) == {"done"}
    assert (site.sent, site.resolver.asked) == (["ada", "emmy"], [["ada", "emmy"]])
    assert site.lab.memory.users(WEATHER) == {"ada", "emmy"}


def test_nobody_is_asked_about_twice_in_a_cycle(make_gated: MakeGated) -> None:
    """Ada is in the directory already, grace gets there in this cycle."""
    site = make_gated(ada=ADA, emmy=EMMY, grace=20_003)
    site.lab.memory.refuses = {f"{WEATHER}/ada": "not today"}
    site.cycle()
    site.lab.memory.refuses = {}
    site.lab.join(str(site.lab.world.resources(site.lab.offering)[0]["project"]), "grace")
    site.resolver.asked.clear()
    site.cycle()
    assert site.resolver.asked == [["ada"], ["grace"]]
    assert site.lab.memory.users(WEATHER) == {"ada", "emmy", "grace"}


def test_who_does_not_resolve_after_it_either_waits_and_joins_later(make_gated: MakeGated) -> None:
    site = make_gated()
    site.glauth.after = lambda: site.resolver.uids.update(ada=ADA)
    cycle = site.cycle()
    assert results(cycle)[f"add association {WEATHER}/ada"] == "done"
    assert results(cycle)[f"add association {WEATHER}/emmy"] == "waiting"
    assert cycle.failures == ()
    with site.lab.world_of() as (_, world):
        assert world.journal.known(site.lab.clock.now()).associations == {(WEATHER, "ada")}
    site.resolver.uids["emmy"] = EMMY
    site.cycle()
    assert site.sent == ["ada", "emmy"]


def test_the_uid_that_was_published_in_this_cycle_counts(make_gated: MakeGated) -> None:
    site = make_gated()
    site.glauth.after = lambda: site.resolver.uids.update(ada=4711, emmy=EMMY)
    details = {outcome.detail for outcome in site.cycle().outcomes if outcome.result == "waiting"}
    assert details == {"waits: ada is uid 4711 on this host (getent passwd), and 20001 is expected"}
    assert site.sent == ["emmy"]


def test_while_the_directory_cannot_be_written_its_new_people_wait(make_gated: MakeGated) -> None:
    site = make_gated()
    site.glauth.outage = "no space left on device"
    cycle = site.cycle()
    assert results(cycle)[f"add association {WEATHER}/ada"] == "waiting"
    assert {outcome.detail for outcome in cycle.failures} == {"no space left on device"}
    assert site.sent == []


def test_without_a_directory_of_ours_any_uid_is_good(make_lab: MakeLab) -> None:
    lab = make_lab(identity_gate="nss")
    lab.order(lab.project("Climate", "ada", "emmy"), "weather")
    lab.cycle(lambda world: replace(world, identities={"nss": Resolver({"ada": 1234})}))
    assert lab.memory.users(WEATHER) == {"ada"}


def test_without_a_gate_nobody_is_asked(make_gated: MakeGated) -> None:
    site = make_gated("none")
    site.cycle()
    assert (site.resolver.asked, site.sent) == ([], ["ada", "emmy"])


def test_a_member_whose_name_does_not_resolve_any_more_stays_and_nobody_is_asked(make_gated: MakeGated) -> None:
    site = make_gated(ada=ADA, emmy=EMMY)
    site.cycle()
    site.resolver.uids.clear()
    site.resolver.asked.clear()
    site.cycle()
    cycle = site.cycle(only_reading)
    assert (cycle.plan.empty, site.resolver.asked) == (True, [])
    assert site.lab.memory.users(WEATHER) == {"ada", "emmy"}


def test_a_member_who_may_not_join_a_second_account_yet_keeps_the_first(make_gated: MakeGated) -> None:
    site = make_gated(ada=ADA, emmy=EMMY)
    site.cycle()
    site.resolver.uids.pop("emmy")
    project = str(site.lab.world.resources(site.lab.offering)[0]["project"])
    site.lab.order(project, "storm")
    for _ in range(2):
        site.lab.clock.at += 4000
        cycle = site.cycle()
    assert reasons(cycle) == {"waits until emmy is known on this host (getent passwd)"}
    assert site.lab.memory.users(WEATHER) == {"ada", "emmy"}
    assert site.lab.memory.users("climate-1-storm-1") == {"ada"}


def test_who_was_taken_away_by_a_restriction_comes_back_only_once_the_name_resolves(make_gated: MakeGated) -> None:
    site = make_gated(ada=ADA, emmy=EMMY)
    site.cycle()
    weather = str(site.lab.world.resources(site.lab.offering)[0]["uuid"])
    site.lab.world.set_flags(weather, restrict_member_access=True)
    site.cycle()
    assert site.lab.memory.users(WEATHER) == set()
    site.sent.clear()
    site.resolver.uids.pop("emmy")
    site.lab.world.set_flags(weather, restrict_member_access=False)
    site.cycle()
    site.cycle()
    assert site.sent == ["ada"]
    site.resolver.uids["emmy"] = EMMY
    site.cycle()
    assert site.lab.memory.users(WEATHER) == {"ada", "emmy"}


def test_an_order_that_could_not_be_taken_up_opens_the_gate_for_nobody(make_gated: MakeGated) -> None:
    site = make_gated(ada=ADA)
    site.cycle()
    project = str(site.lab.world.resources(site.lab.offering)[0]["project"])
    site.lab.order(project, "storm")
    site.lab.server.faults.add("status", "approve_by_provider", value=403)
    cycle = site.cycle()
    assert [outcome.action.kind for outcome in cycle.failures] == ["approve order"]
    assert site.sent == ["ada"]


def test_a_directory_that_is_lost_while_people_wait_is_published_again_and_they_join(make_gated: MakeGated) -> None:
    site = make_gated()
    site.cycle()
    site.glauth.directory = Directory()
    site.glauth.after = lambda: site.resolver.uids.update(ada=ADA, emmy=EMMY)
    site.cycle()
    assert sorted(site.sent) == ["ada", "emmy"]
