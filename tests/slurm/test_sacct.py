"""Usage from accounting rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.cluster import UsageRow
from agent.errors import Incomplete
from backends.slurm.sacct import options, summed

ROW = "lab|1|10|billing=1,cpu=2,mem=500M,node=1|alice|p1"


def test_seconds_are_multiplied_by_what_was_allocated():
    assert summed([ROW, "lab|2|5|cpu=1,gres/gpu=3|alice|p1", ""], "lab") == (
        UsageRow(
            account="p1",
            user="alice",
            tres_seconds={"billing": 10, "cpu": 25, "mem": 5000, "node": 10, "gres/gpu": 15},
        ),
    )


def test_users_of_the_same_account_are_told_apart_and_sorted():
    rows = summed(["lab|2|1|cpu=1|bob|p1", "lab|3|1|cpu=1|bob|a", "lab|4|1|cpu=1|alice|p1"], "lab")
    assert [(row.account, row.user) for row in rows] == [("a", "bob"), ("p1", "alice"), ("p1", "bob")]


def test_a_record_that_comes_twice_counts_once():
    assert summed([ROW, ROW], "lab") == summed([ROW], "lab")


def test_a_job_that_never_ran_in_the_period_adds_nothing():
    assert summed(["lab|1|0||alice|p1", "lab|2|0|cpu=4|bob|p1"], "lab") == ()


def test_energy_is_a_reading_and_no_resource():
    assert summed(["lab|1|10|cpu=1,energy=50|alice|p1"], "lab")[0].tres_seconds == {"cpu": 10}


@pytest.mark.parametrize(
    "row",
    [
        "lab|x|10|cpu=1|alice|p1",
        "lab|2|10:00|cpu=1|alice|p1",
        "lab|2|10|mem=62.5G|alice|p1",
        "lab|2|10",
        "other|2|1||a|b",
    ],
)
def test_a_row_that_is_not_understood_makes_the_sum_incomplete_but_gives_the_others(row):
    with pytest.raises(Incomplete, match=r"1 row\(s\) of sacct") as caught:
        summed([ROW, row], "lab")
    assert caught.value.rows == summed([ROW], "lab")


def test_rows_that_are_not_understood_come_with_the_command_that_shows_them(fake_site, counted):
    fake_site.script("sacct", f"echo '{ROW}'; echo 'lab|2|10'")
    with pytest.raises(Incomplete) as caught:
        counted(fake_site).slurm.usage(1_790_812_800.0, 1_790_816_400.0)
    shown = str(caught.value).partition("; to see them: ")[2]
    assert shown.startswith(
        f"TZ=UTC {fake_site.bin}/sacct -a -D -X -n -P --truncate --noconvert -S 2026-10-01T00:00:00 "
    )
    assert caught.value.rows == summed([ROW], "lab")


def test_the_period_is_told_in_utc():
    told = options(1_790_812_800.0, 1_790_816_400.0)
    assert told[told.index("-S") + 1] == "2026-10-01T00:00:00"
    assert told[told.index("-E") + 1] == "2026-10-01T01:00:00"


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 10**6), st.integers(0, 10**4)), max_size=20))
def test_the_sum_is_that_of_the_first_record_of_each_index_with_time(records):
    first: dict[int, int] = {}
    for index, seconds, cpus in records:
        if seconds:
            first.setdefault(index, seconds * cpus)
    rows = summed([f"lab|{index}|{seconds}|cpu={cpus}|u|a" for index, seconds, cpus in records], "lab")
    assert sum(row.tres_seconds["cpu"] for row in rows) == sum(first.values())
