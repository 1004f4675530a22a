"""How much a resource has: the order's amounts, else its own, on top of what its plan includes."""

from datetime import UTC, datetime

import pytest

from agent.core.amounts import above_maximum, amounts, months
from agent.core.model.marketplace import Component, Offering, Order, OrderState, OrderType, Resource, ResourceState
from tests.fixtures.worlds import POLICY

OFFERED = Offering(
    uuid="o",
    name="HPC",
    state="Active",
    customer_uuid="c",
    quotas={"small": {"cpu": 1, "ram": 2}, "large": {"cpu": 100}},
)


def resource(**fields: object) -> Resource:
    return Resource(uuid="r", name="r", slug="r", state=ResourceState.OK, **fields)  # type: ignore[arg-type]


def order(kind: OrderType, **fields: object) -> Order:
    return Order(uuid="o", type=kind, state=OrderState.EXECUTING, resource_uuid="r", **fields)  # type: ignore[arg-type]


def test_without_an_order_the_resource_s_own_limits_count_on_top_of_its_plan():
    assert amounts(OFFERED, resource(limits={"cpu": 7}, plan_uuid="small"), None) == {"cpu": 7, "ram": 2}


def test_an_update_says_what_is_to_be():
    found = amounts(OFFERED, resource(limits={"cpu": 7}), order(OrderType.UPDATE, limits={"cpu": 9}))
    assert found == {"cpu": 9}


def test_an_update_of_the_plan_alone_keeps_the_limits_and_takes_the_new_plan_s_amounts():
    one = resource(limits={"ram": 7}, plan_uuid="small")
    assert amounts(OFFERED, one, order(OrderType.UPDATE, plan_uuid="large")) == {"cpu": 100, "ram": 7}


def test_a_create_order_without_limits_has_what_its_plan_includes_and_nothing_else():
    one = resource(limits={"ram": 7})
    assert amounts(OFFERED, one, order(OrderType.CREATE, plan_uuid="large")) == {"cpu": 100}


@pytest.mark.parametrize("kind", [OrderType.RESTORE, OrderType.TERMINATE])
def test_an_order_that_asks_for_no_amounts_changes_none(kind):
    one = resource(limits={"cpu": 7}, plan_uuid="small")
    assert amounts(OFFERED, one, order(kind, limits={"cpu": 0}, plan_uuid="large")) == {"cpu": 7, "ram": 2}


def test_an_offering_that_could_not_be_read_includes_nothing():
    assert amounts(None, resource(limits={"cpu": 7}, plan_uuid="small"), None) == {"cpu": 7}


def at(*moment: int) -> float:
    return datetime(*moment, tzinfo=UTC).timestamp()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("ends", "count"),
    [((2026, 12, 15), 1), ((2026, 12, 16), 2), ((2027, 1, 15), 2), ((2027, 11, 15), 12), ((2027, 12, 1), 13)],
)
def test_a_begun_month_counts_as_a_whole_one(ends, count):
    assert months(resource(created=at(2026, 11, 15, 23), ends=at(*ends))) == count


def test_without_an_end_or_a_beginning_one_month_is_paid_for():
    assert months(resource(created=at(2026, 11, 15))) == 1
    assert months(resource(ends=at(2027, 11, 15))) == 1
    assert months(resource(created=at(2026, 11, 15), ends=at(2026, 1, 1))) == 1


def test_what_is_above_the_offering_s_maximum_is_named_with_both_figures():
    sold = [Component(type="cpu", max_value=10), Component(type="ram", max_value=5)]
    assert above_maximum(POLICY, sold, {"cpu": 10, "ram": 5}) == ""
    assert above_maximum(POLICY, sold, {"cpu": 11, "ram": 6}) == (
        "the limit of cpu, 11, is above the offering's maximum of 10;"
        " the limit of ram, 6, is above the offering's maximum of 5"
    )


def test_a_maximum_of_nothing_and_none_at_all_are_told_apart():
    assert above_maximum(POLICY, [Component(type="cpu", max_value=0)], {"cpu": 1})
    assert above_maximum(POLICY, [Component(type="cpu")], {"cpu": 10**9}) == ""


def test_a_component_that_the_settings_do_not_name_has_no_maximum_here():
    assert above_maximum(POLICY, [Component(type="tape", max_value=1)], {"tape": 2}) == ""
