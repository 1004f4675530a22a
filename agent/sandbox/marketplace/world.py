"""The other side of the counter: customers, people, projects and what they order, without HTTP.

Everything here takes and gives UUIDs of 32 hex digits and may be called from any thread. LookupError means that
there is no such object, ValueError that the marketplace would refuse.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from agent.sandbox.marketplace import daily, members, order_states, ordering, stats
from agent.sandbox.marketplace.accounts import Accounts
from agent.sandbox.marketplace.catalogue import (
    COMPONENTS,
    PLANS,
    ComponentSpec,
    insert_offering,
    insert_project_group,
)
from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.errors import Refused
from agent.sandbox.marketplace.moments import day, months_between
from agent.sandbox.marketplace.ordering import Wish
from agent.sandbox.marketplace.people import People
from agent.sandbox.marketplace.slugs import new_slug
from agent.sandbox.marketplace.store import Row, Store


class World(People, Accounts):
    """What happens in the marketplace besides the agent. A provider with one owner is there from the start."""

    def __init__(self, store: Store, dialect: Dialect) -> None:
        self._store = store
        self._dialect = dialect
        with store.transaction():
            provider = store.find("service_providers")
            self.provider = provider["customer"] if provider else self._found_provider()
        self.owner: str = store.where("owners", customer=self.provider)[0]["user"]

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Make several changes that readers see together, and quickly."""
        with self._store.transaction():
            yield

    def create_customer(self, name: str) -> str:
        """A new organization."""
        with self._store.transaction():
            return self._store.insert("customers", name=name, slug=new_slug(self._store, "customers", name))

    def create_project(self, customer: str, name: str, *, start_date: str | None = None) -> str:
        """A new project of a customer; before its ``start_date`` (2026-11-23) its orders wait."""
        with self._store.transaction():
            self._store.get("customers", customer)
            slug = new_slug(self._store, "projects", name)
            start = day(start_date) if start_date else None
            return self._store.insert("projects", customer=customer, name=name, slug=slug, start_date=start)

    def move_project(self, project: str, customer: str) -> None:
        """Give a project, with its people and resources, to another customer."""
        with self._store.transaction():
            self._store.get("customers", customer)
            self._store.update("projects", project, customer=customer)

    def move_resource(self, resource: str, project: str) -> None:
        """Give a resource to another project, as staff may."""
        with self._store.transaction():
            self._store.get("projects", project)
            self._store.update("resources", resource, project=project)

    def end_project(self, project: str, end_date: str | None) -> None:
        """Set the last day of a project, ``2026-11-23``; None for no end."""
        self._store.update("projects", project, end_date=day(end_date) if end_date else None)

    def end_resource(self, resource: str, end_date: str | None) -> None:
        """Set the last day of a resource, ``2026-11-23``; None for no end."""
        self._store.update("resources", resource, end_date=day(end_date) if end_date else None)

    def turn_day(self) -> None:
        """What the marketplace does daily: orders that waited for their day move on, what is over is ordered to end."""
        with self._store.transaction():
            daily.turn(self._store, self._dialect)

    def create_offering(
        self,
        name: str = "HPC",
        components: Sequence[ComponentSpec] = COMPONENTS,
        *,
        plans: Mapping[str, Mapping[str, int]] = PLANS,
        options: Mapping[str, object] | None = None,
        secrets: Mapping[str, object] | None = None,
        users_enabled: bool = True,
    ) -> str:
        """A new active offering; the policy ``service_provider`` in ``options`` leaves usernames blank.

        ``plans`` are names with their quotas (component → included amount); the first is what an order gets by default.
        """
        with self._store.transaction():
            return insert_offering(
                self._store,
                self._dialect,
                self.provider,
                name,
                components,
                plans=plans,
                options=options or {},
                secrets=secrets or {},
                users_enabled=users_enabled,
            )

    def plan(self, offering: str, name: str) -> str:
        """The plan of this name."""
        found = self._store.find("plans", offering=offering, name=name)
        if found is None:
            raise LookupError(f"offering {offering} has no plan {name}")
        return str(found["uuid"])

    def change_component(self, offering: str, component: str, **fields: int | bool | None) -> None:
        """Change ``max_value``, ``max_available_limit``, ``unit_factor`` or ``is_prepaid``; orders in flight stay."""
        unknown = fields.keys() - {"max_value", "max_available_limit", "unit_factor", "is_prepaid"}
        found = self._store.find("components", offering=offering, type=component)
        if found is None or unknown:
            raise LookupError(f"offering {offering} has no {', '.join(sorted(unknown)) or component}")
        self._store.update("components", found["uuid"], **fields)

    def set_offering_state(self, offering: str, state: str) -> None:
        """Active, Paused, Archived or Unavailable."""
        self._store.update("offerings", offering, state=state)

    def set_shared(self, offering: str, shared: bool) -> None:
        """Make an offering private, or shared again; the roles in a private one's projects are told by fewer routes."""
        self._store.update("offerings", offering, shared=shared)

    def set_options(self, offering: str, **options: object) -> None:
        """Change plugin options, which names every offering user anew, or blank under ``service_provider``."""
        with self._store.transaction():
            row = self._store.get("offerings", offering)
            self._store.update("offerings", offering, plugin_options={**row["plugin_options"], **options})
            members.rename_all(self._store, self._store.get("offerings", offering))

    def add_partition(self, offering: str, partition_name: str, **fields: int | bool | str) -> str:
        """Describe a partition by the API's field names (minutes, MiB, seconds)."""
        return self._store.insert("partitions", offering=offering, partition_name=partition_name, fields=fields)

    def update_partition(self, partition: str, **fields: int | bool | str | None) -> None:
        """Change some fields of a partition; None unsets one."""
        with self._store.transaction():
            row = self._store.get("partitions", partition)
            self._store.update("partitions", partition, fields={**row["fields"], **fields})

    def remove_partition(self, partition: str) -> None:
        """Describe it no longer."""
        self._store.delete("partitions", partition)

    def add_project_group(self, offering: str, project: str) -> int:
        """Give a project a POSIX group at the offering; its gid."""
        with self._store.transaction():
            return insert_project_group(self._store, offering, project)

    def order_create(
        self,
        project: str,
        offering: str,
        name: str,
        limits: Mapping[str, int],
        *,
        plan: str = "",
        start_date: str | None = None,
        awaits_consumer: bool = False,
    ) -> str:
        """Order a new resource; the order waits for the provider, or first for the customer's own owner.

        Until the ``start_date`` of the order (2025) or of its project it waits for that day, see ``turn_day``.
        """
        wish = Wish(project=project, offering=offering, name=name, limits=limits, plan=plan, start_date=start_date)
        with self._store.transaction():
            return ordering.create(self._store, self._dialect, wish, awaits_consumer=awaits_consumer)

    def order_update(self, resource: str, limits: Mapping[str, int]) -> str:
        """Order other limits for a resource."""
        with self._store.transaction():
            return ordering.update(self._store, resource, limits)

    def order_plan(self, resource: str, plan: str) -> str:
        """Order another plan for a resource."""
        with self._store.transaction():
            return ordering.switch_plan(self._store, resource, plan)

    def order_terminate(self, resource: str, *, force: bool = False) -> str:
        """Order the end of a resource, with force when it is to be destroyed whatever runs."""
        with self._store.transaction():
            return ordering.terminate(self._store, resource, ordering.FORCE if force else {})

    def order_restore(self, resource: str) -> str:
        """Order the return of a terminated resource; needs ``can_restore_resource`` among the options (2025)."""
        with self._store.transaction():
            return ordering.restore(self._store, self._dialect, resource)

    def approve_as_consumer(self, order: str) -> None:
        """The customer's owner agrees: pending-consumer → pending-provider, or to waiting for a day."""
        with self._store.transaction():
            ordering.approve_as_consumer(self._store, self._dialect, order)

    def approve_as_provider(self, order: str) -> None:
        """A person of the provider approves by hand: pending-provider → executing."""
        with self._provider_decides():
            order_states.approve(self._store, self._dialect, self._store.get("orders", order))

    def reject_as_provider(self, order: str, comment: str = "") -> None:
        """A person of the provider refuses by hand: pending-provider → rejected."""
        with self._provider_decides():
            order_states.reject(self._store, self._dialect, self._store.get("orders", order), comment)

    @contextmanager
    def _provider_decides(self) -> Iterator[None]:
        try:
            with self._store.transaction():
                yield
        except Refused as refused:
            raise ValueError(str(refused)) from None

    def set_flags(self, resource: str, **flags: bool) -> None:
        """Set ``paused``, ``downscaled`` or ``restrict_member_access``, as staff and policies do."""
        unknown = flags.keys() - {"paused", "downscaled", "restrict_member_access"}
        if unknown:
            raise ValueError(f"A resource has no flag {', '.join(sorted(unknown))}.")
        self._store.update("resources", resource, **flags)

    def order(self, uuid: str) -> Row:
        """An order's row with state, type, resource, limits and error_message."""
        return self._store.get("orders", uuid)

    def resource(self, uuid: str) -> Row:
        """A resource's row with state, backend_id, limits, backend_metadata, report and last_sync."""
        return self._store.get("resources", uuid)

    def offering(self, uuid: str) -> Row:
        """An offering's row with state, backend_metadata and plugin_options."""
        return self._store.get("offerings", uuid)

    def orders(self, offering: str) -> list[Row]:
        """Every order of an offering, oldest first."""
        return self._store.rows(
            "SELECT o.* FROM orders o JOIN resources r ON r.uuid = o.resource WHERE r.offering = ?"
            " ORDER BY o.created, o.rowid",
            offering,
        )

    def resources(self, offering: str) -> list[Row]:
        """Every resource of an offering, oldest first."""
        return self._store.where("resources", offering=offering)

    def component_usages(self, resource: str) -> dict[tuple[str, str], str]:
        """What was reported: (billing period ``2026-11-01``, component type) to ``"5.00"``."""
        rows = self._store.rows(
            "SELECT s.*, k.type AS type FROM component_usages s JOIN components k ON k.uuid = s.component"
            " WHERE s.resource = ?",
            resource,
        )
        return {(row["billing_period"], row["type"]): row["usage"] for row in rows}

    def user_usages(self, resource: str) -> dict[tuple[str, str, str], str]:
        """What was reported by user: (billing period, component type, username) to ``"5.00"``."""
        rows = self._store.rows(
            "SELECT y.*, s.billing_period, k.type AS type FROM user_usages y"
            " JOIN component_usages s ON s.uuid = y.component_usage JOIN components k ON k.uuid = s.component"
            " WHERE s.resource = ?",
            resource,
        )
        return {(row["billing_period"], row["type"], row["username"]): row["usage"] for row in rows}

    def component_stats(self, offering: str) -> dict[tuple[str, str], float]:
        """What is invoiced: (billing period, component type) to units, over the last twelve months."""
        now = self._store.now()
        first = f"{int(now[:4]) - 1}-{now[5:7]}-01"
        rows = stats.invoiced(self._store, offering, months_between(first, f"{now[:7]}-01"))
        return {(row["period"], row["type"]): float(row["usage"]) for row in rows}

    def _found_provider(self) -> str:
        customer = self.create_customer("HPC Centre")
        owner = self.create_user("provider", "Petra", "Provider")
        self._store.insert("owners", customer=customer, user=owner)
        self._store.insert("service_providers", customer=customer)
        return customer
