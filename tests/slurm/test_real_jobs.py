"""What limits do to jobs, which only a real Slurm can show."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from agent.core.model.cluster import Account, Association, Qos

pytestmark = pytest.mark.real_slurm
HPC = Account(name="hpc", parent="root", organization="o", description="waldur-0")
PLAIN = Account(name="p1", parent="hpc", organization="o", description="waldur-1")
MEMBERS = [Association(account="p1", user="games"), Association(account="p1", user="man")]


@pytest.fixture
def cluster(real_slurm, counted):
    return counted(real_slurm)


def until(what: Callable[[], bool]) -> bool:
    give_up = time.monotonic() + 20
    while not what() and time.monotonic() < give_up:
        time.sleep(0.2)
    return what()


def running(cluster) -> dict[str, bool]:
    return {job.id: job.running for job in cluster.slurm.jobs(["p1"])}


def test_no_running_jobs_allowed_holds_what_waits_and_leaves_what_runs(cluster, real_slurm):
    cluster.slurm.add([HPC, PLAIN], MEMBERS)
    first = real_slurm.submit("p1", "games")
    held = replace(PLAIN, grp_jobs=0)
    assert cluster.slurm.change([(PLAIN, held)]) == ()
    second = real_slurm.submit("p1", "man")
    time.sleep(2)
    assert running(cluster) == {first: True, second: False}
    assert cluster.slurm.change([(held, PLAIN)]) == ()
    real_slurm.submit("p1", "games")  # makes slurmctld look at the queue now, not within a minute
    assert until(lambda: running(cluster)[first] and running(cluster)[second])


def test_the_limit_of_a_qos_made_for_an_account_bites_and_counts_its_running_jobs(cluster, real_slurm):
    qos = Qos(name="p1", description="waldur-1", flags=("NoDecay",), grp_tres_mins={"cpu": 1000})
    assert cluster.slurm.add_qos([qos]) == ()
    cluster.slurm.add([HPC, replace(PLAIN, qos=("p1",), default_qos="p1")], MEMBERS)
    fits = real_slurm.submit("p1", "games", minutes=60)
    assert until(lambda: cluster.slurm.counted(["p1"], [])["p1"].running == 1)
    assert until(lambda: cluster.slurm.counted([], ["p1"])["p1"].running == 1)
    small = replace(qos, grp_tres_mins={"cpu": 70})
    assert cluster.slurm.change_qos([(qos, small)]) == ()
    too_long = real_slurm.submit("p1", "man", minutes=60)
    time.sleep(2)
    assert running(cluster) == {fits: True, too_long: False}
    reason = real_slurm.run("squeue", "-h", "-j", too_long, "-o", "%r").stdout.strip()
    assert "QOSGrpCPUMinutes" in reason


def test_a_running_job_among_hundreds_of_pairs_holds_only_its_own(cluster, real_slurm):
    accounts = [replace(PLAIN, name=f"p{each}", description=f"waldur-{each}") for each in range(1, 31)]
    people = [Association(account=one.name, user=f"{one.name}u{each}") for one in accounts for each in range(5)]
    cluster.slurm.add([HPC, *accounts], [*people, MEMBERS[0]])
    job = real_slurm.submit("p1", "games")
    cluster.counts()
    pairs = [(each.account, each.user) for each in (*people, MEMBERS[0])]
    (refusal,) = cluster.slurm.remove_associations(pairs)
    assert cluster.counts()[0] <= 6
    assert refusal.key == "p1/games"
    assert job in refusal.reason
    left = {(each.account, each.user) for each in cluster.slurm.observe_accounting().associations.value}
    assert left == {("root", "root"), ("p1", "games")}
    assert cluster.slurm.remove_accounts([each.name for each in accounts[1:]]) == ()
