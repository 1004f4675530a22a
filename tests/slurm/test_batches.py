"""What a thousand orders cost: processes that change something, commands, and the length of each transaction."""

from dataclasses import replace

import pytest

from agent.core.model.cluster import Account, Association
from backends.slurm import load_text

ORGANIZATION = "waldur-" + "a" * 32
HPC = Account(name="hpc", parent="root", organization=ORGANIZATION, description="waldur-0")


def account(name: str, number: int) -> Account:
    marker = f"waldur-{number:032x}"
    limits = {"cpu": 60_000 + number, "gres/gpu": 600}
    return Account(name=name, parent="hpc", organization=ORGANIZATION, description=marker, grp_tres_mins=limits)


def projects(prefix: str, number: int, accounts_each: int, people: int) -> tuple[list[Account], list[Association]]:
    """Projects of some people each, who are in every account of their project."""
    made, members = [], []
    for project in range(number):
        for each in range(accounts_each):
            made.append(account(f"{prefix}{project:03}{each}", project))
            users = (f"{prefix}{project:03}u{user}" for user in range(people))
            members += [Association(account=made[-1].name, user=user) for user in users]
    return made, members


@pytest.fixture
def loads(monkeypatch) -> list[int]:
    """The number of lines of each load file that is written."""
    lines: list[int] = []
    for maker in ("load_file", "limits_file", "defaults_file"):
        made = getattr(load_text, maker)
        monkeypatch.setattr(
            load_text,
            maker,
            lambda *given, made=made: (lines.append((text := made(*given)).count("\n")), text)[1],
        )
    return lines


class Cost:
    def __init__(self, cluster) -> None:
        self.cluster, self.processes, self.writes = cluster, 0, 0

    def count(self, refusals) -> None:
        assert refusals == ()
        started, self.cluster.started = self.cluster.started, []
        self.processes += sum(changes > 0 for _, changes in started)
        self.writes += sum(changes for _, changes in started)


def run(cluster, scale: int) -> Cost:
    """600 new accounts of 5 users, 200 changes of limits, 200 accounts of 5 users away, over ``scale``."""
    leaving, left = projects("l", 100 // scale, 2, 5)
    standing, stayed = projects("s", 200 // scale, 1, 5)
    fresh, joined = projects("f", 600 // scale, 1, 5)
    assert cluster.slurm.add([HPC, *leaving, *standing], [*left, *stayed]) == ()
    cluster.counts()
    cost = Cost(cluster)
    cost.count(cluster.slurm.add(fresh, joined))
    changed = [(one, replace(one, grp_tres_mins={"cpu": number})) for number, one in enumerate(standing)]
    cost.count(cluster.slurm.change(changed))
    names = [each.name for each in leaving]
    cost.count(cluster.slurm.block(names, []))
    cost.count(cluster.slurm.remove_associations([(each.account, each.user) for each in left]))
    cost.count(cluster.slurm.remove_accounts(names))
    snapshot = cluster.slurm.observe_accounting()
    found = {name: one for name, one in snapshot.accounts.value.items() if name not in {"root", "hpc"}}
    assert found == {each.name: each for each in (*fresh, *(after for _, after in changed))}
    members = {(each.account, each.user) for each in snapshot.associations.value if each.user != "root"}
    assert members == {(each.account, each.user) for each in (*joined, *stayed)}
    return cost


def test_a_thousand_orders_take_at_most_40_changing_processes_and_150_writes(counted, embedded_cluster, loads):
    cost = run(counted(embedded_cluster), scale=1)
    assert cost.processes <= 40  # removals go in portions by how quick they are
    assert cost.writes <= 60
    assert max(loads) <= 150


def test_a_hundred_orders_take_a_tenth(counted, cluster_site, loads):
    cost = run(counted(cluster_site), scale=10)
    assert (cost.processes, cost.writes) == (7, 8)
    assert max(loads) <= 150
