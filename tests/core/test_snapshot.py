"""How well a section is known is part of its value."""

import pytest

from agent.core.snapshot import Complete, Missing, Partial, complete, reason, value_or


@pytest.mark.parametrize(
    ("section", "whole", "value", "why"),
    [
        (Complete(()), True, (), ""),
        (Complete((1,)), True, (1,), ""),
        (Partial((1,), "a page was lost"), False, (1,), "a page was lost"),
        (Missing("an outage"), False, (9,), "an outage"),
    ],
)
def test_an_outage_is_never_an_empty_list(section, whole, value, why):
    assert (complete(section), value_or(section, (9,)), reason(section)) == (whole, value, why)
