"""Which actions of a plan concern one resource, its account and the people in it."""

from collections.abc import Iterable

from agent.core.actions import (
    Action,
    AddAssociation,
    AddCoordinator,
    ApproveOrder,
    FinishOrder,
    RefuseOrder,
    RemoveAssociation,
    RemoveCoordinator,
    RemoveQos,
    ResetUsage,
    SetAssociation,
)
from agent.core.guard import HeldAction
from agent.core.plan import Plan

_OF_ORDER = (ApproveOrder, RefuseOrder, FinishOrder)
_OF_ACCOUNT = (
    AddAssociation,
    RemoveAssociation,
    SetAssociation,
    AddCoordinator,
    RemoveCoordinator,
    ResetUsage,
    RemoveQos,
)
"""Actions that name the account (``account`` or ``account/user``) and not the resource; its QOS has the same name."""


def about(action: Action, resource: str, account: str) -> bool:
    """Whether an action concerns the resource, or the account that it has ("" for none)."""
    if isinstance(action, _OF_ORDER):
        return action.order.resource_uuid == resource
    if isinstance(action, _OF_ACCOUNT):
        return bool(account) and action.subject.partition("/")[0] == account
    return getattr(action, "resource", "") == resource


def planned(plan: Plan, resource: str, account: str) -> tuple[Action, ...]:
    """What the plan does about a resource, in its order."""
    return tuple(action for action in plan.actions if about(action, resource, account))


def held_back(plan: Plan, resource: str, account: str) -> tuple[HeldAction, ...]:
    """What the guard holds of it."""
    return tuple(item for item in plan.held if about(item.action, resource, account))


def noted(plan: Plan, resource: str, orders: Iterable[str]) -> tuple[str, ...]:
    """The notices of a plan about a resource and its orders."""
    signs = [f"({resource[:8]})", *(f"order {order[:8]} " for order in orders)]
    return tuple(text for text in plan.notices if any(sign in text for sign in signs))
