"""The texts sent to Slurm."""

from agent.core.model.cluster import Account, Association
from backends.slurm.commands import load_file
from backends.slurm.limits import block_commands, settings
from backends.slurm.removal import Membership, busy_jobs, removal_commands


def account(**fields):
    return Account(name="p1", parent="hpc", **fields)


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


def test_only_limits_that_differ_are_set_and_those_not_wanted_are_cleared():
    before = account(grp_tres_mins={"cpu": 5, "mem": 7, "gres/gpu": 1}, grp_submit_jobs=0)
    after = account(grp_tres_mins={"cpu": 6, "mem": 7})
    assert settings(before, after) == "GrpTRESMins=cpu=6,gres/gpu=-1 GrpSubmitJobs=-1"
    assert settings(after, after) == ""


def test_a_limit_of_nothing_is_not_the_same_as_no_limit():
    assert settings(account(), account(grp_tres_mins={"cpu": 0})) == "GrpTRESMins=cpu=0"


def test_blocking_groups_the_same_users_of_several_accounts():
    targets = [("p1", ""), ("p2", ""), ("a", "u"), ("a", "v"), ("b", "u"), ("b", "v"), ("c", "u")]
    assert block_commands("lab", targets, 0) == (
        "modify account where name=p1,p2 cluster=lab set GrpSubmitJobs=0",
        "modify user where name=u,v account=a,b cluster=lab set MaxSubmitJobs=0",
        "modify user where name=u account=c cluster=lab set MaxSubmitJobs=0",
    )


def test_unblocking_clears():
    assert block_commands("lab", [("p1", "")], None) == (
        "modify account where name=p1 cluster=lab set GrpSubmitJobs=-1",
    )


def test_a_default_account_is_moved_before_it_is_left():
    membership = Membership({"u": frozenset({"a", "b", "c"})}, {"u": "a"})
    assert removal_commands("lab", [("a", "u"), ("b", "u")], membership) == (
        "modify user where name=u cluster=lab set DefaultAccount=c",
        "delete user where name=u account=a cluster=lab",
        "delete user where name=u account=b cluster=lab",
    )


def test_who_leaves_everything_leaves_the_default_last_and_one_account_at_a_time():
    membership = Membership({"u": frozenset({"a", "b"}), "v": frozenset({"b"})}, {"u": "a", "v": "b"})
    assert removal_commands("lab", [("a", "u"), ("b", "u"), ("b", "v")], membership) == (
        "delete user where name=u account=b cluster=lab",
        "delete user where name=u account=a cluster=lab",
        "delete user where name=v account=b cluster=lab",
    )


def test_a_default_elsewhere_is_left_alone():
    membership = Membership({"u": frozenset({"a", "b"})}, {"u": "b"})
    assert removal_commands("lab", [("a", "u")], membership) == ("delete user where name=u account=a cluster=lab",)


def test_busy_users_are_read_from_a_refusal():
    said = (
        "Error with request: Job(s) active, cancel job(s) before remove; JobID = 1 C = lab A = p1 U = games; "
        "JobID = 2 C = lab A = p1 U = games; JobID = 7 C = lab A = p2 U = man Q = normal"
    )
    assert busy_jobs(said) == {("p1", "games"): ["1", "2"], ("p2", "man"): ["7"]}
