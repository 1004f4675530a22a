"""The interface of the embedded cluster: its folder, its faults, and several writers at once."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent.sandbox.cluster.launchers import PROGRAMS, ROOT
from agent.sandbox.cluster.site import EmbeddedCluster


def test_the_commands_are_where_they_should_be_and_go_when_it_stops(tmp_path):
    with EmbeddedCluster(tmp_path / "c", name="Demo") as site:
        assert site.name == "demo"
        assert sorted(path.name for path in site.bin.iterdir()) == sorted(PROGRAMS)
        assert "ClusterName=demo\n" in site.conf.read_text()
        assert site.sacctmgr("-nP", "show", "cluster", "format=Cluster").stdout == "demo\n"
    assert list(site.bin.iterdir()) == []


def test_a_folder_that_holds_a_cluster_is_opened_as_it_is(tmp_path):
    with EmbeddedCluster(tmp_path / "c") as first:
        first.sacctmgr("-i", "add", "account", "name=kept")
    with EmbeddedCluster(tmp_path / "c") as again:
        assert again.sacctmgr("-nP", "show", "account", "name=kept", "format=Account").stdout == "kept\n"


def test_two_clusters_do_not_see_each_other(tmp_path):
    first, second = EmbeddedCluster(tmp_path / "a"), EmbeddedCluster(tmp_path / "b")
    first.sacctmgr("-i", "add", "account", "name=only")
    assert second.sacctmgr("-nP", "show", "account", "name=only").stdout == ""


def test_a_command_without_a_cluster_says_what_is_missing(site, tmp_path):
    answer = subprocess.run(
        [site.bin / "squeue"],
        env={"SLURM_CONF": str(tmp_path / "no.conf")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert f"no embedded cluster beside {tmp_path}/no.conf" in answer.stderr


def test_a_refusing_command_does_nothing_as_often_as_told(site):
    site.refuse("sacctmgr", "slurmdbd: Connection refused", times=2)
    for _ in range(2):
        answer = site.sacctmgr("-i", "add", "account", "name=new")
        assert (answer.returncode, answer.stdout, answer.stderr) == (1, "", "slurmdbd: Connection refused\n")
    assert site.run("squeue").returncode == 0
    assert site.sacctmgr("-nP", "show", "account", "name=new").stdout == ""


def test_a_hanging_command_waits_and_can_be_killed_without_holding_others(site):
    site.hang("sacctmgr", 30, times=1)
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(
            [site.bin / "sacctmgr", "show", "qos"], env={"SLURM_CONF": str(site.conf)}, timeout=0.7, check=False
        )
    assert site.sacctmgr("-i", "add", "account", "name=new").returncode == 0


def test_healing_ends_a_lasting_fault_and_brings_a_command_back(site):
    site.hang("squeue", 30)
    site.gone("sinfo")
    with pytest.raises(FileNotFoundError):
        site.run("sinfo")
    site.heal()
    started = time.monotonic()
    assert site.run("squeue").returncode == site.run("sinfo").returncode == 0
    assert time.monotonic() - started < 10


def test_writers_at_once_lose_nothing(site):
    with ThreadPoolExecutor(6) as pool:
        codes = list(
            pool.map(lambda n: site.sacctmgr("-i", "add", "user", f"name=u{n}", "account=two").returncode, range(18))
        )
    assert codes == [0] * 18
    users = site.sacctmgr("-nP", "show", "assoc", "account=two", "format=User").stdout.split()
    assert users == sorted(f"u{number}" for number in range(18))


def test_a_full_cluster_lets_jobs_wait(site):
    for _ in range(2):
        site.submit("one", "alice", cpus=16)
    waiting = site.submit("one", "alice")
    assert site.run("squeue", "-h", "-j", waiting, "-o", "%T %r").stdout == "PENDING Resources\n"
    assert site.run("sinfo", "-h", "-p", "cpu", "-o", "%T %D").stdout == "allocated 2\n"


def test_a_recorded_job_cannot_have_a_state_of_its_own_making(site):
    with pytest.raises(ValueError, match="cannot be DONE"):
        site.record_job("one", "alice", start=1.0, end=2.0, tres={"cpu": 1}, state="DONE")


def test_a_requeued_job_has_two_records_and_only_d_shows_both(site):
    first = site.record_job("one", "alice", start=1000.0, end=1060.0, tres={"cpu": 1, "node": 1}, state="REQUEUED")
    again = site.record_job("one", "alice", start=1100.0, end=1300.0, tres={"cpu": 1, "node": 1}, job=first)
    assert again == first
    words = ("-a", "-X", "-nP", "-j", first, "--format=State,ElapsedRaw")
    assert site.run("sacct", *words).stdout == "COMPLETED|200\n"
    assert site.run("sacct", "-D", *words).stdout == "REQUEUED|60\nCOMPLETED|200\n"


def test_sreport_sums_by_tree_and_by_user(site):
    october = 1_790_812_800
    for user in ("alice", "bob"):
        site.record_job("one", user, start=october, end=october + 3600, tres={"cpu": 2, "mem": 100, "node": 1})
    report = ("cluster", "AccountUtilizationByUser", "start=2026-10-01", "end=2026-11-01")
    answer = site.run("sreport", "-nP", "-T", "cpu", "-t", "Seconds", *report)
    assert answer.stdout == (
        "lab|root|||cpu|14400\nlab|hpc|||cpu|14400\nlab|one|||cpu|14400\n"
        "lab|one|alice||cpu|7200\nlab|one|bob||cpu|7200\n"
    )


def test_the_commands_need_nothing_but_the_standard_library():
    text = (
        "import agent.sandbox.cluster.program;"
        "import agent.sandbox.cluster.sacctmgr.load, agent.sandbox.cluster.scontrol.session, agent.sandbox.cluster.sreport;"
        "import agent.sandbox.cluster.sinfo, agent.sandbox.cluster.scancel;"
        "new = {name.partition('.')[0] for name in sys.modules} - {'agent'} - set(sys.stdlib_module_names);"
        "print(sorted(name for name in new if not name.startswith('_')))"
    )
    program = f"import sys; sys.path.append({ROOT!r}); {text}"
    answer = subprocess.run([sys.executable, "-IS", "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"
