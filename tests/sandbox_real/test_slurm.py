"""The starter of a real Slurm: it comes up, runs jobs, survives outages and leaves nothing behind."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.sandbox.real.slurm import RealCluster

OCTOBER_31 = datetime(2026, 10, 31, 12, tzinfo=UTC).timestamp()
OWNER = """
import sys, time
from pathlib import Path
from agent.sandbox.real.slurm import RealCluster
with RealCluster(Path(sys.argv[1]), nodes=1) as cluster:
    cluster.sacctmgr("-iQ", "add", "account", "name=proj")
    cluster.sacctmgr("-iQ", "add", "user", "name=alice", "account=proj")
    cluster.submit("proj", "alice")
    print("running", flush=True)
    time.sleep(60)
"""
CHECKOUT = Path(__file__).parents[2]
pytestmark = pytest.mark.real_slurm


def processes_naming(folder: Path) -> list[str]:
    """The command lines and environments of processes that know the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            known = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in known:
            found.append(f"{process.name} {known[:200]!r}")
    return found


def routes() -> str:
    return subprocess.run(
        ["/sbin/ip", "route", "show", "table", "local"], capture_output=True, text=True, check=True
    ).stdout


def address_in(folder: Path) -> str:
    """The subnet of the cluster's address, or no route's text when it is on plain loopback."""
    conf = (folder / "etc" / "slurm.conf").read_text()
    host = conf.split("AccountingStorageHost=")[1].split("\n")[0]
    return host.removesuffix(".1") + ".0/24"


def add_alice(cluster: RealCluster) -> None:
    cluster.sacctmgr("-iQ", "add", "account", "name=proj")
    cluster.sacctmgr("-iQ", "add", "user", "name=alice", "account=proj")


@pytest.fixture
def short_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="slurm-") as folder:
        yield Path(folder)


@pytest.mark.slow
def test_a_second_cluster_starts_cold_in_seconds_and_leaves_nothing_behind(
    real_slurm: RealCluster, short_folder: Path
) -> None:
    before = time.monotonic()
    with RealCluster(short_folder, name="second", nodes=1) as cluster:
        assert time.monotonic() - before < 20  # alone on the machine it takes 2 s
        assert cluster.conf != real_slurm.conf
        assert cluster.sacctmgr("-nP", "show", "cluster", "format=cluster").stdout == "second\n"
        assert processes_naming(short_folder)
        subnet = address_in(short_folder)
        add_alice(cluster)
        cluster.submit("proj", "alice")
    assert processes_naming(short_folder) == []
    assert subnet not in routes()


@pytest.mark.slow
@pytest.mark.usefixtures("real_slurm")
def test_a_start_that_fails_names_the_daemon_and_ends_the_others(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.sandbox.real.configuration.SCHEDULING", (("SelectType", "select/nosuch"),))
    with pytest.raises(RuntimeError, match="slurmctld ended with code 1"), RealCluster(short_folder):
        pass
    assert processes_naming(short_folder) == []


@pytest.mark.slow
def test_nothing_outlives_an_owner_that_is_killed(real_slurm: RealCluster, short_folder: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(short_folder)], stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    )
    assert owner.stdout.readline() == "running\n"
    subnet = address_in(short_folder)
    owner.kill()
    owner.communicate()
    deadline = time.monotonic() + 10
    while (processes_naming(short_folder) or subnet in routes()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_naming(short_folder) == []
    assert subnet not in routes()


def test_it_listens_on_its_loopback_address_only(real_slurm: RealCluster) -> None:
    port = real_slurm.sacctmgr("-nP", "show", "cluster", "format=controlhost,controlport").stdout.strip().split("|")
    listening = subprocess.run(["ss", "-ltnH"], capture_output=True, text=True, check=True).stdout
    addresses = {line.split()[3] for line in listening.splitlines()}
    assert ":".join(port) in addresses
    assert f"0.0.0.0:{port[1]}" not in addresses


def test_a_submitted_job_runs_as_its_user_though_no_such_unix_user_exists(real_slurm: RealCluster) -> None:
    add_alice(real_slurm)
    job = real_slurm.submit("proj", "alice", cpus=2)
    assert real_slurm.run("squeue", "-h", "-o", "%i|%a|%u|%T").stdout == f"{job}|proj|alice|RUNNING\n"
    assert not Path("/home/alice").exists()
    assert "alice" not in Path("/etc/passwd").read_text()
    real_slurm.finish(job)
    row = real_slurm.run("sacct", "-nPX", "-j", job, "-o", "state,user,account,ncpus").stdout
    assert row == "COMPLETED|alice|proj|2\n"


def test_making_a_user_known_leaves_the_association_as_it_was(real_slurm: RealCluster) -> None:
    real_slurm.sacctmgr("-iQ", "add", "account", "name=proj")
    real_slurm.sacctmgr("-iQ", "add", "user", "name=newcomer", "account=proj", "fairshare=7", "maxwall=10")
    shown = ("-nP", "show", "assoc", "user=newcomer")
    before = real_slurm.sacctmgr(*shown).stdout
    real_slurm.submit("proj", "newcomer", hold=True)
    assert real_slurm.sacctmgr(*shown).stdout == before


def test_a_submit_that_slurm_refuses_raises_with_its_words(real_slurm: RealCluster) -> None:
    add_alice(real_slurm)
    with pytest.raises(RuntimeError, match="Invalid account or account/partition combination"):
        real_slurm.submit("proj", "stranger")
    real_slurm.sacctmgr("-iQ", "modify", "account", "where", "name=proj", "set", "GrpSubmitJobs=0")
    with pytest.raises(RuntimeError, match="AssocGrpSubmitJobsLimit"):
        real_slurm.submit("proj", "alice")


def test_a_recorded_job_is_in_the_accounting_history(real_slurm: RealCluster) -> None:
    add_alice(real_slurm)
    tres = {"cpu": 4, "mem": 8192, "node": 1, "gres/gpu": 1}
    job = real_slurm.record_job("proj", "alice", start=OCTOBER_31, end=OCTOBER_31 + 3600, tres=tres)
    row = real_slurm.run(
        "sacct", "-aXnP", "--noconvert", "-S", "2026-11-01", "-E", "2026-11-02", "-o", "jobid,user,elapsedraw,alloctres"
    )
    assert row.stdout == ""
    row = real_slurm.run(
        "sacct", "-aXnP", "--noconvert", "-S", "2026-10-31", "-E", "2026-11-02", "-o", "jobid,user,elapsedraw,alloctres"
    )
    assert row.stdout == f"{job}|alice|3600|cpu=4,gres/gpu=1,mem=8192M,node=1\n"


def test_recording_a_job_of_nobody_says_what_is_missing(real_slurm: RealCluster) -> None:
    with pytest.raises(LookupError, match="user alice has no association in account proj"):
        real_slurm.record_job("proj", "alice", start=1, end=2, tres={"cpu": 1})


def test_accounting_can_be_taken_away_and_given_back(real_slurm: RealCluster) -> None:
    real_slurm.kill_slurmdbd()
    refused = real_slurm.sacctmgr("-nP", "show", "cluster")
    assert refused.returncode == 1
    assert "Connection refused" in refused.stderr
    real_slurm.start_slurmdbd()
    assert real_slurm.sacctmgr("-nP", "show", "cluster", "format=cluster").stdout == "lab\n"


def test_the_controller_can_be_taken_away_and_given_back(real_slurm: RealCluster) -> None:
    add_alice(real_slurm)
    real_slurm.kill_slurmctld()
    assert "is DOWN" in real_slurm.run("scontrol", "ping").stdout  # any other scontrol tries for nine seconds
    assert real_slurm.sacctmgr("-iQ", "add", "account", "name=meanwhile").returncode == 0
    real_slurm.start_slurmctld()
    assert "Account=meanwhile" in real_slurm.run("scontrol", "-o", "show", "assoc_mgr", "flags=assoc").stdout


@pytest.mark.parametrize("cancelled", [False, True], ids=["waiting", "cancelled before"])
def test_a_job_that_accounting_had_not_heard_of_does_not_come_back_after_clearing(
    real_slurm: RealCluster, cancelled: bool
) -> None:
    add_alice(real_slurm)
    job = real_slurm.submit("proj", "alice", hold=True)
    if cancelled:
        real_slurm.run("scancel", job)
    real_slurm.clear()
    time.sleep(6)  # slurmctld tells accounting of new jobs every five seconds
    assert real_slurm.run("sacct", "-XnP", "-j", job, "-o", "jobid").stdout == ""


def test_clearing_leaves_only_root_and_the_partitions_of_the_file(real_slurm: RealCluster) -> None:
    partitions = real_slurm.run("scontrol", "-o", "show", "partition").stdout
    add_alice(real_slurm)
    real_slurm.submit("proj", "alice")
    real_slurm.record_job("proj", "alice", start=OCTOBER_31, end=None, tres={"cpu": 1})
    real_slurm.sacctmgr("-iQ", "add", "qos", "name=fast")
    real_slurm.run("scontrol", "update", "partitionname=cpu", "maxtime=10")
    real_slurm.clear()
    assert real_slurm.sacctmgr("-nP", "show", "assoc", "format=account,user").stdout == "root|\nroot|root\n"
    assert real_slurm.sacctmgr("-nP", "show", "account", "format=account").stdout == "root\n"
    assert real_slurm.sacctmgr("-nP", "show", "qos", "format=name").stdout == "normal\n"
    assert real_slurm.run("squeue", "-h").stdout == ""
    assert real_slurm.run("sacct", "-aXnP", "-S", "2026-01-01").stdout == ""
    assert real_slurm.run("scontrol", "-o", "show", "partition").stdout == partitions


def test_a_folder_that_is_too_deep_or_closed_is_refused_before_anything_starts() -> None:
    with pytest.raises(ValueError, match="longer than 80 characters"):
        RealCluster(Path("/tmp") / ("deep" * 20))
    refused = pytest.raises(ValueError, match="the Slurm user cannot enter")
    with tempfile.TemporaryDirectory(prefix="closed-", dir="/tmp") as closed, refused:  # of mode 0700
        RealCluster(Path(closed) / "x")
