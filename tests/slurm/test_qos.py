"""QOS and the count of usage, on the embedded cluster and on a real Slurm alike."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.cluster import Account, Association, Qos
from agent.core.snapshot import Complete
from backends.slurm.qos import users_of

GOLD = Qos(
    name="gold",
    description="waldur-1 a human's".replace("'", ""),
    flags=("NoDecay",),
    grp_tres_mins={"cpu": 600, "gres/gpu": 5},
    grp_tres={"cpu": 8},
    grp_tres_run_mins={"cpu": 60},
    max_tres={"cpu": 4},
    grp_jobs=5,
    grp_submit_jobs=10,
    grp_wall=90,
)
HPC = Account(name="hpc", parent="root", organization="waldur-0", description="waldur-0")


@pytest.fixture
def cluster(cluster_site, counted):
    return counted(cluster_site)


def qos(cluster) -> dict[str, Qos]:
    section = cluster.slurm.observe_accounting().qos
    assert isinstance(section, Complete), section
    return dict(section.value)


def test_a_qos_is_made_changed_and_deleted(cluster):
    plain = Qos(name="plain", description="waldur-2")
    cluster.counts()
    assert cluster.slurm.add_qos([GOLD, plain]) == ()
    assert cluster.counts() == (2, 2)
    assert {name: one for name, one in qos(cluster).items() if name != "normal"} == {"gold": GOLD, "plain": plain}
    after = replace(GOLD, flags=("DenyOnLimit", "NoDecay"), grp_tres_mins={"cpu": 0}, grp_jobs=None, grp_wall=1)
    assert cluster.slurm.change_qos([(GOLD, after), (plain, plain)]) == ()
    assert (qos(cluster)["gold"], qos(cluster)["plain"]) == (after, plain)
    bare = Qos(name="gold", description=GOLD.description)
    assert cluster.slurm.change_qos([(after, bare)]) == ()
    assert qos(cluster)["gold"] == bare
    assert cluster.slurm.remove_qos(["gold", "plain", "never"]) == ()
    assert set(qos(cluster)) == {"normal"}


def test_making_one_again_brings_it_to_what_is_wanted_and_a_foreign_one_is_left(cluster, cluster_site):
    cluster_site.sacctmgr("-iQ", "add", "qos", "name=theirs", "description=physics", "GrpJobs=3")
    theirs = qos(cluster)["theirs"]
    cluster.slurm.add_qos([replace(GOLD, grp_jobs=1, flags=())])
    (refusal,) = cluster.slurm.add_qos([replace(GOLD, name="theirs"), GOLD])
    assert refusal.key == "theirs"
    assert "left as it is" in refusal.reason
    assert (qos(cluster)["gold"], qos(cluster)["theirs"]) == (GOLD, theirs)


def test_one_that_slurm_refuses_does_not_hold_the_others(cluster):
    wrong = Qos(name="wrong", description="waldur-3", grp_tres={"gres/unknown": 1})
    (refusal,) = cluster.slurm.add_qos([GOLD, wrong])
    assert refusal.key == "wrong"
    assert "gres/unknown" in refusal.reason
    assert qos(cluster)["gold"] == GOLD
    (refusal,) = cluster.slurm.change_qos([(replace(wrong, grp_tres={}), wrong)])
    assert refusal.key == "wrong"


def test_one_that_stands_in_a_list_or_is_a_default_is_refused_and_the_lists_are_as_before(cluster):
    named = [Qos(name=name, description="waldur-1") for name in ("one", "two", "three", "free")]
    cluster.slurm.add_qos(named)
    lab = Account(name="p1", parent="hpc", organization="o", description="d", qos=("normal", "one"), default_qos="one")
    alice = Association(account="p1", user="alice", qos=("one", "three", "two"))
    cluster.slurm.add([HPC, lab], [alice])
    refusals = {each.key: each.reason for each in cluster.slurm.remove_qos(["one", "two", "free", "normal"])}
    assert set(refusals) == {"one", "two", "normal"}
    assert "p1" in refusals["one"]
    assert "p1/alice" in refusals["two"]
    snapshot = cluster.slurm.observe_accounting()
    assert set(snapshot.qos.value) == {"normal", "one", "two", "three"}
    assert snapshot.accounts.value["p1"] == lab
    assert next(each for each in snapshot.associations.value if each.user == "alice") == alice


def test_the_count_begins_anew_for_what_is_there_and_is_refused_for_what_is_not(cluster):
    cluster.slurm.add_qos([GOLD])
    limited = Account(name="p1", parent="hpc", organization="o", description="d", grp_jobs=4)
    cluster.slurm.add([HPC, limited], [])
    refusals = cluster.slurm.reset_usage(["p1", "nosuch", "hpc"], ["gold", "gone"])
    assert sorted(each.key for each in refusals) == ["gone", "nosuch"]
    assert cluster.slurm.reset_usage(["p1"], ["gold"]) == ()
    snapshot = cluster.slurm.observe_accounting()
    assert snapshot.accounts.value["p1"] == limited
    assert snapshot.qos.value["gold"] == GOLD


NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)


@given(st.text("abc|,", max_size=8), st.lists(NAMES, max_size=3), NAMES | st.just(""))
def test_every_qos_of_a_row_is_found_whatever_the_account_is_called(account, names, default):
    row = f"lab|{account}|alice|{','.join(names)}|{default}"
    assert set(users_of([row])) - {""} == {*names, default} - {""}


def test_a_delta_counts_as_a_use_and_an_account_of_the_same_name_does_not():
    rows = ["lab|gold||normal,+silver|", "other|p1|bob|-bronze|copper"]
    found = users_of(rows)
    assert {name: found[name] for name in ("silver", "bronze", "copper")} == {
        "silver": ["gold"],
        "bronze": ["p1/bob"],
        "copper": ["p1/bob"],
    }
    assert "gold" not in found
