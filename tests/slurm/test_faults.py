"""Slurm in trouble: nothing is taken for an empty list, a refusal, or done."""

import pytest

from agent.core.model.cluster import Account, Association, Job, Qos
from agent.core.snapshot import Complete, Missing, Partial
from agent.errors import ConfigError, Rejected, Unavailable
from backends.slurm.session import SlurmTools
from tests.slurm.rows import row

ACCOUNT = Account(name="p1", parent="root", organization="waldur-1", description="waldur-2")
QOS = Qos(name="q1", description="waldur-2")
ECHOING = """
while IFS= read -r line; do
  echo "sacctmgr: $line"
  case "$line" in
    "show assoc"*) {assoc} ;;
    *Organization) echo 'root|root' ;;
    *Account,Description) echo 'root|default root account' ;;
    *Flags*) echo 'normal||||||||' ;;
    *"qos format=Name,Description") echo 'normal|Normal QOS default' ;;
    "show cluster"*) echo lab ;;
    *) {write} ;;
  esac
done
echo "sacctmgr: "
"""
ROOT = f"echo '{row('root', QOS='normal')}'; echo '{row('root', user='root')}'"
ODD = f"{ROOT}; echo '{row('p|1', 'root')}'"


def echoing(assoc: str = ROOT, write: str = ":") -> str:
    return ECHOING.format(assoc=assoc, write=write)


def sections(snapshot):
    return (snapshot.accounts, snapshot.associations, snapshot.qos, snapshot.partitions, snapshot.facts)


def test_a_cluster_with_only_root_is_complete(fake_site, counted):
    fake_site.script("sacctmgr", echoing())
    snapshot = counted(fake_site).slurm.observe_accounting()
    assert isinstance(snapshot.accounts, Complete)
    assert isinstance(snapshot.associations, Complete)
    assert isinstance(snapshot.partitions, Missing)


@pytest.mark.parametrize(
    "script", ["exit 0", "exit 1", "cat", "echo 'sacctmgr: error: refused' >&2; exit 1", "sleep 60"]
)
def test_programs_that_do_not_answer_leave_every_section_missing(fake_site, counted, script):
    fake_site.script("sacctmgr", script)
    fake_site.script("scontrol", script)
    snapshot = counted(fake_site, read_timeout=0.3).slurm.observe()
    assert all(isinstance(section, Missing) and section.reason for section in sections(snapshot))


def test_missing_programs_leave_every_section_missing_and_say_which(fake_site, counted):
    snapshot = counted(fake_site).slurm.observe()
    assert str(fake_site.bin / "sacctmgr") in snapshot.accounts.reason
    assert str(fake_site.bin / "scontrol") in snapshot.partitions.reason


@pytest.mark.parametrize(
    "script",
    [
        echoing().replace("echo 'root|default root account'", "echo 'root|default root account'; exit 0"),
        echoing().replace("*Organization)", "*Organization) exit 1;;\n x)"),
        echoing() + "exit 1",
        echoing() + "echo 'sacctmgr: error: lost the connection' >&2",
        echoing(assoc=ODD),
    ],
)
def test_an_answer_that_may_be_cut_off_is_never_complete(fake_site, counted, script):
    fake_site.script("sacctmgr", script)
    assert not isinstance(counted(fake_site).slurm.observe_accounting().accounts, Complete)


def test_a_foreign_row_that_cannot_be_read_keeps_the_others(fake_site, counted):
    fake_site.script("sacctmgr", echoing(assoc=ODD))
    associations = counted(fake_site).slurm.observe_accounting().associations
    assert isinstance(associations, Partial)
    assert [each.user for each in associations.value] == ["root"]


def test_an_outage_in_a_write_refuses_nothing(fake_site, counted):
    fake_site.script("sacctmgr", echoing(write="echo 'Connection refused' >&2"))
    with pytest.raises(Unavailable, match="Connection refused"):
        counted(fake_site).slurm.add([ACCOUNT], [])


def test_a_missing_right_is_one_error_and_not_many_refusals(fake_site, counted):
    fake_site.script("sacctmgr", echoing(write="echo ' Error with request: Access/permission denied' >&2"))
    cluster = counted(fake_site)
    with pytest.raises(Unavailable, match="AdminLevel=Operator"):
        cluster.slurm.block([f"p{number}" for number in range(40)], [])
    assert cluster.counts() == (1, 1)


def test_a_program_that_dies_while_writing_is_read_back_anew(fake_site, counted):
    fake_site.script("sacctmgr", echoing(write="echo 'fatal: broken' >&2; exit 1"))
    cluster = counted(fake_site)
    (refusal,) = cluster.slurm.block(["p1"], [])
    assert (refusal.key, refusal.reason) == ("p1", "fatal: broken")
    assert cluster.started == [("sacctmgr", 1), ("sacctmgr", 0)]


def test_what_cannot_be_read_back_is_an_outage(fake_site, counted):
    fake_site.script("sacctmgr", "cat > /dev/null; exit 0")
    with pytest.raises(Unavailable, match="did not answer whole"):
        counted(fake_site).slurm.block(["p1"], [])


def test_exit_code_0_is_no_proof(fake_site, counted):
    fake_site.script("sacctmgr", echoing())
    (refusal,) = counted(fake_site).slurm.add([ACCOUNT], [])
    assert refusal.key == "p1"
    assert refusal.reason == "Slurm gave no reason"


def test_a_late_writer_is_reported_and_its_load_file_kept_for_it(fake_site, counted, tmp_path):
    seen = tmp_path / "seen"
    fake_site.script("sacctmgr", echoing(write=f"sleep 1; cat ${{line#load file=}} > {seen}; exit 0"))
    cluster = counted(fake_site, write_deadline=0.3)
    with pytest.raises(Unavailable, match="left to finish"):
        cluster.slurm.add([ACCOUNT], [])
    with pytest.raises(Unavailable, match="another writer holds"):
        cluster.slurm.block(["p1"], [])
    with cluster.slurm._session.lock.acquire(10):
        assert "Account - 'p1'" in seen.read_text()


def test_names_that_are_not_safe_never_reach_a_program(fake_site, counted):
    cluster = counted(fake_site)
    evil = "x,y set GrpTRESMins=cpu=0"
    assert [each.key for each in cluster.slurm.block([evil], [("p1", "a'b")])] == [evil, "p1/a'b"]
    assert [each.key for each in cluster.slurm.remove_accounts(["root", evil])] == ["root", evil]
    assert [each.key for each in cluster.slurm.remove_associations([("root", "root")])] == ["root/root"]
    assert [each.key for each in cluster.slurm.add([], [Association(account="p1", user="A b")])] == ["p1/A b"]
    with pytest.raises(Rejected):
        cluster.slurm.jobs(["-a"])
    with pytest.raises(Rejected):
        cluster.slurm.cancel([Job(id="-u", account="p1", user="a", running=True)])
    assert cluster.started == []


def test_nothing_to_do_starts_no_process(fake_site, counted):
    cluster = counted(fake_site)
    assert cluster.slurm.jobs([]) == ()
    assert cluster.slurm.counted([], []) == {}
    cluster.slurm.cancel([])
    for done in (
        cluster.slurm.add([], []),
        cluster.slurm.change([(ACCOUNT, ACCOUNT)]),
        cluster.slurm.add_qos([]),
        cluster.slurm.change_qos([(QOS, QOS)]),
        cluster.slurm.remove_qos([]),
        cluster.slurm.reset_usage([], []),
        cluster.slurm.block([], []),
        cluster.slurm.remove_associations([]),
        cluster.slurm.remove_accounts([]),
        cluster.slurm.set_partitions({}),
    ):
        assert done == ()
    assert cluster.started == []


def test_an_error_of_sacct_is_not_an_idle_month(fake_site, counted):
    fake_site.script("sacct", "echo 'sacct: error: slurmdbd: no connection' >&2; exit 0")
    with pytest.raises(Unavailable, match="no connection"):
        counted(fake_site).slurm.usage(0, 3600)


def test_an_error_of_squeue_is_not_an_empty_queue(fake_site, counted):
    fake_site.script("squeue", "exit 1")
    with pytest.raises(Unavailable, match="exit code 1"):
        counted(fake_site).slurm.jobs(["p1"])


def test_a_refused_cancel_is_told_and_one_that_came_too_late_is_not(fake_site, counted):
    job = Job(id="5", account="p1", user="alice", running=True)
    fake_site.script(
        "scancel", "echo 'scancel: error: Kill job error on job id 5: Invalid job id specified' >&2; exit 1"
    )
    counted(fake_site).slurm.cancel([job])
    fake_site.script("scancel", "echo 'scancel: error: job 5 is held by magic' >&2; exit 1")
    with pytest.raises(Rejected, match="held by magic"):
        counted(fake_site).slurm.cancel([job])


def test_the_name_of_the_cluster_is_checked(fake_site, counted):
    fake_site.name = "Lab one"
    with pytest.raises(ConfigError, match="not the name of a cluster"):
        counted(fake_site)


def test_a_scratch_folder_that_cannot_be_written_is_a_matter_of_configuration(fake_site, counted, tmp_path):
    fake_site.script("sacctmgr", echoing())
    cluster = counted(fake_site)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "loads").write_text("a file")
    with pytest.raises(ConfigError, match="make it writable"):
        cluster.slurm.add([ACCOUNT], [])


def test_tools_are_named_by_their_folder(tmp_path):
    assert SlurmTools(tmp_path).path("sacct") == str(tmp_path / "sacct")
