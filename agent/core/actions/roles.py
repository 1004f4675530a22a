"""What a user is in Slurm beyond associations: a coordinator, and where jobs without an account are charged."""

from dataclasses import dataclass

from agent.core.actions.base import Action
from agent.core.snapshot import SectionName as S


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCoordinator(Action):
    """Let a project's manager coordinate its account."""

    kind = "add coordinator"
    rank = 57
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS, S.COORDINATORS})

    account: str
    user: str

    @property
    def subject(self) -> str:
        """``account/user``."""
        return f"{self.account}/{self.user}"

    def describe(self) -> str:
        """One line for a person."""
        return f"make user {self.user} a coordinator of account {self.account}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveCoordinator(Action):
    """Take the coordination back that the agent gave."""

    kind = "remove coordinator"
    rank = 79
    needs = frozenset({S.TEAMS, S.RESOURCES, S.USERS, S.ACCOUNTS, S.ASSOCIATIONS, S.COORDINATORS})

    account: str
    user: str

    @property
    def subject(self) -> str:
        """``account/user``."""
        return f"{self.account}/{self.user}"

    def describe(self) -> str:
        """One line for a person."""
        return f"end the coordination of account {self.account} by user {self.user}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDefaultAccount(Action):
    """Bring a user's default account to the one of the settings."""

    kind = "set default account"
    rank = 45
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS, S.DEFAULT_ACCOUNTS})

    user: str
    account: str
    before: str = ""

    @property
    def subject(self) -> str:
        """The user."""
        return self.user

    def describe(self) -> str:
        """One line for a person."""
        return f"set the default account of user {self.user} to {self.account} (was {self.before or 'none'})"
