"""What the journal remembers of somebody or of an account, as values for the core."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One intended action and its end: ``result`` is done, failed, waiting, or "" when the run was cut off before it.

    ``key`` is the action's, ``what`` says it in words; ``at``: UTC seconds.
    """

    at: float
    key: str
    what: str
    result: str
    detail: str = ""

    def about(self, account: str, names: Collection[str] = ()) -> bool:
        """Whether it was done to the account itself or, with ``names``, to these users in it."""
        whose, _, user = self.subject.partition("/")
        return whose == account and (user.partition("@")[0] in names if names else True)

    @property
    def subject(self) -> str:
        """What was acted on: ``account``, ``account/user``, a username, an offering user."""
        return self.key.rpartition(" ")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """An association that the agent made, and when it was gone again (None while it stands). UTC seconds."""

    account: str
    user: str
    made: float
    removed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The latest outcomes, newest first, and every stay in an account."""

    outcomes: tuple[Past, ...] = ()
    stays: tuple[Stay, ...] = ()
