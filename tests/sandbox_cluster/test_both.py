"""What the embedded cluster and a real Slurm do alike, through the interface they share."""

import re
import time
from datetime import UTC, datetime

import pytest

OCTOBER = datetime(2026, 10, 1, tzinfo=UTC).timestamp()
FORMAT = "Account,User,State,Start,End,ElapsedRaw,AllocTRES,Cluster,Partition"
SACCT = ("-a", "-D", "-X", "-n", "-P", "--truncate", "--noconvert", f"--format={FORMAT}")


@pytest.fixture
def site(cluster_site):
    cluster_site.sacctmgr("-i", "add", "account", "name=top", "organization=o", "description=d")
    cluster_site.sacctmgr("-i", "add", "account", "name=one,two", "parent=top")
    cluster_site.sacctmgr("-i", "add", "user", "name=alice,bob", "account=one")
    return cluster_site


def queue(site):
    return site.run("squeue", "-h", "-A", "one,two", "-t", "PD,R,CF,CG,S", "-o", "%i|%a|%u|%T").stdout


def history(site, start, end):
    return site.run("sacct", *SACCT, "-S", start, "-E", end).stdout


def test_a_submitted_job_runs_and_finishes(site):
    job = site.submit("one", "alice")
    assert queue(site) == f"{job}|one|alice|RUNNING\n"
    site.finish(job)
    assert queue(site) == ""
    assert site.run("sacct", "-X", "-n", "-P", "-j", job, "--format=State").stdout == "COMPLETED\n"


def test_a_held_job_waits(site):
    job = site.submit("one", "alice", hold=True)
    assert queue(site) == f"{job}|one|alice|PENDING\n"


def test_cancelling_ends_waiting_and_running_jobs_and_forgives_unknown_ones(site):
    held, running = site.submit("one", "alice", hold=True), site.submit("one", "bob")
    ended = site.run("scancel", held, running, "999999")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    for _ in range(100):  # a real job takes a moment to end
        if not queue(site):
            break
        time.sleep(0.1)
    assert queue(site) == ""


def test_nobody_submits_without_an_association(site):
    with pytest.raises(RuntimeError, match="Invalid account or account/partition combination specified"):
        site.submit("two", "alice")


def test_a_blocked_account_takes_no_job(site):
    site.sacctmgr("-i", "modify", "account", "name=top", "set", "GrpSubmitJobs=0")
    with pytest.raises(RuntimeError, match="AssocGrpSubmitJobsLimit"):
        site.submit("one", "alice")
    site.sacctmgr("-i", "modify", "account", "name=top", "set", "GrpSubmitJobs=-1")
    assert site.submit("one", "alice")


def test_a_blocked_user_takes_no_job(site):
    site.sacctmgr("-i", "modify", "user", "name=alice", "where", "account=one", "set", "MaxSubmitJobs=0")
    with pytest.raises(RuntimeError, match="AssocMaxSubmitJobLimit"):
        site.submit("one", "alice")
    assert site.submit("one", "bob")


def test_a_running_job_holds_the_whole_list(site):
    job = site.submit("one", "alice")
    for words in (("account", "name=one,two"), ("user", "name=alice,bob", "account=one")):
        refused = site.sacctmgr("-i", "delete", *words)
        assert refused.returncode == 1
        assert refused.stdout == ""
        assert refused.stderr == (
            " Error with request: Job(s) active, cancel job(s) before remove\n"
            f"  JobID = {job:<10} C = lab        A = one        U = alice    \n"
        )
    assert len(site.sacctmgr("-nP", "show", "assoc", "account=one,two").stdout.splitlines()) == 4


def test_a_job_across_the_month_boundary_is_cut_in_both_months(site):
    site.record_job("one", "alice", start=OCTOBER - 3600, end=OCTOBER + 1800, tres={"cpu": 4, "mem": 8192, "node": 1})
    assert history(site, "2026-09-01", "2026-10-01") == (
        "one|alice|COMPLETED|2026-09-30T23:00:00|2026-10-01T00:00:00|3600|cpu=4,mem=8192M,node=1|lab|cpu\n"
    )
    assert history(site, "2026-10-01", "2026-11-01") == (
        "one|alice|COMPLETED|2026-10-01T00:00:00|2026-10-01T00:30:00|1800|cpu=4,mem=8192M,node=1|lab|cpu\n"
    )


def test_a_job_that_ended_as_the_window_starts_is_listed_with_no_time(site):
    site.record_job("one", "alice", start=OCTOBER - 60, end=OCTOBER, tres={"cpu": 1, "mem": 1, "node": 1})
    assert history(site, "2026-10-01", "2026-11-01").split("|")[5] == "0"


def test_a_running_job_counts_up_to_now(site):
    site.record_job("one", "bob", start=time.time() - 7200, end=None, tres={"cpu": 1, "mem": 100, "node": 1})
    row = history(site, "now-1days", "now+1days").split("|")
    assert row[2] == "RUNNING"
    assert 7200 <= int(row[5]) < 7260


def test_records_keep_their_account_when_it_is_deleted(site):
    site.record_job("one", "alice", start=OCTOBER, end=OCTOBER + 60, tres={"cpu": 1, "mem": 1, "node": 1})
    site.sacctmgr("-i", "delete", "account", "name=one")
    assert history(site, "2026-10-01", "2026-11-01").startswith("one|alice|COMPLETED|")


def test_a_recorded_job_needs_an_association(site):
    with pytest.raises(LookupError, match="user carol has no association in account one"):
        site.record_job("one", "carol", start=1.0, end=2.0, tres={"cpu": 1})


def test_every_record_has_its_own_db_index(site):
    for hour in range(3):
        site.record_job("one", "alice", start=OCTOBER + hour, end=OCTOBER + hour + 9, tres={"cpu": 1, "node": 1})
    options = ("-a", "-D", "-X", "-n", "-P", "-S", "2026-10-01", "-E", "2026-11-01", "--format=DBIndex,JobIDRaw")
    rows = [line.split("|") for line in site.run("sacct", *options).stdout.splitlines()]
    assert len({index for index, _ in rows}) == len({job for _, job in rows}) == 3


def test_both_show_the_same_nodes_and_configuration(site):
    session = site.run("scontrol", "-o", stdin="show config\nshow node\n").stdout
    assert re.search(r"^ClusterName +=\ lab$", session, re.MULTILINE)
    assert re.search(r"^SLURM_VERSION +=\ 22\.05\.8$", session, re.MULTILINE)
    assert re.search(r"^AccountingStorageEnforce = associations,limits,qos,safe$", session, re.MULTILINE)
    nodes = [line for line in session.splitlines() if line.startswith("NodeName=")]
    assert [re.findall(r"(?:NodeName|CPUTot|RealMemory|Gres|State|CfgTRES)=(\S+)", node) for node in nodes] == [
        ["node1", "16", "gpu:4", "64000", "IDLE", "cpu=16,mem=62.50G,billing=71,gres/gpu=4"],
        ["node2", "16", "gpu:4", "64000", "IDLE", "cpu=16,mem=62.50G,billing=71,gres/gpu=4"],
    ]


# Slurm 22.05 looks at the associations by user name and refuses a default one that comes after one that is none.
def test_a_default_association_after_another_one_is_not_let_go(site):
    site.sacctmgr("-i", "add", "user", "name=bob", "account=two")  # bob's default is one
    site.sacctmgr("-i", "add", "user", "name=carol", "account=two")  # carol's is two
    site.sacctmgr("-i", "add", "user", "name=adam", "account=two")
    refused = site.sacctmgr("-i", "delete", "user", "name=bob,carol", "account=two")
    assert refused.returncode == 1
    assert "  C = lab             A = two        U = carol    \n" in refused.stderr
    assert site.sacctmgr("-i", "delete", "user", "name=adam,bob", "account=two").returncode == 0


def test_a_user_is_not_deleted_from_all_of_several_accounts_at_once(site):
    site.sacctmgr("-i", "add", "user", "name=alice", "account=two")
    refused = site.sacctmgr("-i", "delete", "user", "name=alice", "account=one,two")
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (1, " Changes Discarded")
    assert site.sacctmgr("-i", "delete", "user", "name=alice", "account=one").returncode == 0
    shown = site.sacctmgr("-nP", "show", "user", "name=alice", "format=user,defaultaccount").stdout
    assert shown == "alice|\n"


def test_created_partitions_vanish_when_the_configuration_is_read_again(site):
    site.run("scontrol", "create", "partitionname=extra", "Nodes=node1")
    site.run("scontrol", "update", "partitionname=gpu", "MaxTime=5")
    site.run("scontrol", "reconfigure")
    shown = site.run("scontrol", "-o", "show", "partition").stdout
    assert [line.split()[0] for line in shown.splitlines()] == ["PartitionName=cpu", "PartitionName=gpu"]
    assert "MaxTime=00:05:00" not in shown


def test_a_partition_in_use_is_not_deleted(site):
    site.submit("one", "alice", partition="gpu")
    refused = site.run("scontrol", "delete", "PartitionName=gpu")
    assert (refused.returncode, refused.stderr) == (1, "delete_partition PartitionName=gpu: Partition is in use\n")
