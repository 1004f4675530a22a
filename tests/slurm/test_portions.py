"""Many removals in portions: everything once, and nobody's pairs apart."""

from hypothesis import given
from hypothesis import strategies as st

from backends.slurm.removal import AT_ONCE, portions


def test_a_portion_ends_once_it_holds_as_many_pairs_as_one_process_may_remove():
    pairs = [("p1", f"u{number:04}") for number in range(2 * AT_ONCE + 1)]
    assert [len(portion) for portion in portions(pairs, {})] == [AT_ONCE, AT_ONCE, 1]


def test_a_pair_with_three_partitions_counts_three():
    pairs = [("p1", f"u{number:04}") for number in range(AT_ONCE)]
    assert [len(portion) for portion in portions(pairs, dict.fromkeys(pairs, 4))] == [AT_ONCE // 4] * 4


@given(st.sets(st.tuples(st.sampled_from(["p1", "p2", "p3"]), st.integers(0, 600).map("u{}".format)), max_size=1500))
def test_every_pair_is_removed_once_and_a_user_is_never_cut_in_two(pairs):
    found = list(portions(pairs, {}))
    assert sorted(pair for portion in found for pair in portion) == sorted(pairs)
    users = [{user for _, user in portion} for portion in found]
    assert all(not one & other for number, one in enumerate(users) for other in users[:number])
