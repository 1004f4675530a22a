"""The order of moves: no account ever goes below itself."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.cluster import Account
from backends.slurm.moves import move_lines, ordered_moves

TREE = {"root": "", "a": "root", "b": "a", "c": "b", "d": "root"}


def move(name: str, parent: str, tree=TREE) -> tuple[Account, Account]:
    before = Account(name=name, parent=tree.get(name, ""))
    return before, replace(before, parent=parent)


def test_each_move_is_a_command_of_its_own():
    moves, refused = ordered_moves([move("c", "d"), move("b", "d"), move("a", "root")], TREE)
    assert list(move_lines("lab", moves)) == [
        "modify account where name=b cluster=lab set parent=d",
        "modify account where name=c cluster=lab set parent=d",
    ]
    assert refused == []


def test_a_child_goes_away_before_its_parent_goes_below_it():
    moves, refused = ordered_moves([move("a", "c"), move("c", "root")], TREE)
    assert [after.name for _, after in moves] == ["c", "a"]
    assert refused == []


def test_a_move_below_itself_a_child_or_nothing_is_refused():
    _, refused = ordered_moves([move("a", "c"), move("b", "b"), move("d", "nosuch")], TREE)
    assert {pair[1].name for pair, _ in refused} == {"a", "b", "d"}
    assert [why for pair, why in refused if pair[1].name == "d"] == [
        "it cannot be moved below nosuch: that account is not there"
    ]


def reaches_the_top(name: str, tree) -> bool:
    for _ in tree:
        name = tree.get(name, "")
    return name == ""


NAMES = ["a", "b", "c", "d"]


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["root", *NAMES, "nosuch"])))
def test_whatever_is_asked_for_the_tree_stays_a_tree(wanted):
    tree = dict(TREE)
    moves, refused = ordered_moves([move(name, parent) for name, parent in wanted.items()], TREE)
    for _, after in moves:
        tree[after.name] = after.parent
        assert all(reaches_the_top(name, tree) for name in tree)
    changed = {name for name, parent in wanted.items() if TREE[name] != parent}
    assert {pair[1].name for pair in moves} | {pair[1].name for pair, _ in refused} == changed
