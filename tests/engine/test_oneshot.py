"""How a one-shot run ends, by what it saw and did."""

from dataclasses import replace

import pytest

from agent.core.snapshot import Missing, Partial
from agent.engine.oneshot import UsageRun, down, exit_code, in_doubt, nothing_known, usage_after
from agent.engine.usage import UsageReport
from agent.errors import AgentError, ConfigError, Held, NotConverged, Unavailable
from tests.fixtures.memory_site import MemorySite

GOOD = UsageRun(UsageReport(month="2026-11"))


def test_a_run_with_nothing_to_do_ends_with_0(lab: MemorySite, project: str) -> None:
    assert exit_code(lab.cycle(), GOOD) == 0


def test_something_held_ends_with_3(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    assert exit_code(lab.cycle(), GOOD) == 3


def test_something_that_failed_ends_with_4_even_when_something_is_held(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    lab.order(project, "storm")
    lab.memory.refuses = {"climate-1-storm-1": "no"}
    assert exit_code(lab.cycle(), GOOD) == 4


def test_usage_that_was_not_told_ends_with_4(lab: MemorySite, project: str) -> None:
    failed = UsageRun(UsageReport(month="2026-11", failed={"a": "b"}))
    assert exit_code(lab.cycle(), failed) == 4


def test_an_outage_ends_with_75_whatever_else_happened(lab: MemorySite, project: str) -> None:
    lab.leave(project, "ada")
    cycle = lab.cycle()
    blind = replace(cycle.observed, cluster=replace(cycle.cluster, associations=Missing("slurmdbd is away")))
    assert exit_code(replace(cycle, observed=blind), GOOD) == 75
    assert exit_code(cycle, UsageRun(None, "sacct is away")) == 75


def test_a_part_that_was_not_read_whole_ends_with_75_too_for_nobody_was_removed_by_it(
    lab: MemorySite, project: str
) -> None:
    cycle = lab.cycle()
    offering = replace(cycle.observed.offerings[lab.offering], teams=Partial((), "a row cannot be read"))
    doubtful = replace(cycle.observed, offerings={lab.offering: offering})
    assert (down(doubtful), in_doubt(doubtful)) == ("", "a row cannot be read")
    assert exit_code(replace(cycle, observed=doubtful), GOOD) == 75
    failed = UsageRun(UsageReport(month="2026-11", failed={"a": "b"}))
    assert exit_code(replace(cycle, observed=doubtful), failed) == 4, "what failed is not hidden by a doubt"


def test_usage_that_a_doubtful_list_hid_ends_with_75(lab: MemorySite, project: str) -> None:
    hidden = UsageRun(UsageReport(month="2026-11", failed={"a": "b"}, outage="a row cannot be read"))
    assert exit_code(lab.cycle(), hidden) == 75


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotConverged("GLAuth does not serve it"), 4),
        (ConfigError("the base cannot be used"), 78),
        (Unavailable("the file cannot be written"), 75),
        (Held("rolled back"), 3),
    ],
)
def test_a_directory_that_is_not_served_ends_with_its_own_code(
    lab: MemorySite, project: str, error: AgentError, code: int
) -> None:
    assert exit_code(replace(lab.cycle(), directory_error=error), GOOD) == code


def test_the_first_outage_is_named(lab: MemorySite, project: str) -> None:
    lab.server.faults.add("status", "marketplace-offering-users/", value=500)
    reason = down(lab.cycle().observed)
    assert "marketplace-offering-users" in reason
    assert "the marketplace cannot answer now" in reason


def test_nothing_is_known_only_when_both_sides_are_away(lab: MemorySite, project: str) -> None:
    observed = lab.cycle().observed
    nothing_known(observed)
    away = replace(observed.cluster, accounts=Missing("slurmdbd is away"))
    nothing_known(replace(observed, cluster=away))
    offering = replace(observed.offerings[lab.offering], orders=Missing("the marketplace is away"))
    with pytest.raises(Unavailable, match="slurmdbd is away; the marketplace is away"):
        nothing_known(replace(observed, cluster=away, offerings={lab.offering: offering}))


def test_usage_after_a_cycle_reads_no_section_twice(lab: MemorySite, project: str) -> None:
    with lab.world_of() as (_, world):
        cycle = lab.cycle()
        lab.server.reset_counts()
        run = usage_after(world, world.policies, cycle)
    assert run.report is not None
    assert run.report.resources == 1
    assert lab.server.requests == []
