"""People's accounts at an offering: named, told how they stand, and let go."""

from dataclasses import dataclass

from agent.core.actions.base import Action
from agent.core.model.marketplace import OfferingUser
from agent.core.snapshot import SectionName as S


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUsername(Action):
    """Give a person a username, or give it back after the server blanked it."""

    kind = "set username"
    rank = 12
    needs = frozenset({S.OFFERING, S.USERS})

    user: OfferingUser
    name: str
    back: bool = False

    @property
    def subject(self) -> str:
        """The offering user."""
        return self.user.uuid

    def describe(self) -> str:
        """One line for a person."""
        how = "back " if self.back else ""
        return f"give user {self.user.user_uuid[:8]} the username {self.name} {how}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveOfferingUser(Action):
    """Tell the marketplace how far a person's account is; ``comment`` is for the person."""

    kind = "move offering user"
    rank = 75
    needs = frozenset({S.OFFERING, S.USERS})

    user: OfferingUser
    to: str
    comment: str = ""

    @property
    def subject(self) -> str:
        """The offering user."""
        return self.user.uuid

    def describe(self) -> str:
        """One line for a person."""
        who = self.user.username or f"user {self.user.user_uuid[:8]}"
        why = f": {self.comment}" if self.comment else ""
        return f"report {who} as {self.to} (was {self.user.state}){why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteOfferingUser(Action):
    """Finish the deletion that the marketplace asked for: nothing of the person is left in the offering's accounts."""

    kind = "delete offering user"
    rank = 90
    needs = frozenset({S.OFFERING, S.USERS, S.RESOURCES, S.ACCOUNTS, S.ASSOCIATIONS})

    user: OfferingUser
    name: str = ""

    @property
    def subject(self) -> str:
        """The offering user."""
        return self.user.uuid

    def describe(self) -> str:
        """One line for a person."""
        who = self.name or f"user {self.user.user_uuid[:8]}"
        return f"report {who} as deleted, as the marketplace asked (was {self.user.state})"
