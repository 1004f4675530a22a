"""What holds on the embedded cluster and on a real Slurm alike."""

import time
from dataclasses import replace

import pytest

from agent.core.model.cluster import Account, Association
from agent.core.snapshot import Complete

ORGANIZATION = "waldur-" + "a" * 32


def account(name: str, parent: str = "hpc", number: int = 1, **fields) -> Account:
    marker = f"waldur-{number:032x}"
    return Account(name=name, parent=parent, organization=ORGANIZATION, description=marker, **fields)


def members(account: str, *users: str) -> list[Association]:
    return [Association(account=account, user=user) for user in users]


HPC = account("hpc", "root")


@pytest.fixture
def cluster(cluster_site, counted):
    return counted(cluster_site)


def accounts(cluster) -> dict[str, Account]:
    section = cluster.slurm.observe_accounting().accounts
    assert isinstance(section, Complete), section
    return dict(section.value)


def users(cluster) -> set[tuple[str, str]]:
    section = cluster.slurm.observe_accounting().associations
    assert isinstance(section, Complete), section
    return {(each.account, each.user) for each in section.value} - {("root", "root")}


def test_a_fresh_cluster_is_complete_in_two_processes(cluster):
    snapshot = cluster.slurm.observe()
    assert cluster.counts() == (2, 0)
    assert set(snapshot.accounts.value) == {"root"}
    assert isinstance(snapshot.partitions, Complete)
    assert snapshot.partitions.value
    assert snapshot.facts.value.name == "lab"
    assert snapshot.facts.value.nodes > 0
    assert snapshot.facts.value.tres["cpu"] > 0
    assert snapshot.facts.value.tres["mem"] > 0


def test_what_is_added_is_observed_as_it_was_given(cluster):
    given = [
        HPC,
        account("p1", grp_tres_mins={"cpu": 60_000, "mem": 61_440_001, "gres/gpu": 0}),
        account("p2", number=2, grp_submit_jobs=0),
        replace(account("p3", "p1", 3), description=f"waldur-{3:032x} a friendly name"),
    ]
    assert cluster.slurm.add(given, [*members("p1", "alice", "bob"), *members("p3", "alice")]) == ()
    found = accounts(cluster)
    assert [found[each.name] for each in given] == given
    assert users(cluster) == {("p1", "alice"), ("p1", "bob"), ("p3", "alice")}


def test_adding_the_same_again_is_fine(cluster):
    given, people = [HPC, account("p1", grp_tres_mins={"cpu": 5})], members("p1", "alice")
    assert cluster.slurm.add(given, people) == ()
    assert cluster.slurm.add(given, people) == ()
    assert accounts(cluster)["p1"] == given[1]


def test_users_for_existing_accounts_leave_their_limits_alone(cluster):
    given = [HPC, account("p1", grp_tres_mins={"cpu": 5}), account("p2", grp_submit_jobs=0)]
    cluster.slurm.add(given, [])
    cluster.counts()
    assert cluster.slurm.add([], [*members("p1", "alice"), *members("p2", "bob")]) == ()
    assert cluster.counts() == (1, 1)
    assert cluster.slurm.add([], members("p1", "carol", "dave")) == ()
    assert cluster.counts() == (1, 1)
    assert [accounts(cluster)[each.name] for each in given] == given
    assert users(cluster) == {("p1", "alice"), ("p2", "bob"), ("p1", "carol"), ("p1", "dave")}


def test_an_account_with_another_marker_is_left_as_it_is(cluster, cluster_site):
    cluster_site.sacctmgr(
        "-iQ", "add", "account", "name=theirs", "description=physics", "organization=uni", "GrpTRESMins=cpu=7"
    )
    before = accounts(cluster)["theirs"]
    refusals = cluster.slurm.add(
        [HPC, account("theirs"), account("p1")], [*members("theirs", "eve"), *members("p1", "alice")]
    )
    assert {each.key for each in refusals} == {"theirs", "theirs/eve"}
    assert "'uni'" in refusals[0].reason
    assert accounts(cluster)["theirs"] == before
    assert users(cluster) == {("p1", "alice")}


def test_an_account_of_another_resource_is_left_as_it_is(cluster):
    cluster.slurm.add([HPC, account("p1", number=1)], [])
    (refusal,) = cluster.slurm.add([account("p1", number=2)], [])
    assert refusal.key == "p1"
    assert accounts(cluster)["p1"] == account("p1", number=1)


def test_one_refused_account_does_not_hold_the_others(cluster):
    given = [HPC, *(account(f"p{number}", "nosuch" if number == 3 else "hpc") for number in range(6))]
    people = [each for number in range(6) for each in members(f"p{number}", "alice", "bob")]
    refusals = cluster.slurm.add(given, people)
    assert {each.key for each in refusals} == {"p3", "p3/alice", "p3/bob"}
    assert "nosuch" in next(each.reason for each in refusals if each.key == "p3")
    assert users(cluster) == {(each.account, each.user) for each in people if each.account != "p3"}


def test_limits_are_set_cleared_and_left_alone(cluster):
    before = account("p1", grp_tres_mins={"cpu": 5, "mem": 6, "gres/gpu": 7}, grp_submit_jobs=3)
    cluster.slurm.add([HPC, before], [])
    after = replace(before, grp_tres_mins={"cpu": 0, "mem": 6}, grp_submit_jobs=None)
    cluster.counts()
    assert cluster.slurm.change([(before, after)]) == ()
    assert cluster.counts() == (2, 1)
    assert accounts(cluster)["p1"] == after


def test_equal_limits_are_one_command_and_a_refused_one_does_not_hold_the_rest(cluster):
    given = [account(f"p{number}") for number in range(6)]
    cluster.slurm.add([HPC, *given], [])
    cluster.counts()
    assert cluster.slurm.change([(each, replace(each, grp_tres_mins={"cpu": 9})) for each in given]) == ()
    assert cluster.counts() == (2, 1)
    wrong = replace(given[2], grp_tres_mins={"gres/unknown": 1})
    changes = [(given[2], wrong), *((each, replace(each, grp_tres_mins={"cpu": 8})) for each in given[3:])]
    (refusal,) = cluster.slurm.change(changes)
    assert refusal.key == "p2"
    assert "gres/unknown" in refusal.reason
    assert {accounts(cluster)[each.name].grp_tres_mins["cpu"] for each in given[3:]} == {8}


def test_a_block_can_be_taken_back(cluster):
    cluster.slurm.add([HPC, account("p1")], members("p1", "alice", "bob"))
    assert cluster.slurm.block(["p1"], [("p1", "alice")]) == ()
    snapshot = cluster.slurm.observe_accounting()
    assert snapshot.accounts.value["p1"].grp_submit_jobs == 0
    assert {each.user: each.max_submit_jobs for each in snapshot.associations.value if each.account == "p1"} == {
        "alice": 0,
        "bob": None,
    }
    blocked = snapshot.accounts.value["p1"]
    alice = next(each for each in snapshot.associations.value if each.user == "alice")
    back = [(blocked, replace(blocked, grp_submit_jobs=None))], [(alice, replace(alice, max_submit_jobs=None))]
    assert cluster.slurm.change(*back) == ()
    snapshot = cluster.slurm.observe_accounting()
    assert snapshot.accounts.value["p1"].grp_submit_jobs is None
    assert {each.max_submit_jobs for each in snapshot.associations.value} == {None}


def test_blocking_what_is_not_there_is_refused_alone(cluster):
    cluster.slurm.add([HPC, account("p1")], members("p1", "alice"))
    refusals = cluster.slurm.block(["p1", "gone"], [("p1", "alice"), ("p1", "nobody")])
    assert {each.key for each in refusals} == {"gone", "p1/nobody"}
    assert accounts(cluster)["p1"].grp_submit_jobs == 0


def test_users_leave_accounts_and_their_default_moves_before(cluster, cluster_site):
    cluster.slurm.add([HPC, account("p1")], members("p1", "alice", "bob", "carol"))
    cluster.slurm.add([account("p2", number=2)], members("p2", "alice", "bob"))
    assert cluster.slurm.remove_associations([("p1", "alice"), ("p1", "bob"), ("p2", "bob"), ("p1", "never")]) == ()
    assert users(cluster) == {("p2", "alice"), ("p1", "carol")}
    shown = cluster_site.sacctmgr("-nP", "show", "user", "format=User,DefaultAccount").stdout.split()
    assert sorted(shown) == ["alice|p2", "carol|p1", "root|root"]


def test_an_account_goes_when_nobody_and_nothing_is_in_it(cluster):
    cluster.slurm.add([HPC, account("p1"), account("p2"), account("p3", "p1")], members("p2", "alice"))
    refusals = cluster.slurm.remove_accounts(["p1", "p2", "p3"])
    assert [each.key for each in refusals] == ["p2"]
    assert "users alice" in refusals[0].reason
    assert set(accounts(cluster)) == {"root", "hpc", "p2"}
    (refusal,) = cluster.slurm.remove_accounts(["hpc"])
    assert "accounts p2" in refusal.reason
    assert set(accounts(cluster)) == {"root", "hpc", "p2"}
    assert users(cluster) == {("p2", "alice")}


def test_removing_accounts_that_are_gone_is_fine(cluster):
    assert cluster.slurm.remove_accounts(["gone"]) == ()


def test_partition_fields_read_back_as_they_were_set(cluster):
    name = next(iter(cluster.slurm.observe().partitions.value))
    wanted = {
        "cpu_bind": 4,
        "def_cpu_per_gpu": 4,
        "def_mem_per_gpu": 2000,
        "max_cpus_per_node": 8,
        "def_mem_per_cpu": 500,
        "max_mem_per_node": 4000,
        "default_time": 30,
        "max_time": 90,
        "grace_time": 3,
        "max_nodes": 2,
        "min_nodes": 1,
        "exclusive_user": True,
        "priority_tier": 7,
        "qos": "normal",
        "req_resv": True,
    }
    cluster.counts()
    assert cluster.slurm.set_partitions({name: wanted}) == ()
    assert cluster.counts() == (2, 1)
    found = cluster.slurm.observe().partitions.value[name].fields
    assert {field: found.get(field) for field in wanted} == wanted
    back = {"cpu_bind": 0x80000, "def_cpu_per_gpu": 5, "def_mem_per_cpu": 0, "max_mem_per_node": 0, "qos": ""}
    assert cluster.slurm.set_partitions({name: back}) == ()
    found = cluster.slurm.observe().partitions.value[name].fields
    assert {field: found.get(field) for field in back} == back
    assert found["def_mem_per_gpu"] == 2000


def test_an_unknown_qos_and_an_unknown_partition_are_refused(cluster):
    name = next(iter(cluster.slurm.observe().partitions.value))
    refusals = cluster.slurm.set_partitions({name: {"qos": "nosuch"}, "nowhere": {"max_time": 5}})
    assert {each.key for each in refusals} == {name, "nowhere"}
    assert "qos" in next(each.reason for each in refusals if each.key == name).lower()
    assert cluster.slurm.observe().partitions.value[name].fields["qos"] == ""


def test_usage_is_cut_at_the_period_and_summed_by_user(cluster, cluster_site):
    cluster.slurm.add([HPC, account("p1")], members("p1", "alice", "bob"))
    start = float(int(time.time()) // 86400 * 86400 - 10 * 86400)
    tres = {"cpu": 4, "mem": 8192, "node": 1}
    cluster_site.record_job("p1", "alice", start=start - 3600, end=start + 3600, tres=tres)
    cluster_site.record_job("p1", "alice", start=start + 7200, end=start + 7260, tres=tres)
    cluster_site.record_job("p1", "bob", start=start + 7200, end=start + 90000, tres={"cpu": 1, "gres/gpu": 2})
    cluster_site.record_job("p1", "bob", start=start - 7200, end=start - 3600, tres=tres)
    rows = {(row.account, row.user): row.tres_seconds for row in cluster.slurm.usage(start, start + 86400)}
    alice, bob = rows.pop(("p1", "alice")), rows.pop(("p1", "bob"))
    assert rows == {}
    assert {name: alice[name] for name in tres} == {"cpu": 3660 * 4, "mem": 3660 * 8192, "node": 3660}
    assert (bob["cpu"], bob["gres/gpu"]) == (79200, 2 * 79200)


def test_jobs_are_listed_for_the_accounts_asked_for_and_cancelled(cluster, cluster_site):
    cluster.slurm.add([HPC, account("p1"), account("p2")], [*members("p1", "alice"), *members("p2", "alice")])
    first, second = cluster_site.submit("p1", "alice"), cluster_site.submit("p1", "alice", hold=True)
    other = cluster_site.submit("p2", "alice")
    listed = {job.id: job for job in cluster.slurm.jobs(["p1", "nosuch"])}
    assert {job: (each.account, each.user, each.running) for job, each in listed.items()} == {
        first: ("p1", "alice", True),
        second: ("p1", "alice", False),
    }
    cluster.slurm.cancel(list(listed.values()))
    give_up = time.monotonic() + 20
    while cluster.slurm.jobs(["p1"]):
        assert time.monotonic() < give_up, "the jobs are still there"
        time.sleep(0.2)
    cluster.slurm.cancel(list(listed.values()))
    assert [job.id for job in cluster.slurm.jobs(["p1", "p2"])] == [other]


def test_a_running_job_holds_only_its_own_user(cluster, cluster_site):
    people = [f"u{number:02}" for number in range(20)]
    cluster.slurm.add([HPC, account("p1"), account("p2")], [*members("p1", *people), *members("p2", *people)])
    job = cluster_site.submit("p1", "u07")
    cluster.counts()
    (refusal,) = cluster.slurm.remove_associations([(where, user) for where in ("p1", "p2") for user in people])
    processes, changes = cluster.counts()
    assert refusal.key == "p1/u07"
    assert job in refusal.reason.split(": ")[-1].split(", ")
    assert users(cluster) == {("p1", "u07")}
    assert processes <= 8
    assert changes <= 12
