"""What a resource and its order ask for, over every pair of states."""

from dataclasses import replace

import pytest

from agent.core.model.marketplace import Order, OrderState, OrderType, Resource, ResourceState
from agent.core.orders import Step, needs_resource, ours_to_move, step
from tests.fixtures.worlds import POLICY

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
    assert step(resource(of), order(OrderType.UPDATE, state)) is Step.UPDATE
    assert step(resource(of), order(OrderType.RESTORE, state)) is Step.RESTORE


@pytest.mark.parametrize("state", [one for one in OrderState if one not in OURS])
@pytest.mark.parametrize("kind", list(OrderType))
@pytest.mark.parametrize("of", list(ResourceState))
def test_an_order_that_waits_for_somebody_else_changes_nothing(of, kind, state):
    assert step(resource(of), order(kind, state)) is step(resource(of), None)


@pytest.mark.parametrize("of", list(ResourceState))
def test_without_an_order_only_what_stands_already_is_kept(of):
    assert step(resource(of), None) is (Step.KEEP if of in STANDING else Step.NONE)


@pytest.mark.parametrize("of", list(ResourceState))
def test_an_order_of_an_unknown_type_neither_makes_nor_takes_away(of):
    unknown = order(OrderType.OTHER, OrderState.EXECUTING)
    assert step(resource(of), unknown) is step(resource(of), None)
    assert step(None, unknown) is Step.UNHANDLED


@pytest.mark.parametrize("kind", [OrderType.CREATE, OrderType.UPDATE, OrderType.RESTORE, OrderType.TERMINATE])
def test_every_type_of_order_that_is_known_is_handled(kind):
    assert step(None, order(kind, OrderState.EXECUTING)) is not Step.UNHANDLED


def test_what_an_order_makes_is_made_where_it_is_not_there():
    assert {one for one in Step if one.makes} == {Step.CREATE, Step.UPDATE, Step.RESTORE}


@pytest.mark.parametrize(("approval", "moves"), [("auto", True), ("ask", True), ("manual", False)])
def test_a_pending_order_is_a_person_s_to_move_only_where_the_settings_say_so(approval, moves):
    policy = replace(POLICY, approval=approval)
    assert ours_to_move(policy, order(OrderType.CREATE, OrderState.PENDING_PROVIDER)) is moves
    assert ours_to_move(policy, order(OrderType.CREATE, OrderState.EXECUTING))


@pytest.mark.parametrize("state", [one for one in OrderState if one not in OURS])
def test_no_approval_makes_an_order_that_waits_for_somebody_else_ours(state):
    for approval in ("auto", "manual", "ask"):
        assert not ours_to_move(replace(POLICY, approval=approval), order(OrderType.CREATE, state))


def test_only_a_restore_is_about_a_resource_that_no_listing_shows():
    asks = {kind for kind in OrderType if needs_resource(order(kind, OrderState.EXECUTING))}
    assert asks == {OrderType.RESTORE}
    assert not needs_resource(order(OrderType.RESTORE, OrderState.DONE))
