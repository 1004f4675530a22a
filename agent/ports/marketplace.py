"""The marketplace: what is read of it, and what it is told."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from agent.core.model.directory import Feed
from agent.core.model.marketplace import (
    AccountKind,
    Offering,
    OfferingUser,
    Order,
    ProjectRole,
    Resource,
    ServiceAccount,
)


class Marketplace(Protocol):
    """The operations of the Waldur API that the agent uses."""

    def offering(self, offering: str) -> Offering:
        """The offering with its components and partitions."""
        ...

    def orders(self, offering: str) -> tuple[Order, ...]:
        """Every order of the offering that is neither done, erred, canceled nor rejected, oldest first."""
        ...

    def order(self, order: str) -> Order:
        """One order as it stands now."""
        ...

    def resources(self, offering: str) -> tuple[Resource, ...]:
        """Every resource of the offering that is not Terminated."""
        ...

    def project_roles(self, offering: Offering, resources: Sequence[Resource]) -> tuple[ProjectRole, ...]:
        """The project roles of every project that holds one of ``resources``."""
        ...

    def offering_users(self, offering: str, attributes: Collection[str] = ()) -> tuple[OfferingUser, ...]:
        """Every offering user, named or not, with these attributes of the person where the server shows them."""
        ...

    def service_accounts(
        self, offering: str, kinds: Collection[AccountKind], resources: Sequence[Resource]
    ) -> tuple[ServiceAccount, ...]:
        """The accounts of these kinds; none of a kind that the server does not know. ``resources``: the offering's."""
        ...

    def set_username(self, offering_user: str, name: str) -> None:
        """Write the username; a server with states then shows the offering user as OK."""
        ...

    def move_offering_user(self, offering_user: str, state: str, to: str, comment: str = "") -> None:
        """Bring an offering user from a state to another, by whatever lies between; one that is there is fine.

        ``comment`` is for the person. Raises ``Rejected`` when no way leads there.
        """
        ...

    def directory_feed(self, offering: str) -> Feed:
        """The offering's POSIX users and groups, as its ``glauth_tree`` or ``glauth_users_config`` lists them."""
        ...

    def approve_order(self, order: str, resource: str = "") -> None:
        """pending-provider → executing; an order that is already executing is fine.

        ``resource`` is given for an Update: an old server has to be told first that the resource is fine.
        """
        ...

    def set_order_done(self, order: str) -> None:
        """Executing → done; an order that is already done is fine."""
        ...

    def set_order_erred(self, order: str, message: str, detail: str) -> None:
        """Executing → erred; ``message`` is for the customer, ``detail`` for the administrator."""
        ...

    def set_order_executing(self, order: str) -> None:
        """Erred → executing: the order is tried again; one that is executing already is fine."""
        ...

    def reject_order(self, order: str, reason: str) -> None:
        """pending-provider → rejected; ``reason`` reaches the customer where the server has a field for it."""
        ...

    def erred_orders(self, offering: str) -> tuple[Order, ...]:
        """The erred orders of the offering, oldest first."""
        ...

    def resource(self, resource: str) -> Resource:
        """One resource as it stands now, in whatever state."""
        ...

    def used_backend_ids(self, offering: str, names: Collection[str]) -> frozenset[str]:
        """Those of ``names`` that are the backend_id of any resource the server knows, terminated ones included."""
        ...

    def submit_report(self, resource: str, header: str, body: str) -> None:
        """Replace the report on the resource's page by one section of plain text."""
        ...

    def set_backend_id(self, resource: str, backend_id: str) -> None:
        """Write the Slurm account's name to the resource."""
        ...

    def set_resource_metadata(self, resource: str, metadata: Mapping[str, object]) -> None:
        """Replace the resource's ``backend_metadata``."""
        ...

    def set_offering_metadata(self, offering: str, metadata: Mapping[str, object]) -> None:
        """Replace the offering's ``backend_metadata``."""
        ...

    def set_usage(self, resource: str, amounts: Mapping[str, Decimal], at: float) -> None:
        """Set the month-to-date total of every component of the resource, in the month of ``at``."""
        ...

    def set_user_usage(
        self,
        offering: str,
        resource: str,
        amounts: Mapping[tuple[str, str], Decimal],
        users: Mapping[str, str],
        at: float,
    ) -> None:
        """Set totals by (component, username) of the resource; ``users`` maps a username to its offering user."""
        ...
