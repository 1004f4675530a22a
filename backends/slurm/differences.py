"""What of a change is still to be done, by what Slurm shows (pure)."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeAlias, TypeVar

from agent.core.model.cluster import Account, Association

T = TypeVar("T", Account, Association)
V = TypeVar("V")

AccountChange: TypeAlias = tuple[Account, Account]
"""What an account was when it was observed, and what it is to be."""
AssociationChange: TypeAlias = tuple[Association, Association]
Change: TypeAlias = AccountChange | AssociationChange


def refreshed(before: T, after: T, shown: T) -> T:
    """``before`` with what is shown now wherever something is to change; equal to ``after`` when all is done.

    What is not to change is not looked at: somebody else may have changed it.
    """
    values: dict[str, Any] = {
        one.name: _now(getattr(before, one.name), getattr(after, one.name), getattr(shown, one.name))
        for one in fields(before)
    }
    return replace(before, **values)


def _now(before: V, after: V, shown: V) -> V | dict[str, int]:
    if isinstance(before, Mapping) and isinstance(after, Mapping) and isinstance(shown, Mapping):
        changing = {tres for tres in {*before, *after} if before.get(tres) != after.get(tres)}
        kept = {tres: value for tres, value in after.items() if tres not in changing}
        return {**kept, **{tres: value for tres, value in shown.items() if tres in changing}}
    return before if before == after else shown
