"""JSON objects → the records of the model, by one table each (``agent.marketplace.tables``).

Unknown fields are ignored, absent ones have a default where that is harmless.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from agent.core.model.cluster import PartitionValue
from agent.core.model.marketplace import (
    Component,
    Offering,
    OfferingPartition,
    OfferingUser,
    Order,
    OrderState,
    OrderType,
    ProjectRole,
    Resource,
    ResourceState,
)
from agent.marketplace import values
from agent.marketplace.tables import Table, record
from agent.marketplace.values import Row

T = TypeVar("T")

ORDER: Table = {
    "uuid": ("uuid", values.uuid_hex),
    "type": ("type", values.one_of(OrderType, OrderType.OTHER)),
    "state": ("state", values.one_of(OrderState, OrderState.OTHER)),
    "resource_uuid": ("marketplace_resource_uuid", values.uuid_hex),
    "resource_name": ("resource_name", values.text),
    "project_uuid": ("project_uuid", values.uuid_or_empty),
    "limits": ("limits", values.limits),
    "created": ("created", values.seconds_or_zero),
    "plan_uuid": (("new_plan_uuid", "plan_uuid"), values.first_uuid),
    "forced": (("type", "attributes"), values.forced),
    "error_message": ("error_message", values.text),
}

RESOURCE: Table = {
    "uuid": ("uuid", values.uuid_hex),
    "name": ("name", values.text),
    "slug": ("slug", values.text),
    "state": ("state", values.one_of(ResourceState, ResourceState.OTHER)),
    "backend_id": ("backend_id", values.text),
    "limits": ("limits", values.limits),
    "project_uuid": ("project_uuid", values.uuid_hex),
    "project_slug": ("project_slug", values.text),
    "project_name": ("project_name", values.text),
    "customer_uuid": ("customer_uuid", values.uuid_or_empty),
    "customer_slug": ("customer_slug", values.text),
    "customer_name": ("customer_name", values.text),
    "paused": ("paused", values.flag),
    "downscaled": ("downscaled", values.flag),
    "restrict_member_access": ("restrict_member_access", values.flag),
    "plan_uuid": ("plan_uuid", values.uuid_or_empty),
    "created": ("created", values.seconds_or_zero),
    "ends": (("end_date", "project_end_date"), values.earliest),
}

OFFERING_USER: Table = {
    "uuid": ("uuid", values.uuid_hex),
    "user_uuid": ("user_uuid", values.uuid_hex),
    "username": ("username", values.text),
    "state": ("state", values.text),
    "restricted": ("is_restricted", values.flag),
    "attributes": ((), dict),
}

COMPONENT: Table = {
    "type": ("type", values.required_text),
    "name": ("name", values.text),
    "billing_type": ("billing_type", values.required_text),
    "measured_unit": ("measured_unit", values.text),
    "limit_period": ("limit_period", values.text_or_none),
    "unit_factor": ("unit_factor", values.factor),
    "max_value": (("max_value", "max_available_limit"), values.least),
    "prepaid": ("is_prepaid", values.flag),
}

PERMISSION: Table = {
    "project_uuid": ("project_uuid", values.uuid_hex),
    "user_uuid": ("user_uuid", values.uuid_hex),
    "role": ("role", values.role),
    "expires": ("expiration_time", values.seconds_or_none),
}

WHOLE_PARTITION_FIELDS = (
    "cpu_bind",
    "def_cpu_per_gpu",
    "max_cpus_per_node",
    "max_cpus_per_socket",
    "default_time",
    "max_time",
    "grace_time",
    "max_nodes",
    "min_nodes",
    "def_mem_per_cpu",
    "def_mem_per_gpu",
    "def_mem_per_node",
    "max_mem_per_cpu",
    "max_mem_per_node",
    "priority_tier",
)  # fmt: skip - a list of the API's names reads better in lines
FLAG_PARTITION_FIELDS = ("exclusive_topo", "exclusive_user", "req_resv")
TEXT_PARTITION_FIELDS = ("qos",)


def order(row: Row) -> Order:
    """An order; raises ``Malformed``, as all functions of this module."""
    return record(Order, ORDER, row)


def resource(row: Row) -> Resource:
    """A resource."""
    return record(Resource, RESOURCE, row)


def offering_user_with(attributes: Collection[str]) -> Table:
    """The table of an offering user with these attributes of the person, by the API's names without ``user_``."""
    names = tuple(dict.fromkeys(attributes))
    read = values.texts(names)
    return {**OFFERING_USER, "attributes": (tuple(f"user_{name}" for name in names), read)}


def offering_user(row: Row, table: Table = OFFERING_USER) -> OfferingUser:
    """An offering user. Where the server hides ``user_uuid``, the end of the ``user`` address is the same."""
    known = row.get("user_uuid") or values.last_part(row.get("user"))
    return record(OfferingUser, table, {**row, "user_uuid": known})


def permission(row: Row) -> ProjectRole:
    """A row of ``project_permissions``. Later servers put the role's name into ``role_name``."""
    return record(ProjectRole, PERMISSION, {**row, "role": row.get("role_name") or row.get("role")})


def offering(row: Row) -> Offering:
    """An offering with its components and partitions (there are none on a 2024 server)."""
    return record(Offering, OFFERING, row)


def partition(row: Row) -> OfferingPartition:
    """A partition with the fields that are set; null, "" and false are what the server shows for *not set*."""
    fields: dict[str, PartitionValue | None] = {
        name: values.whole_or_none(row.get(name)) for name in WHOLE_PARTITION_FIELDS
    }
    fields |= {name: values.flag(row.get(name)) or None for name in FLAG_PARTITION_FIELDS}
    fields |= {name: values.text_or_none(row.get(name)) for name in TEXT_PARTITION_FIELDS}
    return OfferingPartition(
        uuid=values.uuid_hex(row.get("uuid")),
        name=values.required_text(row.get("partition_name")),
        fields={name: value for name, value in fields.items() if value is not None},
    )


def _each(parse: Callable[[Row], T]) -> Callable[[object], tuple[T, ...]]:
    def read(value: object) -> tuple[T, ...]:
        return tuple(parse(row) for row in values.rows(value))

    return read


def _quotas(value: object) -> Mapping[str, Mapping[str, int]]:
    """Plan → component → included amount, of plans that include any."""
    plans = {values.uuid_hex(plan.get("uuid")): values.limits(plan.get("quotas")) for plan in values.rows(value)}
    return {plan: amounts for plan, amounts in plans.items() if amounts}


OFFERING: Table = {
    "uuid": ("uuid", values.uuid_hex),
    "name": ("name", values.text),
    "state": ("state", values.text),
    "customer_uuid": ("customer_uuid", values.uuid_hex),
    "components": ("components", _each(lambda row: record(Component, COMPONENT, row))),
    "partitions": ("partitions", _each(partition)),
    "quotas": ("plans", _quotas),
    "account_naming": ("plugin_options", values.option("account_name_generation_policy")),
    "username_naming": ("plugin_options", values.option("username_generation_policy")),
}
