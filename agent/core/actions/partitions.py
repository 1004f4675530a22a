"""Partitions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.core.actions.base import Action
from agent.core.model.cluster import PartitionValue
from agent.core.snapshot import SectionName as S


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPartition(Action):
    """Set fields of an existing partition: marketplace field → value."""

    kind = "set partition"
    rank = 60
    needs = frozenset({S.OFFERING, S.PARTITIONS})

    partition: str
    changes: Mapping[str, PartitionValue] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """The partition."""
        return self.partition

    def describe(self) -> str:
        """One line for a person."""
        return f"set partition {self.partition}: {', '.join(f'{k}={v}' for k, v in sorted(self.changes.items()))}"
