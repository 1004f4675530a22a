"""Pieces of few lines, an account together with its users."""

from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.cluster import Account, Association
from backends.slurm.load_text import load_file
from backends.slurm.pieces import parents_first, pieces


def account(name: str, parent: str = "root") -> Account:
    return Account(name=name, parent=parent, organization="o", description="d")


def users(account: str, number: int) -> list[Association]:
    return [Association(account=account, user=f"u{each:03}") for each in range(number)]


def lines(piece) -> list[str]:
    return load_file("lab", piece.accounts, piece.associations).splitlines()


def test_twenty_accounts_of_twenty_five_users_are_four_loads():
    accounts = [account(f"p{number:02}", "hpc") for number in range(20)]
    members = [each for one in accounts for each in users(one.name, 25)]
    assert [len(lines(piece)) for piece in pieces(accounts, members, 150)] == [137, 137, 137, 137]


def test_an_account_stays_with_its_users():
    (first, second) = pieces([account("p1"), account("p2")], [*users("p1", 80), *users("p2", 80)], 150)
    assert {each.account for each in first.associations} == {each.name for each in first.accounts} == {"p1"}
    assert {each.account for each in second.associations} == {each.name for each in second.accounts} == {"p2"}


def test_an_account_with_too_many_users_is_made_first_and_filled_after():
    first, second, third = pieces([account("p1")], users("p1", 300), 150)
    assert [each.name for each in first.accounts] == ["p1"]
    assert not second.accounts
    assert not third.accounts
    assert len(first.associations) + len(second.associations) + len(third.associations) == 300


def test_parents_come_before_their_children():
    tree = [account("c", "b"), account("b", "a"), account("a")]
    assert [each.name for each in parents_first(tree)] == ["a", "b", "c"]


def test_accounts_in_a_ring_are_still_all_there():
    assert len(parents_first([account("a", "b"), account("b", "a")])) == 2


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(0, 12), st.integers(5, 40))
def test_every_object_is_in_exactly_one_piece_and_no_piece_is_too_long(sizes, existing, most):
    accounts = [account(f"p{number}") for number in range(existing, len(sizes))]
    members = [each for number, size in enumerate(sizes) for each in users(f"p{number}", size)]
    found = pieces(accounts, members, most)
    key = lambda each: (each.account, each.user)  # noqa: E731 - used twice in the next line only
    assert sorted(map(key, (each for piece in found for each in piece.associations))) == sorted(map(key, members))
    assert [each.name for piece in found for each in piece.accounts] == [each.name for each in parents_first(accounts)]
    assert all(len(lines(piece)) <= most for piece in found)
