"""The table of one component of an offering."""

from typing import Literal

from pydantic import Field

from agent.core.policy import ComponentRule, LimitKind
from agent.settings import kinds
from agent.settings.table import Table


class ComponentSettings(Table):
    """One component of the offering, by its type in the marketplace: the limit it becomes, and the TRES it bills."""

    tres: kinds.Tres | None = Field(
        default=None,
        description="The TRES of Slurm that is limited and billed. GrpJobs, GrpSubmit, GrpWall and fairshare have"
        " none.",
        examples=["cpu"],
    )
    factor: kinds.Factor | None = Field(
        default=None,
        description="Units of Slurm in one unit of the marketplace. For GrpTRESMins and GrpTRESRunMins these are"
        " TRES-minutes (mem: MiB-minutes): 60 for cpu-hours, 61440 for GB-hours of memory; for GrpTRES and MaxTRES the"
        " TRES itself (mem: MiB); for GrpWall minutes. Without it the marketplace's own unit_factor is used (servers"
        " since 2025); a limit without a TRES then needs none and is taken as ordered.",
        examples=[60],
    )
    limit: LimitKind = Field(
        default=LimitKind.GRP_TRES_MINS,
        description="The limit of Slurm that the ordered amount becomes: GrpTRESMins (a total), GrpTRES or MaxTRES (at"
        " once, or in one job), GrpTRESRunMins, GrpJobs, GrpSubmit, GrpWall, fairshare; none: nothing is limited, usage"
        " is billed.",
    )
    also: dict[kinds.Tres, kinds.Factor] = Field(
        default_factory=dict,
        description="More TRES that the same amount limits, each with its factor, for node-hours for instance"
        ' `{ "gres/gpu" = 240 }`. They are not billed.',
    )
    per: Literal["account", "user"] = Field(
        default="account", description="Whether the limit is the account's, or each user's own."
    )
    prepaid: bool = Field(
        default=False,
        description="Whether the amount is one month's: the limit is then that of all months until the resource ends.",
    )

    def rule(self) -> ComponentRule:
        """How the component is limited and billed."""
        return ComponentRule(
            tres=self.tres or "",
            factor=self.factor,
            also=self.also,
            limit=self.limit,
            per_user=self.per == "user",
            prepaid=self.prepaid,
        )
