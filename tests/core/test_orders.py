"""What a resource and its order ask for, over every pair of states."""

import pytest

from agent.core.model.marketplace import Order, OrderState, OrderType, Resource, ResourceState
from agent.core.orders import Step, step

OURS = [OrderState.PENDING_PROVIDER, OrderState.EXECUTING]
STANDING = {ResourceState.OK, ResourceState.UPDATING, ResourceState.ERRED}


def resource(state: ResourceState) -> Resource:
    return Resource(uuid="r", name="r", slug="r", state=state)


def order(kind: OrderType, state: OrderState) -> Order:
    return Order(uuid="o", type=kind, state=state, resource_uuid="r")


@pytest.mark.parametrize("state", OURS)
@pytest.mark.parametrize("of", list(ResourceState))
def test_an_order_that_is_ours_to_move_decides(of, state):
    assert step(resource(of), order(OrderType.CREATE, state)) is Step.CREATE
    assert step(resource(of), order(OrderType.TERMINATE, state)) is Step.TERMINATE


@pytest.mark.parametrize("state", [one for one in OrderState if one not in OURS])
@pytest.mark.parametrize("kind", list(OrderType))
@pytest.mark.parametrize("of", list(ResourceState))
def test_an_order_that_waits_for_somebody_else_changes_nothing(of, kind, state):
    assert step(resource(of), order(kind, state)) is step(resource(of), None)


@pytest.mark.parametrize("of", list(ResourceState))
def test_without_an_order_only_what_stands_already_is_kept(of):
    assert step(resource(of), None) is (Step.KEEP if of in STANDING else Step.NONE)


@pytest.mark.parametrize("kind", [OrderType.UPDATE, OrderType.RESTORE, OrderType.OTHER])
@pytest.mark.parametrize("of", list(ResourceState))
def test_an_order_of_another_type_neither_makes_nor_takes_away(of, kind):
    assert step(resource(of), order(kind, OrderState.EXECUTING)) is step(resource(of), None)
    assert step(None, order(kind, OrderState.EXECUTING)) is Step.UNHANDLED
