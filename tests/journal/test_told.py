"""What the marketplace was told already."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def test_amounts_are_kept_by_month_and_resource_to_the_cent(journal):
    journal.tell_usage("2026-11", "r1", {("cpu", ""): Decimal("0.10"), ("cpu", "alice"): Decimal("0.10")}, 1.0)
    journal.tell_usage("2026-11", "r2", {("cpu", ""): Decimal(7)}, 1.0)
    journal.tell_usage("2026-12", "r1", {("cpu", ""): Decimal("0.01")}, 2.0)
    assert journal.told_usage("2026-11") == {
        "r1": {("cpu", ""): Decimal("0.10"), ("cpu", "alice"): Decimal("0.10")},
        "r2": {("cpu", ""): Decimal(7)},
    }
    assert journal.told_usage("2026-10") == {}


def test_a_later_amount_replaces_the_one_before_and_leaves_the_others(journal):
    journal.tell_usage("2026-11", "r", {("cpu", ""): Decimal(1), ("ram", ""): Decimal(2)}, 1.0)
    journal.tell_usage("2026-11", "r", {("cpu", ""): Decimal(3)}, 2.0)
    assert journal.told_usage("2026-11")["r"] == {("cpu", ""): Decimal(3), ("ram", ""): Decimal(2)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.decimals(0, 10**15, places=2))
def test_an_amount_comes_back_as_it_went_in(journal, amount):
    journal.tell_usage("2026-11", "r", {("cpu", ""): amount}, 1.0)
    assert str(journal.told_usage("2026-11")["r"]["cpu", ""]) == str(amount)


def test_metadata_never_told_is_older_than_anything(journal):
    assert journal.told_metadata("offering") == (0.0, "")
    journal.tell_metadata("offering", "abc", 5.0)
    journal.tell_metadata("offering", "def", 6.0)
    journal.tell_metadata("resource", "ghi", 7.0)
    assert journal.told_metadata("offering") == (6.0, "def")
