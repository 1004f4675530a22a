"""Billing months are UTC calendar months, whatever the host's zone."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.usage.months import month_name, month_start


def at(*when: int) -> float:
    return datetime(*when, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("moment", "name", "start"),
    [
        (at(2026, 11, 30, 23, 59, 59), "2026-11", at(2026, 11, 1)),
        (at(2026, 12, 1), "2026-12", at(2026, 12, 1)),
        (at(2028, 2, 29, 12), "2028-02", at(2028, 2, 1)),
        (at(2027, 1, 1) - 0.001, "2026-12", at(2026, 12, 1)),
    ],
)
def test_a_moment_belongs_to_its_utc_month(moment, name, start):
    assert (month_name(moment), month_start(moment)) == (name, start)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_zone_of_the_host_moves_no_second_into_another_month(monkeypatch, zone):
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        found = month_name(at(2026, 12, 1)), month_start(at(2026, 11, 30, 23, 59, 59))
    time.tzset()
    assert found == ("2026-12", at(2026, 11, 1))


@given(st.floats(0, 4e9))
def test_a_month_begins_before_its_moments_and_is_at_most_31_days_long(moment):
    start = month_start(moment)
    assert start <= moment < start + 31 * 86_400
    assert month_start(start) == start
    assert month_name(start) == month_name(moment)
