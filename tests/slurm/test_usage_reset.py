"""Beginning the count of usage anew, on both clusters, and what is made of a Slurm that does not do it."""

import time

import pytest

from agent.core.model.cluster import Account, Association, Counted, Qos
from agent.errors import Unavailable
from backends.slurm.usage_reset import begun_anew

ORGANIZATION = "waldur-" + "a" * 32


def account(name: str, **fields) -> Account:
    return Account(name=name, parent="root", organization=ORGANIZATION, description=f"waldur-{name}", **fields)


@pytest.fixture
def used(cluster_site, counted):
    """A cluster on which a job of p1, in the QOS of the same name, and one of p2 have run for two seconds."""
    cluster = counted(cluster_site)
    cluster.slurm.add_qos([Qos(name="p1", description="waldur-p1", flags=("NoDecay",))])
    cluster.slurm.add(
        [account("p1", qos=("p1",), default_qos="p1"), account("p2")],
        [Association(account="p1", user="alice"), Association(account="p2", user="bob")],
    )
    jobs = [cluster_site.submit("p1", "alice", cpus=16), cluster_site.submit("p2", "bob", cpus=16)]
    time.sleep(2)
    for job in jobs:
        cluster_site.finish(job)
    until(lambda: memory(cluster.slurm.counted(["p1", "p2"], [])) == {"p1", "p2"})
    cluster.counts()
    return cluster


def until(true, patience: float = 20) -> None:
    give_up = time.monotonic() + patience
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.2)


def memory(found) -> set[str]:
    """Which have memory counted: a GiB for two seconds is already some MiB-minutes."""
    return {name for name, what in found.items() if what.used.get("mem")}


def test_an_account_and_the_qos_of_its_name_begin_anew_in_two_commands_and_others_go_on(used):
    assert memory(used.slurm.counted([], ["p1"])) == {"p1"}
    used.counts()
    assert used.slurm.reset_usage(["p1"], ["p1"]) == ()
    assert sum(changes for _, changes in used.started) == 2
    assert memory(used.slurm.counted(["p1", "p2"], [])) == {"p2"}
    assert memory(used.slurm.counted([], ["p1"])) == set()


def test_the_qos_alone_begins_anew_and_the_account_of_its_name_goes_on(used):
    assert used.slurm.reset_usage([], ["p1"]) == ()
    assert memory(used.slurm.counted(["p1"], [])) == {"p1"}
    assert memory(used.slurm.counted([], ["p1"])) == set()


def test_what_slurmctld_does_not_know_is_refused_and_does_not_hold_the_others(used):
    refusals = used.slurm.reset_usage(["p1", "nosuch"], ["p2"])
    assert {each.key: each.reason for each in refusals} == {
        "nosuch": "slurmctld knows no account nosuch",
        "p2": "slurmctld knows no QOS p2",
    }
    assert memory(used.slurm.counted(["p1", "p2"], [])) == {"p2"}


def test_what_has_used_nothing_may_begin_anew(cluster_site, counted):
    cluster = counted(cluster_site)
    cluster.slurm.add([account("p1")], [])
    assert cluster.slurm.reset_usage(["p1"], []) == ()


def test_root_is_never_reset(cluster_site, counted):
    cluster = counted(cluster_site)
    (refusal,) = cluster.slurm.reset_usage(["root"], [])
    assert refusal.key == "root"
    assert cluster.counts() == (0, 0)


def test_without_slurmctld_nothing_is_sent(real_slurm, counted):
    cluster = counted(real_slurm, read_timeout=2.0)
    cluster.slurm.add([account("p1")], [])
    cluster.counts()
    real_slurm.kill_slurmctld()
    try:
        with pytest.raises(Unavailable):
            cluster.slurm.reset_usage(["p1"], [])
        assert sum(changes for _, changes in cluster.started) == 0
    finally:
        real_slurm.start_slurmctld()


SCONTROL = """
while IFS= read -r line; do
  echo "scontrol: $line"
  case "$line" in
    *accounts=*) echo 'ClusterName=lab Account=p1 UserName= GrpJobs=N(1) GrpTRESMins=cpu=600(40),mem=N(0)' ;;
  esac
done
echo "scontrol: "
"""


def test_a_count_that_goes_on_is_refused_though_slurm_said_nothing(fake_site, counted):
    fake_site.script("scontrol", SCONTROL)
    fake_site.script("sacctmgr", 'while IFS= read -r line; do echo "sacctmgr: $line"; done; echo "sacctmgr: "')
    (refusal,) = counted(fake_site).slurm.reset_usage(["p1"], [])
    assert (refusal.key, refusal.reason) == ("p1", "Slurm gave no reason")


@pytest.mark.parametrize(
    ("before", "after", "anew"),
    [
        ({}, {}, True),
        ({}, {"cpu": 9}, True),
        ({"cpu": 40}, {}, True),
        ({"cpu": 40}, {"cpu": 39}, True),
        ({"cpu": 40}, {"cpu": 40}, False),
        ({"cpu": 40}, {"cpu": 41}, False),
        ({"cpu": 40, "mem": 40}, {"mem": 40}, False),
    ],
)
def test_everything_that_was_counted_has_to_become_less(before, after, anew):
    assert begun_anew(Counted(used=before), Counted(used=after)) is anew


def test_what_is_not_shown_any_more_has_not_begun_anew():
    assert not begun_anew(Counted(used={"cpu": 40}), None)
