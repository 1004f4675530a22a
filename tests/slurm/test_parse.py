"""Rows of Slurm's parsable output."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.slurm.parse import account_text, association_row, format_tres, parse_tres

TRES_NAMES = st.sampled_from(["cpu", "mem", "node", "billing", "gres/gpu", "gres/gpu:a100", "fs/disk"])


@given(st.dictionaries(TRES_NAMES, st.integers(0, 2**63 - 1)))
def test_a_tres_string_reads_back_as_what_was_written(amounts):
    assert parse_tres(format_tres(amounts)) == amounts


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("", {}),
        ("cpu=60000,gres/gpu=600,mem=60000G", {"cpu": 60000, "gres/gpu": 600, "mem": 61_440_000}),
        ("mem=1234567M", {"mem": 1_234_567}),
        ("mem=512P,node=1", {"mem": 2**39, "node": 1}),
        ("mem=8?", {"mem": 8 * 2**40}),
        ("billing=1,cpu=2K", {"billing": 1, "cpu": 2048}),
    ],
)
def test_units_become_plain_numbers_and_memory_mib(text, amounts):
    assert parse_tres(text) == amounts


@pytest.mark.parametrize("text", ["mem=62.50G", "cpu=", "=5", "cpu", "cpu=-1", "cpu=1,,mem=2M", "mem=5K", "cpu=²"])
def test_an_amount_that_is_not_exact_is_refused(text):
    with pytest.raises(ValueError, match=r"not an exact|not a whole"):
        parse_tres(text)


def test_an_account_row_gives_its_limits():
    row = association_row("lab|p1|hpc|||cpu=5,mem=2G|0|", "lab")
    assert (row.account, row.parent, row.user, row.partition) == ("p1", "hpc", "", "")
    assert (row.grp_tres_mins, row.grp_submit_jobs, row.max_submit_jobs) == ({"cpu": 5, "mem": 2048}, 0, None)


def test_a_user_row_gives_its_partition_and_limit():
    row = association_row("lab|p1||alice|gpu|||7", "lab")
    assert (row.account, row.user, row.partition, row.max_submit_jobs) == ("p1", "alice", "gpu", 7)


@pytest.mark.parametrize(
    "line",
    [
        "lab|p|1|hpc|||||",
        "lab|p1|hpc||||",
        "other|p1|hpc|||||",
        "lab||hpc|||||",
        "lab|p1||||||",
        "lab|p1|hpc||||x|",
        "lab|p1|hpc|||cpu=1.5||",
    ],
)
def test_a_row_of_another_shape_is_refused(line):
    with pytest.raises(ValueError, match=r".+"):
        association_row(line, "lab")


def test_a_free_text_may_hold_the_separator():
    assert account_text("p1|Physics | Lab") == ("p1", "Physics | Lab")
    assert account_text("p2|") == ("p2", "")


@pytest.mark.parametrize("line", ["", "p1", "|text"])
def test_a_text_without_an_account_is_refused(line):
    with pytest.raises(ValueError, match="not an account and a text"):
        account_text(line)
