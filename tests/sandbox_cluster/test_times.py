import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sandbox.cluster import times
from agent.sandbox.cluster.answer import Refused

NOW = 1_790_000_000


@pytest.fixture
def in_utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_utc")
@pytest.mark.parametrize(
    "text", ["2026-10-01", "2026-10-01T00:00", "2026-10-01T00:00:00", "10/01/26", "10/01/26-00:00"]
)
def test_a_day_is_read_in_every_spelling(text):
    assert times.read(text, NOW) == 1_790_812_800


@pytest.mark.usefixtures("in_utc")
def test_a_moment_is_shown_as_it_is_read():
    assert times.shown(times.read("2026-10-05T10:11:12", NOW)) == "2026-10-05T10:11:12"
    assert times.shown(1_790_812_800, "%s") == "1790812800"


def test_now_can_be_shifted():
    assert times.read("now", NOW) == NOW
    assert times.read("now-10minutes", NOW) == NOW - 600
    assert times.read("now+2days", NOW) == NOW + 172_800


def test_the_zone_is_the_one_of_the_process(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Tallinn")
    time.tzset()
    assert times.read("2026-10-01", NOW) == 1_790_812_800 - 3 * 3600
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("text", ["garbage", "", "2026-13-01", "1790000000"])
def test_what_is_no_time_is_refused_in_slurms_words(text):
    with pytest.raises(Refused) as refused:
        times.read(text, NOW)
    assert refused.value.answer.err == f"Invalid time specification (pos=0): {text}\n"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("60", 60), ("2-0", 2880), ("1:00:00", 60), ("10:30", 11), ("1-2:03:04", 1564), ("-1", None), ("UNLIMITED", None)],
)
def test_a_time_limit_is_read_in_minutes_rounded_up(text, minutes):
    assert times.minutes(text) == minutes


@given(st.integers(0, 10**6))
def test_a_limit_is_read_as_it_is_shown(minutes):
    assert times.minutes(times.elapsed(minutes * 60)) == minutes


def test_squeue_shows_short_times():
    assert [times.brief(seconds) for seconds in (7, 3600, 86_400)] == ["0:07", "1:00:00", "1-00:00:00"]
