"""QOS: the lists that associations have of them, and what jobs do in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sandbox.cluster import qos

NAMES = ("normal", "q1", "q2", "q3")
some = st.lists(st.sampled_from(NAMES), unique=True)
some_of_own = st.lists(st.sampled_from(NAMES), unique=True, min_size=1)
signs = st.sampled_from(["=", "+=", "-="])


@given(some, some)
def test_a_list_of_ones_own_is_what_counts_whatever_is_above(own, inherited):
    assert qos.combined(own, inherited) == (own or inherited)


@given(some, st.lists(st.tuples(signs, some_of_own)))
def test_differences_add_up_to_what_the_steps_would_do_one_by_one(inherited, steps):
    own, expected = [], set(inherited)
    for sign, given_names in steps:
        own = qos.changed(own, sign, given_names)
        if sign == "=":
            expected = set(given_names)
        elif own or sign == "+=":
            expected = expected | set(given_names) if sign == "+=" else expected - set(given_names)
        else:
            expected = set(inherited)  # taking the last name from a list leaves the inherited one
        assert set(qos.combined(own, inherited)) == expected


@given(some_of_own, some_of_own)
def test_what_is_added_to_an_inherited_list_stays_when_that_changes(added, later):
    own = qos.changed([], "+=", added)
    assert qos.is_difference(own)
    assert set(qos.combined(own, later)) == {*added, *later}


@pytest.fixture
def with_qos(site):
    site.sacctmgr("-i", "add", "qos", "name=q1,q2", "GrpTRESMins=cpu=600", "flags=NoDecay")
    site.sacctmgr("-i", "modify", "account", "name=one", "set", "QOS=q1", "DefaultQOS=q1")
    return site


def queue(site):
    return site.run("squeue", "-h", "-o", "%a|%u|%T|%r|%q").stdout.splitlines()


def counted(site, *what):
    lines = site.run("scontrol", "-o", "show", "assoc_mgr", *what).stdout.splitlines()
    return [dict(word.partition("=")[::2] for word in line.split(" ")) for line in lines if "GrpTRESMins=" in line]


def test_a_job_runs_in_the_default_qos_or_the_one_that_is_asked_for(with_qos):
    with_qos.sacctmgr("-i", "modify", "account", "name=one", "set", "QOS+=q2")
    with_qos.submit("one", "alice")
    with_qos.submit("one", "alice", qos="q2")
    with pytest.raises(RuntimeError, match="Invalid qos specification"):
        with_qos.submit("one", "alice", qos="normal")
    assert [line.split("|")[-1] for line in queue(with_qos)] == ["q1", "q2"]
    shown = with_qos.run("sacct", "-a", "-X", "-n", "-P", "-o", "qos").stdout
    assert shown == "q1\nq2\n"


def test_no_running_jobs_lets_jobs_wait_until_the_limit_is_gone(with_qos):
    running = with_qos.submit("one", "bob")
    with_qos.sacctmgr("-i", "modify", "account", "name=one", "set", "GrpJobs=0")
    with_qos.submit("one", "alice")
    assert queue(with_qos) == ["one|alice|PENDING|AssocGrpJobsLimit|q1", "one|bob|RUNNING|None|q1"]
    with_qos.finish(running)
    assert queue(with_qos) == ["one|alice|PENDING|AssocGrpJobsLimit|q1"]
    with_qos.sacctmgr("-i", "modify", "account", "name=one", "set", "GrpJobs=-1")
    assert queue(with_qos) == ["one|alice|RUNNING|None|q1"]


def test_a_qos_without_running_jobs_holds_its_jobs(with_qos):
    with_qos.sacctmgr("-i", "modify", "qos", "name=q1", "set", "GrpJobs=1")
    first = with_qos.submit("one", "alice")
    with_qos.submit("one", "bob")
    assert queue(with_qos)[0] == "one|bob|PENDING|QOSGrpJobsLimit|q1"
    with_qos.finish(first)
    assert queue(with_qos) == ["one|bob|RUNNING|None|q1"]


def test_a_qos_that_takes_no_jobs_refuses_them(with_qos):
    with_qos.sacctmgr("-i", "modify", "qos", "name=q1", "set", "GrpSubmitJobs=0")
    with pytest.raises(RuntimeError, match="QOSGrpSubmitJobsLimit"):
        with_qos.submit("one", "alice")


def test_a_held_job_never_starts_by_itself(with_qos):
    with_qos.submit("one", "alice", hold=True)
    with_qos.sacctmgr("-i", "modify", "account", "name=one", "set", "GrpJobs=-1", "GrpSubmitJobs=9")
    assert queue(with_qos) == ["one|alice|PENDING|JobHeldUser|q1"]


def test_a_list_with_a_deleted_qos_in_its_middle_lets_nobody_in(with_qos):
    with_qos.sacctmgr("-i", "modify", "account", "name=two", "set", "QOS=q1,q2,normal")
    with_qos.sacctmgr("-i", "add", "user", "name=alice", "account=two")
    assert with_qos.sacctmgr("-i", "delete", "qos", "q2").returncode == 0
    with pytest.raises(RuntimeError, match="Invalid qos specification"):
        with_qos.submit("two", "alice")
    assert counted(with_qos, "flags=qos", "qos=q2") == []
