"""The table of an offering."""

from typing import Literal

from pydantic import Field

from agent.core.policy import OfferingPolicy
from agent.settings import kinds
from agent.settings.account_name import (
    CUSTOMER,
    DEFAULT,
    PROJECT,
    AccountNameTemplate,
    CustomerNameTemplate,
    ProjectNameTemplate,
)
from agent.settings.component import ComponentSettings
from agent.settings.table import Table


class OfferingSettings(Table):
    """An offering that this cluster serves. Write the table once for each."""

    uuid: kinds.Uuid = Field(
        description="The UUID of the offering, as the marketplace shows it.",
        examples=["9f4b2c1de8a74d0b8c5a6e7f00112233"],
    )
    name: str = Field(
        default="", description="A label for logs and plans; the UUID serves without it.", examples=["CPU hours"]
    )
    parent_account: kinds.AccountName = Field(
        default="root", description="The account below which accounts are made. It must exist."
    )
    account_name: AccountNameTemplate | None = Field(
        default=None,
        description="The name of a new account, a Jinja2 template of resource_name, resource_slug, resource_uuid,"
        " project_slug, project_name, customer_slug and customer_name. A name once given stays. Without it names follow"
        " the offering's account_name_generation_policy where that is project_slug (climate, climate-2, …), else they"
        " are as in the example.",
        examples=[DEFAULT],
    )
    account_tree: kinds.Levels = Field(
        default=(),
        description="The levels of accounts between parent_account and the accounts of resources, from the top: of"
        ' "customer" and "project". Empty: all accounts stand side by side. A project that moves takes its accounts'
        " along.",
    )
    customer_account: CustomerNameTemplate = Field(
        default=CUSTOMER, description="The name of a customer's account in the tree, a template of its own names."
    )
    project_account: ProjectNameTemplate = Field(
        default=PROJECT,
        description="The name of a project's account in the tree, a template of its own and its customer's names.",
    )
    remove_empty_accounts: bool = Field(
        default=False,
        description="Whether an account of the tree goes when nothing is below it any more.",
    )
    roles: tuple[str, ...] = Field(
        default=(),
        description="The project roles that give access. Empty: every role does.",
        examples=[["PROJECT.ADMIN", "PROJECT.MEMBER"]],
    )
    approval: Literal["auto", "manual", "ask"] = Field(
        default="auto",
        description="Who approves an order: the agent at once (auto), the provider in the marketplace (manual), or the"
        " agent once ask_command said yes (ask).",
    )
    ask_command: kinds.Command = Field(
        default=(),
        description='The command that decides, by its whole path, and its arguments: `["/usr/local/bin/approve"]`. It'
        " gets the order as JSON on stdin and has 30 seconds. Exit code 0 approves, 1 rejects with the first line it"
        " writes as the reason the customer reads; after any other it is asked again later.",
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
        )

    def name_templates(self) -> dict[str, str]:
        """Whose name it is → the template: "" a resource's account, ``customer`` and ``project`` those of the tree.

        ``project_slug`` is there when the offering's own policy may decide, which the marketplace knows.
        """
        own = {} if self.account_name else {"project_slug": PROJECT}
        return {
            "": self.account_name or DEFAULT,
            "customer": self.customer_account,
            "project": self.project_account,
            **own,
        }
