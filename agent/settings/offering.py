"""The table of an offering."""

from typing import Literal

from pydantic import Field

from agent.core.policy import OfferingPolicy
from agent.settings import kinds
from agent.settings.account_keys import AccountKeys
from agent.settings.component import ComponentSettings
from agent.settings.user_keys import UserKeys


class OfferingSettings(UserKeys, AccountKeys):
    """An offering that this cluster serves. Write the table once for each."""

    approval: Literal["auto", "manual", "ask"] = Field(
        default="auto",
        description="Who approves an order: the agent at once (auto), the provider in the marketplace (manual), or the"
        " agent once ask_command said yes (ask).",
    )
    ask_command: kinds.Command = Field(
        default=(),
        description='The command that decides, by its whole path, and its arguments: `["/usr/local/bin/approve"]`. It'
        " gets the order as JSON on stdin and has 30 seconds. Exit code 0 approves, 1 rejects with the first line it"
        " writes as the reason the customer reads; after any other it is asked again later. In the service it has no"
        " more rights than a command of hooks.",
    )
    limits_on: Literal["account", "qos"] = Field(
        default="account",
        description="What carries the limits: the account, or a QOS made for it, whose usage never decays whatever"
        " slurm.conf says.",
    )
    on_lower_limit: Literal["drain", "apply"] = Field(
        default="drain",
        description="What happens to a GrpTRESMins that would fall below what is used, which kills running jobs: no new"
        " job starts and the limit waits until nothing runs (drain), or it is set at once (apply).",
    )
    on_pause: Literal["limit", "qos"] = Field(
        default="limit",
        description="How a paused resource is held: by GrpJobs=0 and GrpSubmitJobs=0, or by the QOS paused_qos. All is"
        " put back afterwards as it was.",
    )
    paused_qos: kinds.QosName = Field(
        default="", description="The QOS of paused resources, one in which no job starts. It must exist."
    )
    downscaled_qos: kinds.QosName = Field(
        default="", description="The QOS of downscaled resources. Empty: downscaling is shown and changes nothing."
    )
    on_terminate: Literal["delete", "disable"] = Field(
        default="delete",
        description="What becomes of the account of a terminated resource: it is deleted, or kept with no user and no"
        " job in it.",
    )
    purge_after: kinds.Duration = Field(
        default=0,
        description='How long a disabled account is kept before it is deleted, such as "90d". 0s: for good.',
    )
    job_grace: kinds.Duration = Field(
        default=86_400,
        description="How long running jobs may go on after their user left or the resource was terminated; then they"
        " are cancelled. Nothing is removed under a running job. 0s: they are cancelled at once.",
    )
    components: dict[str, ComponentSettings] = Field(
        default_factory=dict,
        description="The components by their type in the marketplace.",
    )

    def policy(self) -> OfferingPolicy:
        """The rules of this offering; ``name`` is the label, else the UUID."""
        return OfferingPolicy(
            uuid=self.uuid,
            name=self.name or self.uuid,
            parent_account=self.parent_account,
            components={type_: component.rule() for type_, component in self.components.items()},
            roles=frozenset(self.roles),
            job_grace=float(self.job_grace),
            approval=self.approval,
            ask_command=self.ask_command,
            limits_on=self.limits_on,
            on_lower_limit=self.on_lower_limit,
            tree=self.account_tree,
            on_pause=self.on_pause,
            paused_qos=self.paused_qos,
            downscaled_qos=self.downscaled_qos,
            on_terminate=self.on_terminate,
            purge_after=float(self.purge_after) if self.purge_after else None,
            remove_empty=self.remove_empty_accounts,
            username=self.username_policy(),
            services=self.services(),
            gate=self.identity_gate,
            user_partitions=self.user_partitions,
            user_qos=self.user_qos,
            user_default_qos=self.user_default_qos,
            default_account=self.default_account,
            coordinators=self.coordinators,
        )
