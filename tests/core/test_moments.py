"""Moments, days and months, all in UTC."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.moments import day, day_start, moment, months_between

SECONDS = st.floats(0, 4 * 10**9)


@given(SECONDS)
def test_a_moment_lies_in_the_day_it_is_on(at):
    start = day_start(day(at))
    assert start is not None
    assert start <= at < start + 86_400


@pytest.mark.parametrize("text", ["", "2026-13-01", "2026-02-30", "yesterday", "20261124", "2026-11-24 "])
def test_what_is_no_day_begins_nowhere(text):
    assert day_start(text) is None


def test_no_moment_is_shown_as_nothing():
    assert (moment(None), moment(0.0)) == ("", "1970-01-01 00:00 UTC")


def at(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ((2026, 1, 31), (2026, 2, 28), 1),
        ((2026, 1, 15), (2026, 2, 15), 1),
        ((2026, 1, 15), (2026, 2, 16), 2),
        ((2026, 12, 31), (2027, 1, 1), 1),
        ((2026, 1, 1), (2026, 1, 1), 0),
        ((2026, 5, 1), (2026, 1, 1), 0),
    ],
)
def test_a_begun_month_is_a_whole_one_and_time_never_runs_backwards(start, end, count):
    assert months_between(at(*start), at(*end)) == count


@given(SECONDS, SECONDS)
def test_a_longer_time_never_has_fewer_months(one, other):
    early, late = sorted([one, other])
    assert 0 <= months_between(0.0, early) <= months_between(0.0, late)
