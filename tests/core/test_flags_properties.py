"""Whatever a site looks like: a flag that is raised and lowered again leaves no trace, and nothing foreign moves."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.cluster import Account, Association
from agent.core.names import organization
from tests.fixtures.carried_out import flag, settle, settled_worlds
from tests.fixtures.wild_worlds import OFFERINGS, Wild, examples

MANY = examples(40)
OURS = {organization(offering) for offering in OFFERINGS}


def state(world: Wild) -> tuple[dict[str, Account], Sequence[Association], frozenset[tuple[str, str]]]:
    """Without the default accounts: who is in no other account leaves them, and joins again as a member."""
    defaults = {policy.default_account for policy in world.policies}
    there = sorted(world.associations, key=lambda one: (one.account, one.user, one.partition))
    own = {pair for pair in world.known.associations if pair[0] not in defaults}
    return dict(world.accounts), [one for one in there if one.account not in defaults], frozenset(own)


@pytest.mark.parametrize(
    "flags",
    [
        {"paused": True},
        {"downscaled": True},
        {"paused": True, "downscaled": True},
        {"restrict_member_access": True},
        {"restrict_member_access": True, "paused": True},
    ],
    ids=" and ".join,
)
@MANY
@given(world=settled_worlds())
def test_flags_that_are_raised_and_lowered_leave_everything_as_it_was(flags, world):
    before = state(world)
    flag(world, **flags)
    settle(world)
    flag(world, **dict.fromkeys(flags, False))
    settle(world)
    assert state(world) == before
    assert (world.known.replaced, dict(world.known.aside)) == ({}, {})


@MANY
@given(settled_worlds(), st.lists(st.sampled_from(["paused", "downscaled", "restrict_member_access"]), max_size=6))
def test_flags_in_any_order_leave_everything_as_it_was(world, changes):
    before = state(world)
    raised: dict[str, bool] = {}
    for name in changes:
        raised[name] = not raised.get(name, False)
        flag(world, **raised)
        settle(world)
    flag(world, **dict.fromkeys(raised, False))
    settle(world)
    assert state(world) == before


@MANY
@given(settled_worlds())
def test_no_flag_ever_changes_a_foreign_account_or_who_is_in_it(world):
    defaults = {policy.default_account for policy in world.policies}  # whom nothing else holds any more leaves them

    def foreign() -> tuple[list[Account], list[Association]]:
        accounts = [one for one in world.accounts.values() if one.organization not in OURS]
        names = {one.name for one in accounts} - defaults
        return accounts, [one for one in world.associations if one.account in names]

    before = foreign()
    for name in ("paused", "downscaled", "restrict_member_access"):
        flag(world, **{name: True})
        settle(world)
        assert foreign() == before
