"""The tables of an offering and of its components."""

from pydantic import Field

from agent.core.policy import ComponentRule, OfferingPolicy
from agent.settings import kinds
from agent.settings.account_name import AccountNameTemplate
from agent.settings.table import Table


class ComponentSettings(Table):
    """One component of the offering, by its type in the marketplace, and the TRES it limits and bills."""

    tres: kinds.Tres = Field(description="The TRES of Slurm that is limited and billed.", examples=["cpu"])
    factor: kinds.Factor | None = Field(
        default=None,
        description="TRES-minutes (mem: MiB-minutes) in one unit of the marketplace: 60 for cpu-hours, 61440 for"
        " GB-hours of memory. Without it the marketplace's own unit_factor is used (servers since 2025).",
        examples=[60],
    )


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
    account_name: AccountNameTemplate = Field(
        default="{{ project_slug }}-{{ resource_slug }}",
        description="The name of a new account, a Jinja2 template of resource_name, resource_slug, resource_uuid,"
        " project_slug, project_name, customer_slug and customer_name. A name once given stays.",
    )
    roles: tuple[str, ...] = Field(
        default=(),
        description="The project roles that give access. Empty: every role does.",
        examples=[["PROJECT.ADMIN", "PROJECT.MEMBER"]],
    )
    job_grace: kinds.Duration = Field(
        default=86_400,
        description="How long running jobs may go on after their user left or the resource was terminated; then they"
        " are cancelled. Nothing is removed under a running job.",
    )
    components: dict[str, ComponentSettings] = Field(
        default_factory=dict,
        description="The components by their type in the marketplace.",
    )

    def policy(self) -> OfferingPolicy:
        """The rules of this offering; ``name`` is the label, else the UUID."""
        rules = {type_: ComponentRule(tres=row.tres, factor=row.factor) for type_, row in self.components.items()}
        return OfferingPolicy(
            uuid=self.uuid,
            name=self.name or self.uuid,
            parent_account=self.parent_account,
            components=rules,
            roles=frozenset(self.roles),
            job_grace=float(self.job_grace),
        )
