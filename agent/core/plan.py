"""The plan: a value. What runs, in its order; what is held, and why; what a person should know."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from agent.core.actions import Action
from agent.core.admission import RefusedRecord
from agent.core.diff.whole import Settled
from agent.core.guard import HeldAction, held_checksum
from agent.core.members import Waiting
from agent.core.model.directory import Directory
from agent.core.model.marketplace import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything one cycle would do.

    ``directory`` is what the directory will hold once the allowed actions ran; None when it is not written.
    ``strangers`` are associations in our accounts that somebody else made; ``inherited`` are ours,
    and not in the journal yet. ``usernames``: (offering, person) → a name the journal does not know yet;
    ``holders``: the same of service accounts, name → holder. ``settled``:
    what the journal is to note. ``managed``: offering → objects. ``refused``: records of the feeds that are not
    served; ``persons``: name → whose record is served under it; ``own_groups``: name → gid of the user's own group.
    """

    at: float
    actions: tuple[Action, ...]
    held: tuple[HeldAction, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    unhandled: tuple[Order, ...] = ()
    notices: tuple[str, ...] = ()
    refused: tuple[RefusedRecord, ...] = ()
    strangers: tuple[str, ...] = ()
    inherited: tuple[tuple[str, str], ...] = ()
    usernames: Mapping[tuple[str, str], str] = field(default_factory=dict)
    holders: Mapping[str, str] = field(default_factory=dict)
    settled: Settled = field(default_factory=Settled)
    managed: Mapping[str, int]
    directory: Directory | None = None
    persons: Mapping[str, str] = field(default_factory=dict)
    own_groups: Mapping[str, int] = field(default_factory=dict)

    @property
    def checksum(self) -> str:
        """What identifies the allowed actions, whenever they are computed."""
        text = json.dumps([_value(action) for action in self.actions], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def held_checksum(self) -> str:
        """What ``agent guard release`` takes; "" when nothing releasable is held."""
        return held_checksum(self.held)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do and nothing held."""
        return not self.actions and not self.held

    def to_json(self) -> dict[str, object]:
        """The plan for a machine: no secret is in it, for none is in any action."""
        return {
            "at": self.at,
            "checksum": self.checksum,
            "actions": [_value(action) for action in self.actions],
            "held_checksum": self.held_checksum,
            "held": [
                {**_value(item.action), "reason": item.reason, "since": item.since, "releasable": item.releasable}
                for item in self.held
            ],
            "waiting": [asdict(item) for item in self.waiting],
            "not_handled_yet": [
                {"order": order.uuid, "type": order.type, "resource": order.resource_name} for order in self.unhandled
            ],
            "notices": list(self.notices),
            "not_served": [asdict(record) for record in self.refused],
            "left_alone": list(self.strangers),
        }


def _value(action: Action) -> dict[str, object]:
    return {"kind": action.kind, "key": action.key, "text": action.describe(), **asdict(action)}
