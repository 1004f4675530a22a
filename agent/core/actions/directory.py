"""The published directory."""

from dataclasses import dataclass
from typing import TypeAlias

from agent.core.actions.base import Action
from agent.core.model.directory import DirectoryUser
from agent.core.snapshot import SectionName as S


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
class DisableDirectoryUser(Action):
    """Lock a user out whom no feed lists any more. The record stays, so that files keep an owner."""

    kind = "disable directory user"
    rank = 88
    needs = frozenset({S.DIRECTORY, S.FEED})

    user: DirectoryUser
    """As the record will be."""

    @property
    def subject(self) -> str:
        """The unix name."""
        return self.user.name

    def describe(self) -> str:
        """One line for a person."""
        who = f"{self.user.name} (uid {self.user.uidnumber})"
        return f"disable {who} in the directory: no feed lists this user any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveDirectoryUser(Action):
    """Take a user out of the directory whose name a person released."""

    kind = "remove directory user"
    rank = 89
    needs = frozenset({S.DIRECTORY, S.FEED})

    user: DirectoryUser

    @property
    def subject(self) -> str:
        """The unix name."""
        return self.user.name

    def describe(self) -> str:
        """One line for a person."""
        return f"remove {self.user.name} (uid {self.user.uidnumber}) from the directory: the name was released"


DirectoryAction: TypeAlias = PutDirectoryUser | PutDirectoryGroups | DisableDirectoryUser | RemoveDirectoryUser
"""What changes the published directory; all that run at one time are carried out in one publication."""
