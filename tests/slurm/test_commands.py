"""The texts sent to Slurm."""

from agent.core.model.cluster import Account, Association
from backends.slurm.blocking import block_commands
from backends.slurm.load_text import load_file
from backends.slurm.removal import busy_jobs


def test_a_load_file_names_the_parent_once_and_leaves_unset_limits_out():
    accounts = [
        Account(name="a", parent="hpc", organization="o", description="d", grp_tres_mins={"mem": 2, "cpu": 0}),
        Account(name="b", parent="hpc", organization="o", description="d", grp_submit_jobs=0),
    ]
    users = [Association(account="a", user="alice"), Association(account="a", user="bob", max_submit_jobs=0)]
    assert load_file("lab", accounts, users).splitlines() == [
        "Cluster - 'lab'",
        "Parent - 'hpc'",
        "Account - 'a':Description='d':Organization='o':GrpTRESMins=cpu=0,mem=2",
        "Account - 'b':Description='d':Organization='o':GrpSubmitJobs=0",
        "Parent - 'a'",
        "User - 'alice'",
        "User - 'bob':MaxSubmitJobs=0",
    ]


def test_blocking_groups_the_same_users_of_several_accounts():
    targets = [("p1", ""), ("p2", ""), ("a", "u"), ("a", "v"), ("b", "u"), ("b", "v"), ("c", "u")]
    assert block_commands("lab", targets) == (
        "modify account where name=p1,p2 cluster=lab set GrpSubmitJobs=0",
        "modify user where name=u,v account=a,b cluster=lab set MaxSubmitJobs=0",
        "modify user where name=u account=c cluster=lab set MaxSubmitJobs=0",
    )


def test_busy_users_are_read_from_a_refusal():
    said = (
        "Error with request: Job(s) active, cancel job(s) before remove; JobID = 1 C = lab A = p1 U = games; "
        "JobID = 2 C = lab A = p1 U = games; JobID = 7 C = lab A = p2 U = man Q = normal"
    )
    assert busy_jobs(said) == {("p1", "games"): ["1", "2"], ("p2", "man"): ["7"]}
