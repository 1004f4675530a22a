"""Limits: ordered times factor, in whole TRES-minutes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.limits import (
    FIELDS,
    LARGEST,
    LARGEST_MEMORY,
    LARGEST_NUMBER,
    SLURM_WORDS,
    LimitName,
    factors,
    limits_of,
    ordered_limits,
    shown_limits,
    with_limits,
    without_factor,
)
from agent.core.model.cluster import Account, Association
from agent.core.model.marketplace import Component
from agent.core.policy import ComponentRule, LimitKind, OfferingPolicy
from tests.fixtures.worlds import POLICY, SOLD


def minutes(**tres: int) -> dict[LimitName, int]:
    """Limits of GrpTRESMins."""
    return {("grp_tres_mins", name): value for name, value in tres.items()}


def test_a_limit_is_what_was_ordered_times_the_factor():
    found = ordered_limits(POLICY, SOLD, {"cpu": 100, "ram": 3})
    assert found.account == minutes(cpu=6_000, mem=184_320)
    assert (found.unmapped, found.refused) == ((), "")


def test_a_limit_of_zero_is_a_limit():
    assert ordered_limits(POLICY, SOLD, {"cpu": 0}).account == minutes(cpu=0)


def test_a_component_that_was_not_ordered_has_no_limit():
    assert ordered_limits(POLICY, SOLD, {}).account == {}


def test_the_settings_come_before_the_server_s_factor():
    assert factors(POLICY, [Component(type="cpu", unit_factor=7), Component(type="ram", unit_factor=2)]) == {
        "cpu": 60,
        "ram": 2,
    }


@pytest.mark.parametrize("served", [None, 0, -5])
def test_a_factor_that_is_none_is_a_configuration_that_cannot_be_used(served):
    components = [Component(type="ram", unit_factor=served)]
    assert without_factor(POLICY, components) == ("ram",)
    assert ordered_limits(POLICY, components, {"ram": 5}).account == {}


def test_a_component_outside_the_settings_is_named_and_never_sent():
    found = ordered_limits(POLICY, SOLD, {"cpu": 1, "tape": 4, "disk": 2})
    assert found.account == minutes(cpu=60)
    assert found.unmapped == ("disk", "tape")


def test_a_negative_limit_is_refused_by_name():
    assert ordered_limits(POLICY, SOLD, {"cpu": -1, "ram": 1}).refused == "the limit of cpu is negative"


@pytest.mark.parametrize(("tres", "largest"), [("cpu", LARGEST), ("mem", LARGEST_MEMORY)])
def test_a_limit_is_refused_from_where_slurm_no_longer_shows_it_as_it_is(tres, largest):
    policy = replace(POLICY, components={"part": ComponentRule(tres=tres, factor=1)})
    assert ordered_limits(policy, (), {"part": largest}).refused == ""
    assert (
        ordered_limits(policy, (), {"part": largest + 1}).refused
        == f"the limit of {tres} is larger than Slurm can hold"
    )


KINDS = [
    (LimitKind.GRP_TRES_MINS, {("grp_tres_mins", "cpu"): 600}),
    (LimitKind.GRP_TRES, {("grp_tres", "cpu"): 600}),
    (LimitKind.GRP_TRES_RUN_MINS, {("grp_tres_run_mins", "cpu"): 600}),
    (LimitKind.MAX_TRES, {("max_tres", "cpu"): 600}),
    (LimitKind.GRP_JOBS, {("grp_jobs", ""): 600}),
    (LimitKind.GRP_SUBMIT, {("grp_submit_jobs", ""): 600}),
    (LimitKind.GRP_WALL, {("grp_wall", ""): 600}),
    (LimitKind.FAIRSHARE, {("fairshare", ""): 600}),
    (LimitKind.NONE, {}),
]


def ruled(**fields: object) -> OfferingPolicy:
    """One component, under the rule given."""
    values: dict[str, object] = {"tres": "cpu", "factor": 60, **fields}
    return replace(POLICY, components={"part": ComponentRule(**values)})  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "limits"), KINDS, ids=[kind.value for kind, _ in KINDS])
def test_each_kind_of_limit_becomes_slurm_s_limit_of_that_name(kind, limits):
    found = ordered_limits(ruled(limit=kind), (), {"part": 10})
    assert (found.account, found.managed, found.user) == (limits, frozenset(limits), {})


@pytest.mark.parametrize(("kind", "limits"), KINDS, ids=[kind.value for kind, _ in KINDS])
def test_a_limit_per_user_is_each_member_s_and_never_the_account_s(kind, limits):
    found = ordered_limits(ruled(limit=kind, per_user=True), (), {"part": 10})
    assert (found.user, found.managed_per_user) == (limits, frozenset(limits))
    assert (found.account, found.managed) == ({}, frozenset())


def test_one_component_may_limit_several_tres_each_by_its_own_factor():
    found = ordered_limits(ruled(also={"gres/gpu": 4, "mem": 1024}), (), {"part": 10})
    assert found.account == {
        ("grp_tres_mins", "cpu"): 600,
        ("grp_tres_mins", "gres/gpu"): 40,
        ("grp_tres_mins", "mem"): 10_240,
    }
    assert found.managed == found.account.keys()


@pytest.mark.parametrize(("rule", "server", "limit"), [(True, False, 7200), (False, True, 7200), (False, False, 600)])
def test_a_prepaid_amount_counts_for_every_month_whoever_says_that_it_is_prepaid(rule, server, limit):
    sold = (Component(type="part", prepaid=server),)
    assert ordered_limits(ruled(prepaid=rule), sold, {"part": 10}, months=12).account == minutes(cpu=limit)


def test_a_number_needs_no_factor_of_the_server_and_a_tres_does():
    number = ruled(limit=LimitKind.GRP_JOBS, factor=None)
    assert ordered_limits(number, (), {"part": 10}).account == {("grp_jobs", ""): 10}
    assert without_factor(number, ()) == ()
    assert without_factor(ruled(factor=None), ()) == ("part",)


def test_a_component_that_limits_nothing_is_billed_and_so_needs_a_factor():
    assert without_factor(ruled(limit=LimitKind.NONE, factor=None), ()) == ("part",)


@pytest.mark.parametrize("kind", [LimitKind.GRP_JOBS, LimitKind.GRP_WALL, LimitKind.FAIRSHARE])
def test_a_number_that_slurm_cannot_hold_is_refused_by_slurm_s_word(kind):
    policy = ruled(limit=kind, factor=1)
    assert ordered_limits(policy, (), {"part": LARGEST_NUMBER}).refused == ""
    refused = ordered_limits(policy, (), {"part": LARGEST_NUMBER + 1}).refused
    assert refused == f"the limit of {SLURM_WORDS[FIELDS[kind]]} is larger than Slurm can hold"


def test_months_can_make_a_limit_larger_than_slurm_can_hold():
    policy = ruled(factor=1, prepaid=True)
    assert ordered_limits(policy, (), {"part": LARGEST // 12}, months=12).refused == ""
    assert ordered_limits(policy, (), {"part": LARGEST // 12 + 1}, months=12).refused


TRES = st.dictionaries(st.sampled_from(["cpu", "mem", "gres/gpu"]), st.integers(0, 10**6))
NUMBER = st.none() | st.integers(0, 10**6)
LIMITS = {
    "grp_tres_mins": TRES,
    "grp_tres": TRES,
    "grp_tres_run_mins": TRES,
    "max_tres": TRES,
    "grp_jobs": NUMBER,
    "grp_submit_jobs": NUMBER,
    "grp_wall": NUMBER,
}
ACCOUNTS = st.builds(Account, name=st.just("a"), parent=st.just("p"), fairshare=NUMBER, **LIMITS)


@given(ACCOUNTS)
def test_an_account_with_exactly_its_own_limits_is_the_same_account(one):
    assert with_limits(one, limits_of(one), limits_of(one)) == one
    assert with_limits(one, {}, ()) == one


@given(
    ACCOUNTS, ACCOUNTS, st.sets(st.sampled_from([*(("grp_tres_mins", t) for t in ("cpu", "mem")), ("grp_jobs", "")]))
)
def test_of_managed_limits_what_is_not_ordered_is_cleared_and_the_others_stay(one, other, managed):
    wanted = {name: value for name, value in limits_of(other).items() if name in managed}
    found = limits_of(with_limits(one, wanted, managed))
    assert {name: value for name, value in found.items() if name in managed} == wanted
    assert {name: value for name, value in found.items() if name not in managed} == {
        name: value for name, value in limits_of(one).items() if name not in managed
    }


def test_an_association_s_block_is_a_limit_and_an_account_has_none_of_its_kind():
    assert limits_of(Association(account="a", user="u", max_submit_jobs=0)) == {("max_submit_jobs", ""): 0}
    assert "max_submit_jobs" not in {name for name, _ in limits_of(Account(name="a", parent="p", grp_jobs=1))}


def test_limits_are_shown_in_slurm_s_words():
    limits = {("grp_tres_mins", "mem"): 10, ("grp_jobs", ""): 5, ("grp_tres_mins", "cpu"): 600}
    assert shown_limits(limits) == "GrpJobs=5 GrpTRESMins=cpu=600,mem=10"
