"""Limits: ordered times factor, in whole TRES-minutes."""

from dataclasses import replace

import pytest

from agent.core.limits import LARGEST, LARGEST_MEMORY, factors, limits, without_factor
from agent.core.model.marketplace import Component
from agent.core.policy import ComponentRule
from tests.fixtures.worlds import POLICY, SOLD


def test_a_limit_is_what_was_ordered_times_the_factor():
    found = limits(POLICY, SOLD, {"cpu": 100, "ram": 3})
    assert found.grp_tres_mins == {"cpu": 6_000, "mem": 184_320}
    assert (found.unmapped, found.refused) == ((), "")


def test_a_limit_of_zero_is_a_limit():
    assert limits(POLICY, SOLD, {"cpu": 0}).grp_tres_mins == {"cpu": 0}


def test_a_component_that_was_not_ordered_has_no_limit():
    assert limits(POLICY, SOLD, {}).grp_tres_mins == {}


def test_the_settings_come_before_the_server_s_factor():
    assert factors(POLICY, [Component(type="cpu", unit_factor=7), Component(type="ram", unit_factor=2)]) == {
        "cpu": 60,
        "ram": 2,
    }


@pytest.mark.parametrize("served", [None, 0, -5])
def test_a_factor_that_is_none_is_a_configuration_that_cannot_be_used(served):
    components = [Component(type="ram", unit_factor=served)]
    assert without_factor(POLICY, components) == ("ram",)
    assert limits(POLICY, components, {"ram": 5}).grp_tres_mins == {}


def test_a_component_outside_the_settings_is_named_and_never_sent():
    found = limits(POLICY, SOLD, {"cpu": 1, "tape": 4, "disk": 2})
    assert found.grp_tres_mins == {"cpu": 60}
    assert found.unmapped == ("disk", "tape")


def test_a_negative_limit_is_refused_by_name():
    assert limits(POLICY, SOLD, {"cpu": -1, "ram": 1}).refused == "the limit of cpu is negative"


@pytest.mark.parametrize(("tres", "largest"), [("cpu", LARGEST), ("mem", LARGEST_MEMORY)])
def test_a_limit_is_refused_from_where_slurm_no_longer_shows_it_as_it_is(tres, largest):
    policy = replace(POLICY, components={"part": ComponentRule(tres=tres, factor=1)})
    assert limits(policy, (), {"part": largest}).refused == ""
    assert limits(policy, (), {"part": largest + 1}).refused == f"the limit of {tres} is larger than Slurm can hold"
