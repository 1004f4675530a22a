"""Settings of slurm.conf that make an ordered limit untrue, each named with what it should be."""

from dataclasses import replace

import pytest

from agent.core.model.cluster import ClusterFacts
from agent.core.model.marketplace import Component, Offering
from agent.core.snapshot import Complete, Missing
from agent.core.warnings import cluster_warnings
from tests.fixtures.worlds import OFFERING, POLICY, World

GOOD = {
    "AccountingStorageEnforce": "associations,limits,qos,safe",
    "PriorityDecayHalfLife": "00:00:00",
    "PriorityUsageResetPeriod": "NONE",
}
PREPAID = Component(type="cpu", billing_type="limit", limit_period="total")


def warned(*components: Component, **config: str) -> tuple[str, ...]:
    facts = ClusterFacts(name="c1", version="22.05.8", nodes=1, config={**GOOD, **config})
    offering = Offering(
        uuid=OFFERING, name="HPC", state="Active", customer_uuid="c", components=components or (PREPAID,)
    )
    snapshot = replace(World().offering_snapshot(), offering=Complete(offering))
    return cluster_warnings(Complete(facts), [POLICY], {OFFERING: snapshot})


def test_a_cluster_that_enforces_limits_that_never_refill_is_warned_of_nothing():
    assert warned() == ()


@pytest.mark.parametrize("word", ["", "associations,qos"])
def test_limits_that_are_not_enforced_are_the_first_warning(word):
    (line,) = warned(AccountingStorageEnforce=word)
    assert line == (
        f"no limit is enforced: slurm.conf has AccountingStorageEnforce={word or 'none'}, it needs limits (and safe)"
    )


def test_limits_without_safe_kill_jobs():
    assert warned(AccountingStorageEnforce="associations,limits") == (
        "jobs start that will be killed at their limit: slurm.conf needs safe in AccountingStorageEnforce",
    )


@pytest.mark.parametrize("word", ["ALL", "limits, safe"])
def test_enforcement_is_read_however_it_is_written(word):
    assert warned(AccountingStorageEnforce=word) == ()


@pytest.mark.parametrize(("half_life", "lines"), [("0", 0), ("00:00:00", 0), ("7-00:00:00", 1), ("00:10:00", 1)])
def test_a_decay_makes_prepaid_totals_refill(half_life, lines):
    found = warned(PriorityDecayHalfLife=half_life)
    assert len(found) == lines
    assert all(f"PriorityDecayHalfLife={half_life}" in line for line in found)


@pytest.mark.parametrize(
    ("period", "reset", "needed"),
    [
        ("month", "MONTHLY", None),
        ("month", "NONE", None),
        ("month", "YEARLY", "MONTHLY or NONE"),
        ("annual", "YEARLY", None),
        ("quarterly", "MONTHLY", "QUARTERLY or NONE"),
        ("total", "MONTHLY", "NONE"),
        ("total", "(null)", None),
        (None, "NONE", None),
    ],
)
def test_the_reset_has_to_be_the_component_s_period(period, reset, needed):
    found = warned(replace(PREPAID, limit_period=period), PriorityUsageResetPeriod=reset)
    assert [line.endswith(f"it needs {needed}") for line in found] == ([True] if needed else [])


def test_components_that_are_billed_by_usage_or_not_ours_need_no_period():
    usage = Component(type="cpu", billing_type="usage", limit_period="month")
    foreign = Component(type="tape", billing_type="limit", limit_period="month")
    assert warned(usage, foreign, PriorityDecayHalfLife="7-0") == ()


def test_nothing_is_said_of_a_controller_that_did_not_answer():
    assert cluster_warnings(Missing("down"), [POLICY], {OFFERING: World().offering_snapshot()}) == ()
