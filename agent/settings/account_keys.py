"""The keys of an offering that say which one it is, and what its accounts are called."""

from pydantic import Field

from agent.settings import kinds
from agent.settings.account_name import (
    CUSTOMER,
    DEFAULT,
    PROJECT,
    AccountNameTemplate,
    CustomerNameTemplate,
    ProjectNameTemplate,
)
from agent.settings.table import Table


class AccountKeys(Table):
    """The offering and its accounts."""

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
