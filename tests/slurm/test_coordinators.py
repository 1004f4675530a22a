"""Who coordinates an account himself, and the commands about it."""

from hypothesis import given
from hypothesis import strategies as st

from backends.slurm.coordinators import add_lines, own, remove_lines

PARENTS = {"root": "", "hpc": "root", "p1": "hpc", "p2": "hpc", "p3": "p1"}
PAIRS = st.sets(st.tuples(st.sampled_from(sorted(PARENTS)), st.sampled_from(["u", "v", "w"])))


def shown(pairs: set[tuple[str, str]]) -> dict[str, str]:
    """What Slurm 22.05 shows: an account's own, and once each those of all accounts above it."""
    return {account: ",".join(sorted([*users(account, pairs), *above(account, pairs)])) for account in PARENTS}


def users(account: str, pairs: set[tuple[str, str]]) -> set[str]:
    return {user for name, user in pairs if name == account}


def above(account: str, pairs: set[tuple[str, str]]) -> set[str]:
    parent = PARENTS[account]
    return users(parent, pairs) | above(parent, pairs) if parent else set()


@given(PAIRS)
def test_own_coordinators_are_told_from_inherited_ones(pairs):
    found = own(shown(pairs), PARENTS)
    assert {(account, user) for account, names in found.items() for user in names} == pairs
    assert all(found.values())


def test_an_account_that_is_not_on_this_cluster_is_left_out():
    assert own({"p1": "u", "elsewhere": "v"}, {"p1": "hpc"}) == {"p1": frozenset("u")}


def test_an_answer_that_lists_nobody_twice_tells_only_of_those_who_are_not_shown_above():
    assert own({"hpc": "u", "p1": "u,v"}, PARENTS) == {"hpc": frozenset("u"), "p1": frozenset("v")}


@given(PAIRS)
def test_adding_lines_mean_exactly_the_pairs(pairs):
    assert meant(add_lines(pairs)) == pairs


@given(PAIRS, PAIRS)
def test_removing_lines_mean_all_pairs_and_no_other_coordinator(leaving, staying):
    assert meant(remove_lines(leaving, leaving | staying)) & (leaving | staying) == leaving


def meant(lines: tuple[str, ...]) -> set[tuple[str, str]]:
    """Every user of every account of a line."""
    found = set()
    for line in lines:
        words = dict(word.split("=") for word in line.split()[2:])
        found |= {(account, user) for account in words["account"].split(",") for user in words["name"].split(",")}
    return found
