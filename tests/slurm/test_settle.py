"""Halving until the refused stands alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import Unavailable
from backends.slurm.settle import Outcome, outcome, settle


@given(st.sets(st.integers(0, 60), max_size=60), st.sets(st.integers(0, 60), max_size=5), st.booleans())
def test_exactly_the_bad_ones_are_refused_and_the_others_are_done(items, bad, all_or_nothing):
    done: set[int] = set()
    attempts = 0

    def attempt(some):
        nonlocal attempts
        attempts += 1
        refused = bad.intersection(some)
        if refused and all_or_nothing:
            return Outcome(tuple(some), f"no: {sorted(refused)}")
        done.update(set(some) - refused)
        return Outcome(tuple(each for each in some if each in refused), f"no: {sorted(refused)}")

    refused = settle(sorted(items), attempt)
    assert sorted(refused) == sorted((each, f"no: [{each}]") for each in bad & items)
    assert done == items - bad
    assert attempts <= 1 + 14 * len(bad)


@pytest.mark.parametrize(
    "said",
    [
        "error: slurm_persist_conn_open_without_init: failed to open persistent connection to host:x:1: refused",
        "Error with request: Access/permission denied",
        "Unable to contact slurm controller (connect failure)",
    ],
)
def test_an_outage_is_not_taken_for_a_refusal(said):
    with pytest.raises(Unavailable, match="could not write"):
        outcome("sacctmgr", ["p1"], said)


def test_words_do_not_matter_when_nothing_is_missing():
    assert outcome("sacctmgr", [], "Connection refused").missing == ()
