import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sandbox.cluster import tres
from agent.sandbox.cluster.answer import Refused

AMOUNTS = st.dictionaries(st.sampled_from(sorted(set(tres.IDS) - {"mem"})), st.integers(0, 2**63 - 1), min_size=1)


@given(AMOUNTS)
def test_a_list_is_read_as_it_is_shown(values):
    assert tres.read(tres.shown(values)) == tres.Read(values, "")


@given(st.integers(0, 2**40))
def test_memory_is_exact_when_it_is_not_converted(mebibytes):
    assert tres.read(f"mem={tres.memory(mebibytes, convert=False)}").values == {"mem": mebibytes}


@pytest.mark.parametrize(
    ("mebibytes", "shown"),
    [
        (0, "0M"), (999, "999M"), (1024, "1G"), (1536, "1.50G"), (1537, "1537M"), (61_440_000, "60000G"),
        (61_440_001, "61440001M"), (2**31, "2P"), (2**50, "1?"),
    ],
)  # fmt: skip
def test_memory_is_shown_with_the_largest_exact_unit(mebibytes, shown):
    assert tres.memory(mebibytes) == shown


def test_half_a_unit_above_a_larger_one_is_rounded_away():
    assert tres.memory(1_049_088) == "1.00T"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("cpu=5K", {"cpu": 5120}), ("mem=5G", {"mem": 5120}), ("mem=5K", {"mem": 5}), ("mem=10T", {"mem": 10 * 2**20}),
        ("gres/gpu=2M", {"gres/gpu": 2 * 2**20}), ("1=30", {"cpu": 30}), ("cpu=10,cpu=20", {"cpu": 20}),
        ("CPU=7,Mem=1M", {"cpu": 7, "mem": 1}), ("cpu=-1", {"cpu": None}), ("cpu=-5", {"cpu": 2**64 - 5}),
        ("cpu=", {"cpu": 0}),
    ],
)  # fmt: skip
def test_units_ids_and_signs_are_read_as_slurm_reads_them(text, value):
    assert tres.read(text) == tres.Read(value, "")


def test_a_bad_number_is_complained_of_and_counts_as_what_stood_before_it():
    found = tres.read("cpu=abc,mem=1.5")
    assert found.values == {"cpu": 0, "mem": 1}
    assert found.complaints == (
        "sacctmgr: error: Invalid unit type 'a'. Possible options are 'KMGTP'\n"
        "sacctmgr: error: Invalid unit type '.'. Possible options are 'KMGTP'\n"
    )


@pytest.mark.parametrize("text", ["nosuch=1", "gres/gpu:a100=1", "cpu", ""])
def test_a_tres_that_is_not_counted_is_refused(text):
    with pytest.raises(Refused):
        tres.read(text)


def test_billing_is_the_weighted_sum_cut_to_a_whole_number():
    weights = "CPU=1.0,Mem=0.25G,GRES/gpu=10.0"
    assert tres.billing({"cpu": 4, "mem": 2000, "gres/gpu": 1}, weights) == 14
    assert tres.billing({"cpu": 4, "mem": 2000}, "") == 4
