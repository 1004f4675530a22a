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


DirectoryAction: TypeAlias = PutDirectoryUser | PutDirectoryGroups | RemoveDirectoryUser
"""What changes the published directory; all of a plan's are carried out in one publication."""
