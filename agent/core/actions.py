"""The actions a plan is made of: one type each for the printed plan, the journal, the metrics and the tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, TypeAlias

from agent.core.model.cluster import Account, PartitionValue
from agent.core.model.directory import DirectoryUser
from agent.core.model.marketplace import Order
from agent.core.snapshot import SectionName as S


class Evidence(StrEnum):
    """What a destructive action rests on."""

    ABSENCE = "absence"
    """It is not in a list any more: needs two complete snapshots and stays within the budget."""
    POSITIVE = "positive"
    """An order, an expired role, a restriction: one decision somebody made."""
    RISK = "risk"
    """Nothing is removed, but running work may be killed: needs a person's word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One change. ``offering`` is whose it is; ``evidence`` is set on destructive actions only."""

    kind: ClassVar[str]
    rank: ClassVar[int]
    """Where it stands in a plan: additions first, blocks before deletions."""
    needs: ClassVar[frozenset[S]]
    """The sections that must be complete for the diff to produce it."""

    offering: str
    evidence: Evidence | None = None

    @property
    def subject(self) -> str:
        """The object it is about, unique within its kind."""
        raise AssertionError(self.kind)

    @property
    def key(self) -> str:
        """What identifies it from cycle to cycle."""
        return f"{self.kind} {self.subject}"

    def describe(self) -> str:
        """One line for a person."""
        raise AssertionError(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveOrder(Action):
    """Take a pending order up: pending-provider → executing."""

    kind = "approve order"
    rank = 10
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS})

    order: Order

    @property
    def subject(self) -> str:
        """The order."""
        return self.order.uuid

    def describe(self) -> str:
        """One line for a person."""
        return f"approve order {self.order.uuid[:8]}: {self.order.type} {self.order.resource_name}"


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
class PutDirectoryUser(Action):
    """Add a user to the directory or change its record."""

    kind = "put directory user"
    rank = 20
    needs = frozenset({S.DIRECTORY})

    user: DirectoryUser
    before: DirectoryUser | None = None

    @property
    def subject(self) -> str:
        """The unix name."""
        return self.user.name

    def describe(self) -> str:
        """One line for a person: what is new, or which fields change."""
        if self.before is None:
            return f"add {self.user.name} (uid {self.user.uidnumber}) to the directory"
        changed = [
            name
            for name in DirectoryUser.__dataclass_fields__
            if getattr(self.before, name) != getattr(self.user, name)
        ]
        return f"change {self.user.name} in the directory: {', '.join(changed)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PutDirectoryGroups(Action):
    """Bring the directory's groups in line; users are not touched by it."""

    kind = "put directory groups"
    rank = 21
    needs = frozenset({S.DIRECTORY})

    added: tuple[str, ...]
    dropped: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The groups, all together."""
        return "groups"

    def describe(self) -> str:
        """One line for a person."""
        return f"groups in the directory: {len(self.added)} added, {len(self.dropped)} dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAccount(Action):
    """Create an account with its marker and limits."""

    kind = "create account"
    rank = 30
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS})

    account: Account
    resource: str

    @property
    def subject(self) -> str:
        """The account."""
        return self.account.name

    def describe(self) -> str:
        """One line for a person."""
        return f"create account {self.account.name} under {self.account.parent}{_limits(self.account.grp_tres_mins)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddAssociation(Action):
    """Let a user use an account."""

    kind = "add association"
    rank = 40
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS})

    account: str
    user: str

    @property
    def subject(self) -> str:
        """``account/user``."""
        return f"{self.account}/{self.user}"

    def describe(self) -> str:
        """One line for a person."""
        return f"add user {self.user} to account {self.account}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLimits(Action):
    """Bring an account's limits to what was ordered. Lowering one can kill running jobs (docs/slurm.md)."""

    kind = "set limits"
    rank = 50
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS, S.RESOURCES})

    before: Account
    after: Account
    resource: str

    @property
    def subject(self) -> str:
        """The account."""
        return self.after.name

    def describe(self) -> str:
        """One line for a person."""
        changes = [
            f"{tres} {_shown(self.before.grp_tres_mins.get(tres))} → {_shown(self.after.grp_tres_mins.get(tres))}"
            for tres in sorted({*self.before.grp_tres_mins, *self.after.grp_tres_mins})
            if self.before.grp_tres_mins.get(tres) != self.after.grp_tres_mins.get(tres)
        ]
        return f"set GrpTRESMins of account {self.after.name}: {', '.join(changes)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unblock(Action):
    """Take back a block the agent itself had set: the account or user is wanted again."""

    kind = "unblock"
    rank = 55
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS})

    account: str
    user: str = ""

    @property
    def subject(self) -> str:
        """``account`` or ``account/user``."""
        return f"{self.account}/{self.user}" if self.user else self.account

    def describe(self) -> str:
        """One line for a person."""
        return f"let new jobs of {self.subject} start again"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAssociation(Action):
    """Take a user out of an account: block, cancel pending jobs, let running ones finish, remove."""

    kind = "remove association"
    rank = 80
    needs = frozenset({S.TEAMS, S.RESOURCES, S.USERS, S.ACCOUNTS, S.ASSOCIATIONS})

    account: str
    user: str
    why: str

    @property
    def subject(self) -> str:
        """``account/user``."""
        return f"{self.account}/{self.user}"

    def describe(self) -> str:
        """One line for a person."""
        return f"remove user {self.user} from account {self.account}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAccount(Action):
    """Remove an account and its associations, after its last usage is told."""

    kind = "remove account"
    rank = 85
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS})

    account: str
    resource: str
    users: tuple[str, ...]
    why: str

    @property
    def subject(self) -> str:
        """The account."""
        return self.account

    def describe(self) -> str:
        """One line for a person."""
        return f"remove account {self.account} and its {len(self.users)} user(s): {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveOrphan(RemoveAccount):
    """Remove an account of ours whose resource is not in the marketplace any more."""

    kind = "remove orphan"
    needs = frozenset({S.RESOURCES, S.ORDERS, S.ACCOUNTS, S.ASSOCIATIONS})


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveDirectoryUser(Action):
    """Take a user out of the directory."""

    kind = "remove directory user"
    rank = 88
    needs = frozenset({S.DIRECTORY, S.FEED})

    user: DirectoryUser

    @property
    def subject(self) -> str:
        """The unix name."""
        return self.user.name

    def describe(self) -> str:
        """One line for a person."""
        return (
            f"remove {self.user.name} (uid {self.user.uidnumber}) from the directory: no feed lists this user any more"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishOrder(Action):
    """Acknowledge an order once Slurm shows it: a Create's account is there, a Terminate's is gone."""

    kind = "finish order"
    rank = 90
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS})

    order: Order
    account: str

    @property
    def subject(self) -> str:
        """The order."""
        return self.order.uuid

    def describe(self) -> str:
        """One line for a person."""
        return f"report order {self.order.uuid[:8]} ({self.order.type} {self.order.resource_name}) as done"


DirectoryAction: TypeAlias = PutDirectoryUser | PutDirectoryGroups | RemoveDirectoryUser
"""What changes the published directory; all of a plan's are carried out in one publication."""


def _shown(limit: int | None) -> str:
    return "none" if limit is None else str(limit)


def _limits(grp_tres_mins: Mapping[str, int]) -> str:
    if not grp_tres_mins:
        return " without limits"
    return " with GrpTRESMins " + ",".join(f"{tres}={minutes}" for tres, minutes in sorted(grp_tres_mins.items()))
