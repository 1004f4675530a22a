"""What is still to be done after part of a change was done, or somebody else did something."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.cluster import Account
from backends.slurm.differences import refreshed
from backends.slurm.wording import limit_words

AMOUNTS = st.dictionaries(st.sampled_from(["cpu", "mem", "node", "gres/gpu"]), st.integers(0, 3))
COUNTS = st.none() | st.integers(0, 3)
ACCOUNTS = st.builds(
    Account,
    name=st.just("p1"),
    parent=st.sampled_from(["hpc", "top"]),
    description=st.sampled_from(["a", "b"]),
    grp_tres=AMOUNTS,
    grp_jobs=COUNTS,
    qos=st.sampled_from([(), ("gold",)]),
)


@given(ACCOUNTS, ACCOUNTS)
def test_nothing_is_left_of_a_change_that_is_done(before, after):
    assert refreshed(before, after, after) == after


@given(ACCOUNTS, ACCOUNTS)
def test_everything_is_left_of_a_change_that_is_not_begun(before, after):
    assert refreshed(before, after, before) == before


@given(ACCOUNTS, ACCOUNTS, ACCOUNTS)
def test_what_was_not_to_change_is_not_looked_at(before, after, shown):
    now = refreshed(before, after, shown)
    for field in ("parent", "description", "grp_jobs", "qos"):
        old, new = getattr(before, field), getattr(after, field)
        assert getattr(now, field) == (old if old == new else getattr(shown, field))
    changing = {
        tres for tres in {*before.grp_tres, *after.grp_tres} if before.grp_tres.get(tres) != after.grp_tres.get(tres)
    }
    words = " ".join(limit_words(replace(now, grp_jobs=None), replace(after, grp_jobs=None)))
    assert {tres for tres in ("cpu", "mem", "node", "gres/gpu") if f"{tres}=" in words} <= changing
    assert {tres: now.grp_tres.get(tres) for tres in changing} == {tres: shown.grp_tres.get(tres) for tres in changing}
