"""Amounts, for every number."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sandbox.marketplace import amounts


@given(st.decimals(-(10**17), 10**17, places=2))
def test_two_places_and_twenty_digits_are_taken_unchanged(number):
    assert amounts.parse(str(number)) == number
    assert -amounts.parse(str(number)).as_tuple().exponent == 2


@given(st.integers(1, 10**9), st.integers(3, 9))
def test_a_third_place_is_refused_even_when_it_is_tiny(number, places):
    text = f"{number}.{'0' * (places - 1)}1"
    with pytest.raises(ValueError, match="2 decimal places"):
        amounts.parse(text)


@given(st.one_of(st.none(), st.booleans(), st.lists(st.integers()), st.sampled_from(["", "Infinity", "-inf", "1,5"])))
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="valid number"):
        amounts.parse(value)


def test_numbers_may_come_as_json_numbers():
    assert [amounts.parse(value) for value in (3, 10.25)] == [Decimal(3), Decimal("10.25")]
