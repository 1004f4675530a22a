"""What is counted against limits of TRES-minutes."""

import time

import pytest

from agent.sandbox.cluster import times

HOUR = 3600.0


@pytest.fixture
def site(site):
    site.sacctmgr("-i", "add", "qos", "name=q1", "flags=NoDecay")
    site.sacctmgr("-i", "add", "qos", "name=q2")
    site.sacctmgr("-i", "modify", "account", "name=one", "set", "QOS=q1,q2", "DefaultQOS=q1", "GrpTRESMins=cpu=600")
    return site


@pytest.fixture
def minutes(site):
    """What is counted of one TRES for an account itself, or for a QOS."""

    def count(name, tres="cpu"):
        what = ("flags=qos", f"qos={name}") if name.startswith("q") else ("flags=assoc", f"accounts={name}")
        lines = site.run("scontrol", "-o", "show", "assoc_mgr", *what).stdout.splitlines()
        [line] = [line for line in lines if f"QOS={name}(" in line or "UserName= " in line]
        fields = dict(word.partition("=")[::2] for word in line.split(" "))
        return dict(each.split("=") for each in fields["GrpTRESMins"].split(","))[tres]

    return count


def record(site, hours_ago, hours, account="one", user="alice", cpus=4):
    start = time.time() - hours_ago * HOUR
    site.record_job(account, user, start=start, end=start + hours * HOUR, tres={"cpu": cpus, "mem": 100, "node": 1})


@pytest.fixture
def mid_month(site):
    """Hours that lie in this month for sure: the start of the month may be less than an hour ago."""
    since = (time.time() - times.month(time.time())) / HOUR
    return min(since, 4) / 4


def test_jobs_count_for_the_account_all_above_it_and_the_qos(site, minutes, mid_month):
    record(site, 2 * mid_month, mid_month)
    expected = int(4 * 60 * mid_month)
    assert minutes("one") == f"600({expected})"
    assert minutes("hpc") == minutes("q1") == f"N({expected})"
    assert minutes("two") == minutes("q2") == "N(0)"
    assert minutes("one", "mem") == f"N({int(100 * 60 * mid_month)})"


def test_a_reset_forgets_what_is_below_and_takes_it_off_what_is_above(site, minutes, mid_month):
    site.sacctmgr("-i", "add", "user", "name=alice", "account=two")
    record(site, 2 * mid_month, mid_month)
    record(site, 2 * mid_month, mid_month, account="two", cpus=1)
    site.sacctmgr("-i", "modify", "account", "name=one", "cluster=lab", "set", "RawUsage=0")
    assert minutes("one") == "600(0)"
    assert minutes("hpc") == minutes("two") == f"N({int(60 * mid_month)})"
    assert minutes("q1") == f"N({int(4 * 60 * mid_month)})"


def test_a_reset_of_a_qos_leaves_the_account_alone(site, minutes, mid_month):
    record(site, 2 * mid_month, mid_month)
    site.sacctmgr("-i", "modify", "qos", "name=q1", "set", "RawUsage=0")
    assert minutes("q1") == "N(0)"
    assert minutes("one") == f"600({int(4 * 60 * mid_month)})"


def test_a_job_that_goes_on_counts_again_after_a_reset(site, minutes):
    site.record_job("one", "alice", start=time.time() - 50, end=None, tres={"cpu": 6000})
    site.sacctmgr("-i", "modify", "account", "name=one", "cluster=lab", "set", "RawUsage=0")
    time.sleep(1.1)
    assert 100 <= int(minutes("one").removeprefix("600(").removesuffix(")")) <= 1000


def test_last_month_counts_only_where_nothing_decays(site, minutes):
    end = times.month(time.time()) - HOUR
    site.record_job("one", "alice", start=end - HOUR, end=end, tres={"cpu": 1})
    assert (minutes("one"), minutes("q1")) == ("600(0)", "N(60)")
    site.sacctmgr("-i", "modify", "qos", "name=q1", "set", "flags=-1")
    assert minutes("q1") == "N(0)"


def test_who_is_added_again_begins_with_nothing(site, minutes, mid_month):
    record(site, 2 * mid_month, mid_month)
    site.sacctmgr("-i", "delete", "user", "name=alice", "account=one")
    site.sacctmgr("-i", "add", "user", "name=alice", "account=one")
    assert minutes("one") == "600(0)"
