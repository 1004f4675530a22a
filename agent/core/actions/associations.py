"""Users in accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.core.actions.base import Action
from agent.core.actions.wording import changed, with_limits_shown
from agent.core.known import SetAside
from agent.core.model.cluster import Association
from agent.core.snapshot import SectionName as S


@dataclass(frozen=True, slots=True, kw_only=True)
class AddAssociation(Action):
    """Let a user use an account.

    ``association`` holds what it is made with beyond the defaults. ``stranger``: it was taken away by a restriction and
    was not the agent's own, and is put back as it was. ``partitions``: it is made once for each of them, not for all.
    """

    kind = "add association"
    rank = 40
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS})

    account: str
    user: str
    association: Association | None = None
    stranger: bool = False
    partitions: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """``account/user``."""
        return f"{self.account}/{self.user}"

    def describe(self) -> str:
        """One line for a person."""
        what = with_limits_shown(self.association) if self.association else ""
        what += f" in {', '.join(self.partitions)}" if self.partitions else ""
        if self.stranger:
            return f"put user {self.user} back into account {self.account}{what}"
        return f"add user {self.user} to account {self.account}{what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAssociation(Action):
    """Bring a user's own limits, block and QOS in one account to what they should be."""

    kind = "set association"
    rank = 55
    needs = frozenset({S.ACCOUNTS, S.ASSOCIATIONS, S.RESOURCES})

    before: Association
    after: Association
    replaces: Mapping[str, str] = field(default_factory=dict)
    puts_back: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """``account/user``, and ``@partition`` of one that is good for that partition only."""
        where = f"@{self.after.partition}" if self.after.partition else ""
        return f"{self.after.account}/{self.after.user}{where}"

    def describe(self) -> str:
        """One line for a person."""
        what = ", ".join(changed(self.before, self.after))
        return f"set {what} of user {self.after.user} in account {self.after.account}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAssociation(Action):
    """Take a user out of an account: block, cancel pending jobs, let running ones finish, remove."""

    kind = "remove association"
    rank = 80
    needs = frozenset({S.TEAMS, S.RESOURCES, S.USERS, S.SERVICES, S.ACCOUNTS, S.ASSOCIATIONS})

    account: str
    user: str
    why: str
    aside: SetAside | None = None
    """The association as it is to be put back when a restriction ends."""

    @property
    def subject(self) -> str:
        """``account/user``."""
        return f"{self.account}/{self.user}"

    def describe(self) -> str:
        """One line for a person."""
        return f"remove user {self.user} from account {self.account}: {self.why}"
