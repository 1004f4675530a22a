"""Many removals in portions: everything once, and nobody's pairs apart."""

from hypothesis import given
from hypothesis import strategies as st

from backends.slurm.pace import FIRST, LEAST, MOST, QUICK, SLOW, Pace
from backends.slurm.removal import portions


def test_a_portion_ends_once_it_holds_as_many_pairs_as_one_process_may_remove():
    pairs = [("p1", f"u{number:04}") for number in range(2 * FIRST + 1)]
    assert [len(portion) for portion in portions(pairs, {}, Pace())] == [FIRST, FIRST, 1]


def test_a_pair_with_three_partitions_counts_three():
    pairs = [("p1", f"u{number:04}") for number in range(FIRST)]
    assert [len(portion) for portion in portions(pairs, dict.fromkeys(pairs, 4), Pace())] == [FIRST // 4] * 4


@given(st.sets(st.tuples(st.sampled_from(["p1", "p2", "p3"]), st.integers(0, 600).map("u{}".format)), max_size=1500))
def test_every_pair_is_removed_once_and_a_user_is_never_cut_in_two(pairs):
    found = list(portions(pairs, {}, Pace()))
    assert sorted(pair for portion in found for pair in portion) == sorted(pairs)
    users = [{user for _, user in portion} for portion in found]
    assert all(not one & other for number, one in enumerate(users) for other in users[:number])


def test_a_quick_slurm_is_given_more_and_more_up_to_a_limit():
    pace = Pace()
    sizes = []
    for _ in range(4):
        sizes.append(pace.size)
        pace.took(QUICK / 2)
    assert sizes == [FIRST, 2 * FIRST, MOST, MOST]


def test_a_slow_slurm_is_given_less_and_less_down_to_a_limit():
    pace = Pace()
    sizes = []
    for _ in range(4):
        sizes.append(pace.size)
        pace.took(SLOW + 1)
    assert sizes == [FIRST, FIRST // 2, LEAST, LEAST]


def test_the_next_portion_is_as_large_as_the_pace_says_by_then():
    pairs = [("p1", f"u{number:04}") for number in range(4 * FIRST)]
    pace, sizes = Pace(), []
    for portion in portions(pairs, {}, pace):
        sizes.append(len(portion))
        pace.took(0.0)
    assert sizes == [FIRST, 2 * FIRST, FIRST]
