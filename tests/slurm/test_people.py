"""Coordinators, default accounts and associations of single partitions, on the embedded cluster and a real Slurm."""

from dataclasses import replace

import pytest

from agent.core.model.cluster import Account, Association
from agent.core.snapshot import Complete, Missing
from agent.ports import Refusal

ORGANIZATION = "waldur-" + "a" * 32


def account(name: str, parent: str = "hpc") -> Account:
    return Account(name=name, parent=parent, organization=ORGANIZATION, description=f"waldur-{name}")


def member(account: str, user: str, partition: str = "", **fields) -> Association:
    return Association(account=account, user=user, partition=partition, **fields)


ACCOUNTS = [account("hpc", "root"), account("p1"), account("p2"), account("p3", "p1")]


@pytest.fixture
def cluster(cluster_site, counted):
    made = counted(cluster_site, coordinators=True, default_accounts=True)
    people = [member(name, user) for name in ("p1", "p2") for user in ("ann", "ben")]
    assert made.slurm.add(ACCOUNTS, [*people, member("p2", "cid")]) == ()
    made.counts()
    return made


def coordinators(cluster) -> dict[str, set[str]]:
    section = cluster.slurm.observe_accounting().coordinators
    assert isinstance(section, Complete), section
    return {name: set(users) for name, users in section.value.items()}


def defaults(cluster) -> dict[str, str]:
    section = cluster.slurm.observe_accounting().default_accounts
    assert isinstance(section, Complete), section
    return {user: default for user, default in section.value.items() if user != "root"}


def places(cluster) -> dict[tuple[str, str, str], int | None]:
    """Where people are, and how many jobs they may submit there."""
    section = cluster.slurm.observe_accounting().associations
    assert isinstance(section, Complete), section
    return {
        (each.account, each.user, each.partition): each.max_submit_jobs for each in section.value if each.user != "root"
    }


def test_people_are_read_only_when_asked_for_and_in_four_processes_then(cluster, cluster_site, counted):
    snapshot = cluster.slurm.observe()
    assert cluster.counts() == (4, 0)
    assert (snapshot.coordinators, type(snapshot.partitions)) == (Complete({}), Complete)
    assert snapshot.default_accounts == Complete({"ann": "p1", "ben": "p1", "cid": "p2", "root": "root"})
    plain = counted(cluster_site)
    snapshot = plain.slurm.observe()
    assert plain.counts() == (2, 0)
    assert isinstance(snapshot.coordinators, Missing)
    assert isinstance(snapshot.default_accounts, Missing)


def test_coordinators_are_an_accounts_own_and_not_those_above_it(cluster):
    assert cluster.slurm.add_coordinators([("p1", "ann"), ("p1", "cid"), ("p3", "ann"), ("p2", "ben")]) == ()
    assert cluster.counts() == (2, 3)
    assert coordinators(cluster) == {"p1": {"ann", "cid"}, "p3": {"ann"}, "p2": {"ben"}}
    cluster.counts()
    assert cluster.slurm.remove_coordinators([("p1", "ann"), ("p2", "ben"), ("p2", "ann")]) == ()
    assert cluster.counts() == (2, 1)
    assert coordinators(cluster) == {"p1": {"cid"}, "p3": {"ann"}}
    assert cluster.slurm.remove_coordinators([("p3", "cid")]) == ()
    assert coordinators(cluster) == {"p1": {"cid"}, "p3": {"ann"}}


def test_adding_coordinators_again_is_fine(cluster):
    for _ in range(2):
        assert cluster.slurm.add_coordinators([("p1", "ann")]) == ()
    assert coordinators(cluster) == {"p1": {"ann"}}


def test_a_coordinator_who_does_not_exist_does_not_hold_the_others(cluster):
    wanted = [("p1", "ann"), ("p1", "ghost"), ("p2", "ann"), ("gone", "ann"), ("root", "ann"), ("p1", "root")]
    refusals = {each.key: each.reason for each in cluster.slurm.add_coordinators(wanted)}
    assert refusals.keys() == {"p1/ghost", "gone/ann", "root/ann", "p1/root"}
    assert "non-existent user 'ghost'" in refusals["p1/ghost"]
    assert coordinators(cluster) == {"p1": {"ann"}, "p2": {"ann"}}


def test_who_leaves_an_account_coordinates_it_until_that_is_taken_away(cluster):
    cluster.slurm.add_coordinators([("p1", "ann")])
    assert cluster.slurm.remove_associations([("p1", "ann")]) == ()
    assert coordinators(cluster) == {"p1": {"ann"}}
    assert cluster.slurm.remove_coordinators([("p1", "ann")]) == ()
    assert coordinators(cluster) == {}


def test_many_coordinators_are_taken_away_by_few_commands_that_leave_the_others(cluster):
    accounts = [account(f"q{number:02}") for number in range(20)]
    cluster.slurm.add(accounts, [member(each.name, "ann") for each in accounts])
    every = [(each.name, user) for each in accounts for user in ("ann", "ben")]
    leaving = [pair for number, pair in enumerate(every) if number % 3 == 0]
    assert cluster.slurm.add_coordinators(every) == ()
    cluster.counts()
    assert cluster.slurm.remove_coordinators(leaving) == ()
    processes, writes = cluster.counts()
    assert (processes, writes) == (2, 2)
    now = coordinators(cluster)
    assert {(name, user) for name, users in now.items() for user in users} == set(every) - set(leaving)


def test_default_accounts_are_set_for_those_who_are_in_them(cluster):
    refusals = cluster.slurm.set_default_accounts({"ann": "p2", "ben": "p1", "cid": "p1", "ghost": "p1", "root": "p1"})
    assert {each.key for each in refusals} == {"cid", "ghost", "root"}
    assert cluster.counts() == (2, 1)
    assert defaults(cluster) == {"ann": "p2", "ben": "p1", "cid": "p2"}
    cluster.counts()
    assert cluster.slurm.set_default_accounts({"ann": "p2"}) == ()
    assert cluster.counts() == (1, 0)


def test_many_different_defaults_are_one_load_and_make_no_association(cluster):
    names = [f"q{number:02}" for number in range(12)]
    people = [member(name, f"u{number}", "cpu" if number % 2 else "") for number, name in enumerate(names)]
    cluster.slurm.add([account(name) for name in names], [*people, *(member("p1", each.user) for each in people)])
    cluster.slurm.set_default_accounts({each.user: "p1" for each in people})
    before = places(cluster)
    cluster.counts()
    assert cluster.slurm.set_default_accounts({each.user: each.account for each in people}) == ()
    assert cluster.counts() == (3, 1)
    assert {user: default for user, default in defaults(cluster).items() if user.startswith("u")} == {
        each.user: each.account for each in people
    }
    assert places(cluster) == before


def test_an_association_of_one_partition_is_made_beside_the_others(cluster):
    wanted = [member("p2", "ann", "cpu"), member("p2", "ann", "gpu", max_submit_jobs=3), member("p2", "dot", "gpu")]
    assert cluster.slurm.add([], wanted) == ()
    assert cluster.counts() == (1, 1)
    assert cluster.slurm.add([], wanted) == ()
    now = places(cluster)
    assert {place: limit for place, limit in now.items() if place[2]} == {
        ("p2", "ann", "cpu"): None,
        ("p2", "ann", "gpu"): 3,
        ("p2", "dot", "gpu"): None,
    }
    assert ("p2", "ann", "") in now
    (refusal,) = cluster.slurm.add([], [member("p2", "cid", "gpu,cpu")])
    assert (refusal.key, "'gpu,cpu'" in refusal.reason) == ("p2/cid", True)
    assert places(cluster) == now


def test_a_change_reaches_only_the_association_it_is_about(cluster):
    cluster.slurm.add([], [member("p2", "ann", "cpu"), member("p2", "ann", "gpu")])
    base, cpu, gpu = member("p2", "ann"), member("p2", "ann", "cpu"), member("p2", "ann", "gpu")
    changes = [(base, replace(base, max_submit_jobs=4)), (gpu, replace(gpu, max_submit_jobs=5))]
    assert cluster.slurm.change([], changes) == ()
    now = places(cluster)
    assert (now["p2", "ann", ""], now["p2", "ann", "cpu"], now["p2", "ann", "gpu"]) == (4, None, 5)
    ghost = member("p1", "ben", "gpu")
    refusals = cluster.slurm.change(
        [], [(ghost, replace(ghost, max_submit_jobs=5)), (cpu, replace(cpu, max_submit_jobs=6))]
    )
    assert [each.key for each in refusals] == ["p1/ben@gpu"]
    assert places(cluster) == {**now, ("p2", "ann", "cpu"): 6}


def test_many_changes_alike_are_few_commands_and_reach_nobody_else(cluster):
    accounts = [account(f"q{number:02}") for number in range(30)]
    people = [
        member(each.name, f"u{(number * step) % 40:02}") for number, each in enumerate(accounts) for step in (1, 3)
    ]
    people = list({(each.account, each.user): each for each in people}.values())
    cluster.slurm.add(accounts, people)
    chosen = people[::2]
    before = places(cluster)
    cluster.counts()
    assert cluster.slurm.change([], [(each, replace(each, max_submit_jobs=7)) for each in chosen]) == ()
    processes, writes = cluster.counts()
    assert processes == 2
    assert writes <= 4
    assert places(cluster) == {**before, **{(each.account, each.user, ""): 7 for each in chosen}}


def test_blocking_and_leaving_mean_every_partition(cluster):
    cluster.slurm.add([], [member("p2", "ann", "cpu"), member("p2", "ann", "gpu"), member("p1", "cid", "cpu")])
    assert cluster.slurm.block([], [("p2", "ann")]) == ()
    now = places(cluster)
    assert {place: limit for place, limit in now.items() if limit is not None} == {
        ("p2", "ann", ""): 0,
        ("p2", "ann", "cpu"): 0,
        ("p2", "ann", "gpu"): 0,
    }
    assert cluster.slurm.remove_associations([("p2", "ann"), ("p2", "cid")]) == ()
    assert places(cluster).keys() == {("p1", "ann", ""), ("p1", "ben", ""), ("p2", "ben", ""), ("p1", "cid", "cpu")}
    assert defaults(cluster) == {"ann": "p1", "ben": "p1", "cid": "p1"}


def test_of_many_blocks_one_who_is_gone_is_refused_alone(cluster):
    accounts = [account(f"q{number:02}") for number in range(12)]
    cluster.slurm.add(accounts, [member(each.name, f"u{number}") for number, each in enumerate(accounts)])
    wanted = [*((each.name, f"u{number}") for number, each in enumerate(accounts)), ("q03", "ghost"), ("p1", "cid")]
    refusals = cluster.slurm.block(["p1"], wanted)
    assert {each.key for each in refusals} == {"q03/ghost", "p1/cid"}
    assert Refusal("p1/cid", "it is not there any more") in refusals
    blocked = {place[:2] for place, limit in places(cluster).items() if limit == 0}
    assert blocked == {*wanted} - {("q03", "ghost"), ("p1", "cid")}
    assert cluster.slurm.observe_accounting().accounts.value["p1"].grp_submit_jobs == 0
