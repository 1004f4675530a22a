"""Pairs as products of users and accounts: exactly the pairs, and nobody twice."""

from hypothesis import given
from hypothesis import strategies as st

from backends.slurm.defaults import default_pieces, new_defaults, staying
from backends.slurm.membership import Membership
from backends.slurm.products import disjoint, removal_commands, spanning

PAIRS = st.sets(st.tuples(st.sampled_from(["a", "b", "c", "d", "e"]), st.sampled_from(["u", "v", "w", "x"])))


def membership_of(pairs, defaults=None) -> Membership:
    accounts: dict[str, frozenset[str]] = {}
    for account, user in sorted(pairs):
        accounts[user] = accounts.get(user, frozenset()) | {account}
    return Membership(accounts, defaults or {user: min(into) for user, into in accounts.items()})


@given(PAIRS, PAIRS)
def test_the_products_delete_exactly_the_pairs_and_no_user_is_in_two_accounts_of_one(gone, kept):
    there = gone | kept
    groups = disjoint(gone, membership_of(there))
    deleted = [(account, user) for users, accounts in groups for account in accounts for user in users]
    touched = [pair for pair in deleted if pair in there]
    assert sorted(touched) == sorted(gone)
    for users, accounts in groups:
        assert all(sum((account, user) in there for account in accounts) <= 1 for user in users)


@given(PAIRS, PAIRS)
def test_a_product_reaches_all_pairs_and_of_those_who_are_there_nobody_else(asked, kept):
    there = asked | kept
    products = spanning(asked, membership_of(there).accounts)
    reached = {(account, user) for users, accounts in products for account in accounts for user in users}
    assert reached & there == asked
    assert sum(len(accounts) for _, accounts in products) == len({account for account, _ in asked})


def test_one_of_two_accounts_for_each_of_many_users_is_one_product():
    there = {(f"p{number}", f"u{number // 2}") for number in range(100)}
    asked = {(f"p{number}", f"u{number // 2}") for number in range(0, 100, 2)}
    assert len(spanning(asked, membership_of(there).accounts)) == 1


def test_a_hundred_projects_of_five_in_two_accounts_each_are_two_products():
    pairs = {
        (f"p{project}{each}", f"p{project}u{user}") for project in range(100) for each in "ab" for user in range(5)
    }
    groups = disjoint(pairs, membership_of(pairs))
    assert [(len(users), len(accounts)) for users, accounts in groups] == [(500, 100), (500, 100)]


def test_who_leaves_everything_leaves_the_default_last_and_one_account_at_a_time():
    membership = Membership({"u": frozenset({"a", "b"}), "v": frozenset({"b"})}, {"u": "a", "v": "b"})
    assert removal_commands("lab", [("a", "u"), ("b", "u"), ("b", "v")], membership) == (
        "delete user where name=u account=b cluster=lab",
        "delete user where name=u account=a cluster=lab",
        "delete user where name=v account=b cluster=lab",
    )


@given(PAIRS, PAIRS)
def test_the_default_moves_to_an_account_the_user_stays_in(gone, kept):
    membership = membership_of(gone | kept)
    moved = new_defaults(gone, membership)
    for user, account in moved.items():
        assert account in membership.accounts[user]
        assert (account, user) not in gone
        assert (membership.defaults[user], user) in gone
    left = {user for account, user in gone if membership.defaults[user] == account} - set(moved)
    assert left.isdisjoint(staying(gone, membership))


@given(st.dictionaries(st.text("uvwxyz", min_size=1), st.sampled_from(["a", "b", "c"])), st.integers(3, 9))
def test_defaults_in_pieces_are_all_there_and_each_file_is_short(defaults, most):
    pieces = list(default_pieces(defaults, most))
    assert sorted(pair for piece in pieces for pair in piece.items()) == sorted(defaults.items())
    assert all(1 + len(set(piece.values())) + len(piece) <= most for piece in pieces)
