"""QOS that carry the limits of resources."""

from dataclasses import dataclass

from agent.core.actions.base import Action
from agent.core.actions.wording import with_limits_shown
from agent.core.model.cluster import Qos
from agent.core.snapshot import SectionName as S


@dataclass(frozen=True, slots=True, kw_only=True)
class AddQos(Action):
    """Create the QOS that carries a resource's limits."""

    kind = "add QOS"
    rank = 25
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS, S.QOS})

    qos: Qos
    resource: str

    @property
    def subject(self) -> str:
        """The QOS."""
        return self.qos.name

    def describe(self) -> str:
        """One line for a person."""
        return f"add QOS {self.qos.name}{with_limits_shown(self.qos)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveQos(Action):
    """Delete a QOS of ours that no account uses any more."""

    kind = "remove QOS"
    rank = 87
    needs = frozenset({S.RESOURCES, S.ORDERS, S.ACCOUNTS, S.ASSOCIATIONS, S.QOS})

    qos: str

    @property
    def subject(self) -> str:
        """The QOS."""
        return self.qos

    def describe(self) -> str:
        """One line for a person."""
        return f"remove QOS {self.qos}: its account is gone"
