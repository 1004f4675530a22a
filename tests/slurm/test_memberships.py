"""What a thousand joins and leaves cost: processes that change something, commands, and the length of each load."""

import random
from collections.abc import Iterable, Sequence

import pytest

from agent.core.model.cluster import Account, Association
from agent.sandbox.cluster import associations, people, store
from agent.sandbox.cluster.associations import New
from backends.slurm import load_text

ORGANIZATION = "waldur-" + "a" * 32
HPC = Account(name="hpc", parent="root", organization=ORGANIZATION, description="waldur-0")


class World:
    """Projects below hpc and people who are in two of them each, some of whom are to go and others to come."""

    def __init__(self, projects: int, users: int, changes: int) -> None:
        chance = random.Random(projects)
        self.accounts = [project(f"p{number:03}", number) for number in range(projects)]
        names = [each.name for each in self.accounts]
        self.users = [f"u{number:05}" for number in range(users)]
        self.there = [(account, user) for user in self.users for account in chance.sample(names, 2)]
        self.leaving = chance.sample(sorted(self.there), changes)
        known = set(self.there)
        every = [(account, user) for user in self.users for account in names]
        self.joining = chance.sample([pair for pair in every if pair not in known], changes)


class Cost:
    """What calls took that changed something."""

    def __init__(self, cluster) -> None:
        self.cluster, self.processes, self.writes = cluster, 0, 0

    def count(self, refusals) -> None:
        assert refusals == ()
        started, self.cluster.started = self.cluster.started, []
        self.processes += sum(changes > 0 for _, changes in started)
        self.writes += sum(changes for _, changes in started)


def project(name: str, number: int) -> Account:
    return Account(name=name, parent="hpc", organization=ORGANIZATION, description=f"waldur-{number:032x}")


def members(pairs: Iterable[tuple[str, str]]) -> list[Association]:
    return [Association(account=account, user=user) for account, user in pairs]


def found(cluster) -> list[Association]:
    return [each for each in cluster.slurm.observe_accounting().associations.value if each.user != "root"]


def fill(site, world: World) -> None:
    """Put the world into an embedded cluster, without its commands, which would take minutes."""
    db = store.connect(str(site.database))
    with store.transaction(db):
        every = [HPC, *world.accounts]
        people.add_accounts(db, [people.Account(each.name, each.description, each.organization) for each in every])
        people.add_users(db, world.users)
        associations.add(db, [New(each.name, each.parent) for each in every])
        associations.add(db, [New(account, account, user) for account, user in world.there])
        db.execute("CREATE INDEX by_user ON association (user)")
        people.give_defaults(db, world.users)
    db.close()


@pytest.fixture
def loads(monkeypatch) -> list[int]:
    """The number of lines of each load file that is written."""
    lines: list[int] = []
    for maker in ("load_file", "limits_file", "defaults_file"):
        made = getattr(load_text, maker)
        monkeypatch.setattr(
            load_text, maker, lambda *given, made=made: (lines.append((text := made(*given)).count("\n")), text)[1]
        )
    return lines


def carried_out(cluster, world: World) -> Cost:
    """All joins and leaves, each with its effect looked at."""
    cost = Cost(cluster)
    cluster.counts()
    cost.count(cluster.slurm.add([], members(world.joining)))
    cost.count(cluster.slurm.block([], world.leaving))
    blocked = {(each.account, each.user) for each in found(cluster) if each.max_submit_jobs is not None}
    assert blocked == set(world.leaving)
    cluster.counts()
    cost.count(cluster.slurm.remove_associations(world.leaving))
    assert pairs(found(cluster)) == {*world.there, *world.joining} - set(world.leaving)
    assert {each.max_submit_jobs for each in found(cluster)} == {None}
    return cost


def pairs(rows: Sequence[Association]) -> set[tuple[str, str]]:
    return {(each.account, each.user) for each in rows}


@pytest.mark.slow
def test_a_thousand_changes_take_at_most_40_changing_processes_and_250_writes(counted, embedded_cluster, loads):
    world = World(projects=500, users=10_000, changes=500)
    fill(embedded_cluster, world)
    cost = carried_out(counted(embedded_cluster), world)
    assert (cost.processes, cost.writes) == (15, 30)
    assert max(loads) <= 150


def test_fifty_changes_are_done_and_nobody_else_is_touched(counted, cluster_site, loads):
    world, cluster = World(projects=25, users=250, changes=25), counted(cluster_site)
    assert cluster.slurm.add([HPC, *world.accounts], members(world.there)) == ()
    cost = carried_out(cluster, world)
    assert (cost.processes, cost.writes) == (3, 18)
    assert max(loads) <= 150
