"""The queue, and the ids that are cancelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.cluster import Job
from agent.errors import Incomplete, Rejected
from backends.slurm.jobs import job_lists, jobs


def test_rows_become_jobs_and_only_those_with_nodes_run():
    assert jobs("1|p1|alice|RUNNING\n7_3|p1|bob|PENDING\n8|p1|bob|COMPLETING\n") == (
        Job(id="1", account="p1", user="alice", running=True),
        Job(id="7_3", account="p1", user="bob", running=False),
        Job(id="8", account="p1", user="bob", running=True),
    )


@pytest.mark.parametrize("row", ["7_[1-3]|p1|bob|PENDING", "1|p1|bob", "x|p1|bob|RUNNING", "1|p|1|bob|RUNNING"])
def test_a_row_of_another_shape_is_not_passed_over(row):
    with pytest.raises(Incomplete) as caught:
        jobs(f"1|p1|alice|RUNNING\n{row}\n")
    assert [job.id for job in caught.value.rows] == ["1"]


def test_tasks_of_one_array_are_cancelled_together():
    assert job_lists(["5", "7_3", "7_1", "7_2", "7_9", "12+1"]) == ("5", "12+1", "7_[1-3,9]")


@pytest.mark.parametrize("job", ["", "-u", "all", "1 2", "7_[1-3]", "--state=RUNNING", "1\n"])
def test_what_is_no_job_id_never_reaches_scancel(job):
    with pytest.raises(Rejected, match="not a job id"):
        job_lists(["1", job])


@given(st.sets(st.integers(0, 300), min_size=1))
def test_a_range_names_exactly_its_tasks(tasks):
    (text,) = job_lists(f"7_{task}" for task in tasks)
    named: set[int] = set()
    for part in text.removeprefix("7_[").removesuffix("]").split(","):
        first, _, last = part.partition("-")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == tasks
