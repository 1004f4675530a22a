"""Accounts that go, or are kept out of use."""

from dataclasses import dataclass

from agent.core.actions.base import Action
from agent.core.model.cluster import Account
from agent.core.snapshot import SectionName as S


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
    forced: bool = False
    """Running jobs get no grace."""

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
class DisableAccount(RemoveAccount):
    """Take everybody out of an account after its last usage is told, and keep it without use: ``after`` says so."""

    kind = "disable account"

    before: Account
    after: Account

    def describe(self) -> str:
        """One line for a person."""
        return f"disable account {self.account} and remove its {len(self.users)} user(s): {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeAccount(RemoveAccount):
    """Remove an account that was disabled long enough ago."""

    kind = "purge account"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveEmptyAccount(RemoveOrphan):
    """Remove an account above that has nothing below it any more."""

    kind = "remove empty account"
    rank = 86

    def describe(self) -> str:
        """One line for a person."""
        return f"remove account {self.account}: {self.why}"
