"""Orders: taken up, refused for good, reported done."""

from dataclasses import dataclass

from agent.core.actions.base import Action
from agent.core.model.marketplace import Order
from agent.core.snapshot import SectionName as S


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveOrder(Action):
    """Take a pending order up: pending-provider → executing. ``asking`` is the command that decides, if one does."""

    kind = "approve order"
    rank = 10
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS})

    order: Order
    asking: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The order."""
        return self.order.uuid

    def describe(self) -> str:
        """One line for a person."""
        asking = f" if {self.asking[0]} says yes" if self.asking else ""
        return f"approve order {self.order.uuid[:8]}: {self.order.type} {self.order.resource_name}{asking}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseOrder(Action):
    """Err an order for what is known before any effect: ``reason`` for the customer, ``detail`` for the admin."""

    kind = "refuse order"
    rank = 15
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS})

    order: Order
    reason: str
    detail: str

    @property
    def subject(self) -> str:
        """The order."""
        return self.order.uuid

    def describe(self) -> str:
        """One line for a person."""
        return f"refuse order {self.order.uuid[:8]} ({self.order.resource_name}): {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishOrder(Action):
    """Acknowledge an order once Slurm shows it: a Create's account is there, a Terminate's is gone.

    ``keeps``: a Terminate's account is kept disabled, without users.
    """

    kind = "finish order"
    rank = 90
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS})

    order: Order
    account: str
    keeps: bool = False

    @property
    def subject(self) -> str:
        """The order."""
        return self.order.uuid

    def describe(self) -> str:
        """One line for a person."""
        return f"report order {self.order.uuid[:8]} ({self.order.type} {self.order.resource_name}) as done"
