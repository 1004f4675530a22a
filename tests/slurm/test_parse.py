"""Rows of Slurm's parsable output."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.slurm.parse import (
    AssociationRow,
    account_text,
    association_row,
    format_tres,
    minutes,
    parse_tres,
    qos_row,
)
from tests.slurm.rows import row

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


def test_an_account_row_gives_every_limit_of_its_own():
    shown = {
        "GrpTRESMins": "cpu=5,mem=2G",
        "GrpTRES": "gres/gpu=4",
        "GrpTRESRunMins": "cpu=600",
        "MaxTRESPerJob": "node=2",
        "GrpJobs": "0",
        "GrpSubmit": "10",
        "GrpWall": "1-02:03:00",
        "Fairshare": "5",
        "QOS": "normal,gold",
        "DefaultQOS": "gold",
    }
    assert association_row(row("p1", "hpc", **shown), "lab") == AssociationRow(
        account="p1",
        parent="hpc",
        user="",
        partition="",
        grp_tres_mins={"cpu": 5, "mem": 2048},
        grp_tres={"gres/gpu": 4},
        grp_tres_run_mins={"cpu": 600},
        max_tres={"node": 2},
        grp_jobs=0,
        grp_submit_jobs=10,
        grp_wall=26 * 60 + 3,
        fairshare=5,
        qos=("gold", "normal"),
        default_qos="gold",
    )


def test_a_user_row_gives_its_partition_and_limit():
    found = association_row(row("p1", user="alice", Partition="gpu", MaxSubmit="7"), "lab")
    assert (found.account, found.user, found.partition, found.max_submit_jobs) == ("p1", "alice", "gpu", 7)


@pytest.mark.parametrize(("shown", "shares"), [("1", None), ("0", 0), ("2", 2), ("parent", 2**31 - 1), ("", None)])
def test_shares_are_a_number_and_one_is_what_slurm_gives_everybody(shown, shares):
    assert association_row(row("p1", "hpc", Fairshare=shown), "lab").fairshare == shares


@given(st.integers(0, 10**6))
def test_a_wall_time_is_read_in_minutes(amount):
    days, rest = divmod(amount, 24 * 60)
    text = f"{f'{days}-' if days else ''}{rest // 60:02}:{rest % 60:02}:00"
    assert minutes(text) == amount


@pytest.mark.parametrize("text", ["00:00:30", "1:00", "5", "-1", "1-2:03:00", "UNLIMITED"])
def test_a_wall_time_that_is_not_in_whole_minutes_is_refused(text):
    with pytest.raises(ValueError, match="not a wall time"):
        minutes(text)


def test_no_wall_time_is_none():
    assert minutes("") is None
    assert minutes("00:00:00") == 0


@pytest.mark.parametrize(
    "line",
    [
        row("p|1", "hpc"),
        row("p1", "hpc")[:-1],
        row("p1", "hpc", cluster="other"),
        row("", "hpc"),
        row("p1"),
        row("p1", "hpc", GrpSubmit="x"),
        row("p1", "hpc", GrpTRESMins="cpu=1.5"),
        row("p1", "hpc", GrpTRESRunMins="cpu"),
        row("p1", "hpc", GrpWall="soon"),
        row("p1", "hpc", Fairshare="much"),
    ],
)
def test_a_row_of_another_shape_is_refused(line):
    with pytest.raises(ValueError, match=r".+"):
        association_row(line, "lab")


@pytest.mark.parametrize("line", ["", "|NoDecay|||||||", "q|||||||", "q|||||||||", "q||cpu|||||||"])
def test_a_qos_row_of_another_shape_is_refused(line):
    with pytest.raises(ValueError, match=r".+"):
        qos_row(line)


def test_a_free_text_may_hold_the_separator():
    assert account_text("p1|Physics | Lab") == ("p1", "Physics | Lab")
    assert account_text("p2|") == ("p2", "")


@pytest.mark.parametrize("line", ["", "p1", "|text"])
def test_a_text_without_an_account_is_refused(line):
    with pytest.raises(ValueError, match="not an account and a text"):
        account_text(line)
