"""UUIDs on the command line."""

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from agent.cli.uuids import one_of

ONE, OTHER, TWIN = "0a1b2c3d" + "1" * 24, "ffffffff" + "2" * 24, "ffffffff" + "3" * 24
KNOWN = {ONE, OTHER, TWIN}


def named(text: str) -> str:
    return one_of(text, KNOWN, "order", "UUID")


@given(length=st.integers(8, 32), dashes=st.booleans(), upper=st.booleans())
def test_any_eight_or_more_first_digits_will_do(length: int, dashes: bool, upper: bool) -> None:
    text = ONE[:length]
    text = f"{text[:8]}-{text[8:]}" if dashes else text
    assert named(text.upper() if upper else text) == ONE


@pytest.mark.parametrize("text", ["", "0a1b2c3", "0a1b2c3d\x1b[2J", "weather-1", "0" * 33])
def test_what_is_no_uuid_is_wrong_usage(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no UUID; give at least 8 of its hexadecimal digits"):
        named(text)


def test_one_that_is_not_there_is_named() -> None:
    with pytest.raises(typer.BadParameter, match="there is no order abcdef01"):
        named("abcdef01")


def test_digits_that_fit_two_are_refused_with_both() -> None:
    with pytest.raises(typer.BadParameter, match=f"could be {OTHER} or {TWIN}; give more digits"):
        named("ffffffff")
    assert named(TWIN[:9]) == TWIN
