"""Totals over a period: who begins the count anew, when, and which settings make that impossible."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.model.marketplace import Component, Offering
from agent.core.periods import another_length, over, period_of, periods, reset_by_agent, untrue
from agent.core.policy import ComponentRule, LimitKind
from tests.fixtures.worlds import POLICY

NEVER = {"PriorityUsageResetPeriod": "NONE", "PriorityDecayHalfLife": "00:00:00"}
ON_QOS = replace(POLICY, limits_on="qos")


def sold(*found: str | None, billing: str = "limit") -> Offering:
    parts = [
        Component(type=name, billing_type=billing, limit_period=period, unit_factor=1)
        for name, period in zip(("cpu", "ram"), found, strict=False)
    ]
    return Offering(uuid="o", name="HPC", state="Active", customer_uuid="c", components=tuple(parts))


def at(*moment: int) -> float:
    return datetime(*moment, tzinfo=UTC).timestamp()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("moment", "month", "quarter", "year"),
    [
        ((2026, 1, 1), "2026-01", "2026-q1", "2026"),
        ((2026, 3, 31, 23, 59, 59), "2026-03", "2026-q1", "2026"),
        ((2026, 4, 1), "2026-04", "2026-q2", "2026"),
        ((2026, 9, 30, 23, 59, 59), "2026-09", "2026-q3", "2026"),
        ((2026, 12, 31, 23, 59, 59), "2026-12", "2026-q4", "2026"),
    ],
)
def test_periods_begin_at_midnight_utc(moment, month, quarter, year):
    names = [period_of(at(*moment), period) for period in ("month", "quarterly", "annual")]
    assert names == [month, quarter, year]


@pytest.mark.parametrize(
    ("before", "now", "ended"),
    [
        ("2026-11", "2026-11", False),
        ("2026-11", "2026-12", True),
        ("2026-12", "2027-01", True),
        ("2026-q4", "2027-q1", True),
        ("2026", "2027", True),
        ("2026-12", "2026-11", False),
        ("2026", "2026-11", False),
        ("2026", "2027-01", True),
        ("2026-11", "2026-q4", False),
        ("2026-09", "2026-q4", True),
        ("2026-11", "2026", False),
    ],
)
def test_a_period_is_over_only_when_the_next_one_begins_after_it(before, now, ended):
    assert over(before, now) is ended


@pytest.mark.parametrize(
    ("before", "now", "other"), [("2026-11", "2026-q4", True), ("2026", "2026-q1", True), ("2026-q1", "2026-q2", False)]
)
def test_a_month_a_quarter_and_a_year_have_another_length(before, now, other):
    assert another_length(before, now) is other


@given(st.floats(0, 4 * 10**9), st.floats(0, 4 * 10**9), st.sampled_from(["month", "quarterly", "annual"]))
def test_of_one_length_a_later_period_is_another_name_and_the_other_way_round(one, other, length):
    early, late = sorted([one, other])
    before, now = period_of(early, length), period_of(late, length)
    assert over(before, now) is (before != now)
    assert not over(now, before)


def test_on_an_account_the_agent_resets_only_where_slurm_does_not():
    assert reset_by_agent(POLICY, sold("month"), NEVER) == "month"
    assert reset_by_agent(POLICY, sold("month"), {"PriorityUsageResetPeriod": "MONTHLY"}) == ""
    assert reset_by_agent(POLICY, sold("month"), {"PriorityUsageResetPeriod": "YEARLY"}) == ""


def test_on_a_qos_the_agent_resets_whatever_slurm_does():
    assert reset_by_agent(ON_QOS, sold("quarterly"), {"PriorityUsageResetPeriod": "MONTHLY"}) == "quarterly"


@pytest.mark.parametrize("kinds", [(), ("total",), (None,), ("month", "annual"), ("month", None)])
def test_a_total_for_good_or_of_several_periods_is_never_reset(kinds):
    assert reset_by_agent(POLICY, sold(*kinds), NEVER) == ""
    assert reset_by_agent(ON_QOS, sold(*kinds), NEVER) == ""


def test_only_totals_that_are_ordered_have_a_period():
    assert periods(POLICY, sold("month", billing="usage")) == []
    rule = ComponentRule(tres="cpu", factor=1, limit=LimitKind.GRP_TRES)
    assert periods(replace(POLICY, components={"cpu": rule}), sold("month")) == []
    assert periods(POLICY, sold("month", "month")) == ["month"]


def test_totals_of_different_periods_cannot_be_kept_in_one_account_and_the_plan_says_so():
    (line,) = untrue(POLICY, sold("month", "annual"), NEVER)
    assert line.startswith("offering HPC: totals of different periods (yearly, monthly) cannot be kept in one account")
    assert list(untrue(ON_QOS, sold("month", "annual"), NEVER)) == [line]


def test_a_decay_is_named_with_both_remedies_and_a_qos_is_one():
    decays = {**NEVER, "PriorityDecayHalfLife": "7-00:00:00"}
    (line,) = untrue(POLICY, sold("total"), decays)
    assert "PriorityDecayHalfLife=7-00:00:00" in line
    assert 'PriorityDecayHalfLife=0, or limits_on = "qos"' in line
    assert list(untrue(ON_QOS, sold("total"), decays)) == []


def test_a_reset_of_another_period_is_named_for_the_component_it_makes_untrue():
    config = {**NEVER, "PriorityUsageResetPeriod": "MONTHLY"}
    assert list(untrue(POLICY, sold("total"), config)) == [
        "the limit of component cpu counts per total: slurm.conf has PriorityUsageResetPeriod=MONTHLY, it needs NONE"
    ]
    assert list(untrue(POLICY, sold("month"), config)) == []
    assert list(untrue(ON_QOS, sold("total"), config)) == []


def test_an_offering_without_totals_needs_nothing_of_slurm_conf():
    assert list(untrue(POLICY, sold(), {"PriorityDecayHalfLife": "7-0"})) == []
