"""The table of the guard."""

from pydantic import Field

from agent.core.policy import GuardPolicy
from agent.settings import kinds
from agent.settings.table import Table

_DEFAULT = GuardPolicy()


class GuardSettings(Table):
    """What may be removed while nobody watches. Additions are never held."""

    removal_confirm_after: kinds.Duration = Field(
        default=30 * kinds.MINUTE,
        description="Who is missing must be missing for this long, in two complete readings, before it is removed.",
    )
    protected: tuple[str, ...] = Field(
        default=(),
        description="Accounts and users that are never touched, besides root and slurm.",
        examples=[["admin"]],
    )
    offering_floor: kinds.Count = Field(
        default=_DEFAULT.offering_floor, description="So many removals of one offering are never held."
    )
    offering_share: kinds.Share = Field(
        default=_DEFAULT.offering_share,
        description="Beyond the floor: the share of what one offering manages that may go.",
    )
    total_floor: kinds.Count = Field(
        default=_DEFAULT.total_floor, description="So many removals of all offerings are never held."
    )
    total_share: kinds.Share = Field(
        default=_DEFAULT.total_share, description="Beyond the floor: the share of all that is managed that may go."
    )
    per_day: kinds.Count = Field(default=_DEFAULT.per_day, description="The most removals in 24 hours.")
    small_account: kinds.Count = Field(
        default=_DEFAULT.small_account, description="An account of so many users or more is not emptied at once."
    )
    terminations_floor: kinds.Count = Field(
        default=_DEFAULT.terminations_floor,
        description="So many terminations ordered for one offering in a day are never held.",
    )
    terminations_share: kinds.Share = Field(
        default=_DEFAULT.terminations_share,
        description="Beyond the floor: the share of an offering's resources that may end in a day.",
    )

    def policy(self) -> GuardPolicy:
        """The guard's limits; ``protected`` holds the core's own names too, in lower case as Slurm stores them."""
        figures = self.model_dump(exclude={"protected", "removal_confirm_after"})
        return GuardPolicy(
            removal_confirm_after=float(self.removal_confirm_after),
            protected=_DEFAULT.protected | {name.lower() for name in self.protected},
            **figures,
        )
