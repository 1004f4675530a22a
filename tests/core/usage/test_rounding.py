"""The only rounding between Slurm and the bill."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.usage.rounding import amount


@pytest.mark.parametrize(
    ("seconds", "factor", "expected"),
    [
        (0, 60, "0.00"),
        (3600, 60, "1.00"),
        (17, 60, "0.00"),
        (18, 60, "0.01"),
        (54, 60, "0.02"),
        (1024 * 3600, 61_440, "1.00"),
        (10**18, 1, "16666666666666666.67"),
    ],
)
def test_half_a_cent_is_rounded_up(seconds, factor, expected):
    assert amount(seconds, factor) == Decimal(expected)
    assert str(amount(seconds, factor)) == expected


@given(st.integers(0, 2**63), st.integers(1, 10**6))
def test_an_amount_is_the_exact_quotient_within_half_a_cent(seconds, factor):
    exact = Fraction(seconds, 60 * factor)
    error = Fraction(amount(seconds, factor)) - exact
    assert -Fraction(1, 200) < error <= Fraction(1, 200)


@given(st.integers(0, 2**50), st.integers(0, 2**50), st.integers(1, 10**6))
def test_more_use_is_never_a_smaller_amount(less, more, factor):
    assert amount(less, factor) <= amount(less + more, factor)
