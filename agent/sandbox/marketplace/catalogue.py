"""What the provider sells: an offering with its components, options and plan."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from agent.sandbox.marketplace import members
from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.slugs import new_slug
from agent.sandbox.marketplace.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentSpec:
    """A component to sell. ``unit_factor`` (TRES-minutes in one unit) and ``is_prepaid`` came in 2025.

    An order may ask for at most ``max_value``, and all resources together for less than ``max_available_limit``.
    """

    type: str
    name: str
    measured_unit: str
    billing_type: str = "limit"
    unit_factor: int = 60
    limit_period: str | None = None
    max_value: int | None = None
    max_available_limit: int | None = None
    is_prepaid: bool = False


COMPONENTS = (
    ComponentSpec(type="cpu", name="CPU", measured_unit="cpu-hours"),
    ComponentSpec(type="gpu", name="GPU", measured_unit="gpu-hours", billing_type="usage"),
    ComponentSpec(type="mem", name="Memory", measured_unit="GB-hours", unit_factor=61440),
)

PLANS: Mapping[str, Mapping[str, int]] = {"Standard": {}}

OPTIONS = {
    "username_generation_policy": "waldur_username",
    "initial_uidnumber": 20000,
    "initial_primarygroup_number": 20000,
    "initial_usergroup_number": 500000,
    "homedir_prefix": "/home/",
}


def insert_offering(
    store: Store,
    dialect: Dialect,
    provider: str,
    name: str,
    components: Sequence[ComponentSpec],
    *,
    plans: Mapping[str, Mapping[str, int]],
    options: Mapping[str, object],
    secrets: Mapping[str, object],
    users_enabled: bool,
) -> str:
    """Store an active offering; ``plans`` are names with quotas, ``options`` are laid over OPTIONS."""
    fields: dict[str, dict[str, object]] = {"plugin_options": {**OPTIONS, **options}, "secret_options": dict(secrets)}
    fields[dialect.option_field][members.FLAG] = users_enabled
    slug = new_slug(store, "offerings", name)
    offering = store.insert(
        "offerings",
        name=name,
        slug=slug,
        customer=provider,
        state="Active",
        shared=True,
        backend_metadata={},
        hidden_attributes=[],
        **fields,
    )
    for plan, quotas in plans.items():
        store.insert("plans", offering=offering, name=plan, quotas=dict(quotas))
    for spec in components:
        _insert_component(store, offering, spec)
    return offering


def insert_project_group(store: Store, offering: str, project: str) -> int:
    """Store a POSIX group for a project; its gid is one above every other, over all offerings."""
    initial = store.get("offerings", offering)["plugin_options"]["initial_usergroup_number"]
    gid: int = max([initial, *(row["gid"] for row in store.where("project_groups"))]) + 1
    store.insert("project_groups", offering=offering, project=project, gid=gid)
    return gid


def _insert_component(store: Store, offering: str, spec: ComponentSpec) -> None:
    fields = asdict(spec)
    if spec.billing_type == "limit" and not spec.limit_period:
        fields["limit_period"] = "month"
    store.insert("components", offering=offering, **fields)
