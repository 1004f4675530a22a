"""What only a real Slurm can show: costs, odd neighbours, outages, and a writer that outlives its agent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.core.model.cluster import Account, Association
from agent.core.snapshot import Complete, Missing
from agent.errors import Unavailable
from agent.writer_lock import WriterLock

pytestmark = pytest.mark.real_slurm
ORGANIZATION = "waldur-" + "a" * 32
HPC = Account(name="hpc", parent="root", organization=ORGANIZATION, description="waldur-0")
PROVISION = """
import sys
from pathlib import Path
from agent.process import Processes
from agent.writer_lock import WriterLock
from backends.slurm.cluster import SlurmCluster
from backends.slurm.session import SlurmTools
from tests.slurm.test_real import HPC, provision
conf, tools, folder = map(Path, sys.argv[1:4])
SlurmCluster(
    Processes({"SLURM_CONF": str(conf)}), SlurmTools(tools), WriterLock(folder / "lock"), "lab",
    scratch=folder / "loads", load_lines=600,
).add(*provision())
"""


def provision(accounts: int = 20, users: int = 25) -> tuple[list[Account], list[Association]]:
    names = [f"proj{number:02}" for number in range(accounts)]
    made = [
        Account(
            name=name,
            parent="hpc",
            organization=ORGANIZATION,
            description=f"waldur-{number:032x} project {number}",
            grp_tres_mins={"cpu": 60_000 + number, "mem": 61_440_000, "gres/gpu": 600},
        )
        for number, name in enumerate(names)
    ]
    into = [
        Association(account=name, user=f"u{(number * 7 + each) % 250:03}")
        for number, name in enumerate(names)
        for each in range(users)
    ]
    return [HPC, *made], into


def members(snapshot) -> list[Association]:
    return by_name(each for each in snapshot.associations.value if each.user != "root")


def by_name(associations) -> list[Association]:
    return sorted(associations, key=lambda each: (each.account, each.user))


@pytest.fixture
def cluster(real_slurm, counted):
    return counted(real_slurm)


def test_twenty_accounts_of_twenty_five_users_cost_five_processes_and_four_commands(cluster):
    accounts, associations = provision()
    assert cluster.slurm.add(accounts, associations) == ()
    assert cluster.counts() == (5, 4)
    snapshot = cluster.slurm.observe_accounting()
    assert cluster.counts() == (1, 0)
    assert {name: snapshot.accounts.value[name] for name in (each.name for each in accounts)} == {
        each.name: each for each in accounts
    }
    assert members(snapshot) == by_name(associations)


def test_a_user_in_and_a_user_out_cost_four_processes_and_three_commands(cluster):
    cluster.slurm.add(*provision(2, 3))
    cluster.counts()
    assert cluster.slurm.add([], [Association(account="proj00", user="new")]) == ()
    assert cluster.slurm.block([], [("proj00", "u000")]) == ()
    assert cluster.slurm.remove_associations([("proj00", "u000")]) == ()
    assert cluster.counts() == (4, 3)


def test_foreign_objects_are_the_same_byte_for_byte_afterwards(cluster, real_slurm, tmp_path):
    options = ("description=x | y", "organization=uni", "GrpTRESMins=cpu=7,mem=5K", "GrpSubmitJobs=4", "fairshare=3")
    real_slurm.sacctmgr("-iQ", "add", "account", "name=theirs", *options)
    real_slurm.sacctmgr("-iQ", "add", "user", "name=eve", "account=theirs", "MaxSubmitJobs=2")
    before = foreign(real_slurm, tmp_path)
    accounts, associations = provision(2, 3)
    takeover = Account(name="theirs", parent="hpc", organization=ORGANIZATION, description="waldur-9")
    refusals = cluster.slurm.add([*accounts, takeover], [*associations, Association(account="theirs", user="u000")])
    assert {each.key for each in refusals} == {"theirs", "theirs/u000"}
    cluster.slurm.block(["proj00"], [])
    cluster.slurm.remove_associations([(each.account, each.user) for each in associations])
    assert cluster.slurm.remove_accounts(["proj00", "proj01", "hpc"]) == ()
    assert foreign(real_slurm, tmp_path) == before


def foreign(real_slurm, folder: Path) -> list[str]:
    real_slurm.sacctmgr("-iQ", "dump", "lab", f"file={folder / 'dump'}")
    lines = (folder / "dump").read_text().splitlines()
    (folder / "dump").unlink()
    return [line for line in lines if "theirs" in line or "eve" in line or "root" in line]


def test_neighbours_with_odd_names_are_shown_or_make_the_section_partial(cluster, real_slurm):
    for name in ("with space", "semi;x", "a/b", "ünï"):
        assert real_slurm.sacctmgr("-iQ", "add", "account", f"name={name}", "description=it's | odd").returncode == 0
    snapshot = cluster.slurm.observe_accounting()
    assert isinstance(snapshot.accounts, Complete)
    assert {"with space", "semi;x", "a/b"} < set(snapshot.accounts.value)
    assert snapshot.accounts.value["a/b"].description == "it`s | odd"
    real_slurm.sacctmgr("-iQ", "add", "account", "name=a|b")
    broken = cluster.slurm.observe_accounting()
    assert "17 columns" in broken.accounts.reason
    assert "a/b" in broken.accounts.value


def test_memory_limits_read_back_exactly(cluster):
    limits = [1, 1023, 1024, 1_234_567, 61_440_000, 61_440_001, 2**39, 2**40 + 1, 2**50 + 1, 2**53 - 1]
    accounts = [
        Account(
            name=f"m{number}",
            parent="hpc",
            organization=ORGANIZATION,
            description="waldur-1",
            grp_tres_mins={"mem": limit, "cpu": 2**63 - 1 - number},
        )
        for number, limit in enumerate(limits)
    ]
    assert cluster.slurm.add([HPC, *accounts], []) == ()
    found = cluster.slurm.observe_accounting().accounts.value
    assert [found[each.name].grp_tres_mins for each in accounts] == [each.grp_tres_mins for each in accounts]


def test_every_text_that_is_let_through_is_stored_as_it_is(cluster):
    odd = "waldur-1 !$%&()*+,-./0123456789;<=>?@[]^_{}~ z"
    given = Account(name="p1", parent="hpc", organization=odd, description=odd)
    assert cluster.slurm.add([HPC, given], []) == ()
    assert cluster.slurm.observe_accounting().accounts.value["p1"] == given


def test_an_account_on_another_cluster_too_loses_only_what_is_on_this_one(cluster, real_slurm):
    real_slurm.sacctmgr("-iQ", "add", "cluster", "elsewhere")
    try:
        real_slurm.sacctmgr("-iQ", "add", "account", "name=both", "cluster=lab,elsewhere")
        assert cluster.slurm.remove_accounts(["both"]) == ()
        assert "both" not in cluster.slurm.observe_accounting().accounts.value
        shown = real_slurm.sacctmgr("-nP", "show", "assoc", "account=both", "format=Cluster").stdout.split()
        assert shown == ["elsewhere"]
    finally:
        real_slurm.sacctmgr("-iQ", "delete", "account", "name=both")
        real_slurm.sacctmgr("-iQ", "delete", "cluster", "elsewhere")


def test_without_slurmdbd_nothing_is_known_and_nothing_is_refused(cluster, real_slurm):
    real_slurm.kill_slurmdbd()
    try:
        snapshot = cluster.slurm.observe()
        assert isinstance(snapshot.accounts, Missing)
        assert isinstance(snapshot.associations, Missing)
        assert isinstance(snapshot.partitions, Complete)
        for write in (
            lambda: cluster.slurm.add(*provision(1, 1)),
            lambda: cluster.slurm.block(["proj00"], []),
            lambda: cluster.slurm.remove_accounts(["proj00"]),
            lambda: cluster.slurm.usage(0, 3600),
        ):
            with pytest.raises(Unavailable):
                write()
    finally:
        real_slurm.start_slurmdbd()


def test_without_slurmctld_accounting_is_still_complete(counted, real_slurm):
    cluster = counted(real_slurm, read_timeout=2.0)
    real_slurm.kill_slurmctld()
    try:
        snapshot = cluster.slurm.observe()
        assert isinstance(snapshot.accounts, Complete)
        assert isinstance(snapshot.partitions, Missing)
        with pytest.raises(Unavailable):
            cluster.slurm.set_partitions({"cpu": {"max_time": 5}})
        with pytest.raises(Unavailable):
            cluster.slurm.jobs(["hpc"])
    finally:
        real_slurm.start_slurmctld()


def test_a_killed_agent_leaves_one_writer_that_the_next_agent_waits_for(cluster, real_slurm, tmp_path):
    folder = tmp_path / "state"
    folder.mkdir()
    arguments = [str(real_slurm.conf), str(real_slurm.bin), str(folder)]
    agent = subprocess.Popen([sys.executable, "-c", PROVISION, *arguments], cwd=Path(__file__).parents[2])
    writer = wait_for_writer(folder / "lock")
    os.kill(agent.pid, signal.SIGKILL)
    agent.wait()
    with pytest.raises(Unavailable, match=f"process {writer}\\)"), WriterLock(folder / "lock").acquire(0):
        pass
    accounts, associations = provision()
    assert cluster.slurm.add(accounts, associations) == ()
    assert not Path(f"/proc/{writer}").exists() or "Z" in Path(f"/proc/{writer}/stat").read_text().split()
    assert members(cluster.slurm.observe_accounting()) == by_name(associations)


def wait_for_writer(lock: Path) -> int:
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up:
        words = lock.read_text().split() if lock.exists() else []
        if len(words) == 2:
            return int(words[1])
        time.sleep(0.001)
    pytest.fail("no writer was started")
