"""Partitions by scontrol, and its sessions."""

import pytest


@pytest.fixture
def partition(site):
    def fields(name="cpu"):
        line = site.run("scontrol", "-o", "show", "partition", name).stdout
        return dict(word.split("=", 1) for word in line.split())

    return fields


def update(site, *words):
    return site.run("scontrol", "update", "partitionname=cpu", *words)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("MaxTime=60", "01:00:00"), ("MaxTime=2-0", "2-00:00:00"), ("MaxTime=-1", "UNLIMITED"), ("MaxTime=0", "00:00:00"),
        ("DefaultTime=1-2:03:04", "1-02:04:00"), ("GraceTime=120", "120"), ("MaxNodes=UNLIMITED", "UNLIMITED"),
        ("MaxCPUsPerNode=8", "8"), ("PriorityTier=5", "5"), ("ReqResv=yes", "YES"), ("AllowAccounts=a,nosuch", "a,nosuch"),
        ("CpuBind=ldom", "ldoms"), ("QoS=normal", "normal"), ("DefMemPerCPU=500", "500"), ("State=down", "DOWN"),
    ],
)  # fmt: skip
def test_a_field_is_shown_as_slurm_shows_it(site, partition, given, shown):
    assert update(site, given).returncode == 0
    assert partition()[given.partition("=")[0]] == shown


def test_memory_for_a_cpu_and_for_a_node_share_one_place(site, partition):
    update(site, "DefMemPerCPU=500", "DefMemPerNode=4000")
    assert partition()["DefMemPerNode"] == "4000"
    assert "DefMemPerCPU" not in partition()
    update(site, "DefMemPerCPU=0")
    assert partition()["DefMemPerCPU"] == "UNLIMITED"


def test_what_is_unset_goes_back_to_its_first_word(site, partition):
    update(site, "CpuBind=cores", "QoS=normal", "JobDefaults=DefCpuPerGPU=4", "AllowAccounts=a")
    update(site, "CpuBind=off", "QoS=", "JobDefaults=", "AllowAccounts=")
    now = partition()
    assert (now["QoS"], now["JobDefaults"], now["AllowAccounts"], "CpuBind" in now) == ("N/A", "(null)", "ALL", False)


@pytest.mark.parametrize(
    "bad",
    [
        "CpuBind=4", "PriorityTier=70000", "MaxTime=abc", "DefaultTime=NONE", "DefMemPerNode=UNLIMITED", "QoS=nosuch",
        "MaxCPUsPerSocket=4", "JobDefaults=Bogus=1", "ReqResv=maybe", "TRESBillingWeights=bogus", "MaxNodes=abc",
    ],
)  # fmt: skip
def test_one_bad_key_changes_nothing(site, partition, bad):
    before = partition()
    answer = update(site, "GraceTime=77", bad)
    assert answer.returncode == 1
    assert answer.stderr
    assert partition() == before


def test_a_refused_creation_leaves_a_partition_without_its_settings(site, partition):
    answer = site.run("scontrol", "create", "partitionname=new", "QOS=nosuch", "MaxTime=60")
    assert (answer.returncode, answer.stderr) == (1, "Error creating the partition: Invalid qos specification\n")
    assert (partition("new")["QoS"], partition("new")["MaxTime"]) == ("N/A", "UNLIMITED")


def test_partition_names_are_case_sensitive(site):
    answer = site.run("scontrol", "update", "partitionname=CPU", "MaxTime=1")
    assert (answer.returncode, answer.stderr) == (1, "slurm_update error: Invalid partition name specified\n")


def test_jobs_of_a_partition_that_vanishes_fail(site):
    site.run("scontrol", "create", "partitionname=extra", "Nodes=node1")
    job = site.submit("one", "alice", partition="extra")
    site.run("scontrol", "reconfigure")
    assert site.run("sacct", "-nPX", "-j", job, "--format=State").stdout == "NODE_FAIL\n"


def test_a_session_fails_with_any_command_until_a_ping(site):
    answer = site.run("scontrol", "-o", stdin="show partition nosuch\nshow node node1\n")
    assert answer.returncode == 1
    assert answer.stdout.startswith("scontrol: show partition nosuch\nPartition nosuch not found\nscontrol: show node")
    assert answer.stdout.endswith("\nscontrol: \n")
    assert site.run("scontrol", stdin="bogus\nping\n").returncode == 0
