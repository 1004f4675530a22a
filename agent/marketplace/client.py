"""The marketplace as the engine sees it: ``agent.ports.Marketplace`` over the Waldur REST API.

A read that is refused or fails raises ``Unavailable``; one that arrived but may not be everything raises
``Incomplete`` with the records in ``rows``. A write that the server refuses for good raises ``Rejected``. Every
operation may be called from several threads.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import cache, partial

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
from agent.marketplace import moves, offering_users, orders, resources, roles, routes, usage, wire
from agent.marketplace.backend_ids import BackendIds
from agent.marketplace.directory_feeds import DirectoryFeeds
from agent.marketplace.glauth_feed import UnixName
from agent.marketplace.http import Http
from agent.marketplace.service_accounts import ServiceAccounts
from agent.marketplace.single import read_record
from agent.marketplace.user_usage import UserUsages


class Client:
    """The operations of the marketplace. UUIDs are given as 32 hex digits, times as UTC seconds.

    ``unix_name``: which key of a directory feed's text holds the unix name.
    """

    def __init__(self, http: Http, unix_name: UnixName = "auto") -> None:
        self._http = http
        self._provider = cache(partial(roles.service_provider, http))
        self._open_orders = orders.OpenOrders(http)
        self._approvals = orders.Approvals(http)
        self._backend_ids = BackendIds(http)
        self._service_accounts = ServiceAccounts(http)
        self._user_usages = UserUsages(http)
        self._directory_feeds = DirectoryFeeds(http, unix_name)

    def offering(self, offering: str) -> Offering:
        """The offering with its components and partitions."""
        return read_record(self._http, routes.OFFERING, offering, wire.OFFERING, wire.offering)

    def orders(self, offering: str) -> tuple[Order, ...]:
        """Every order of the offering that is neither done, erred, canceled nor rejected, oldest first."""
        return self._open_orders.of(offering)

    def erred_orders(self, offering: str) -> tuple[Order, ...]:
        """The erred orders of the offering, oldest first."""
        return orders.erred_orders(self._http, offering)

    def order(self, order: str) -> Order:
        """One order as it stands now."""
        return orders.read_order(self._http, order)

    def resources(self, offering: str) -> tuple[Resource, ...]:
        """Every resource of the offering that is not Terminated."""
        return resources.live_resources(self._http, offering)

    def resource(self, resource: str) -> Resource:
        """One resource as it stands now, in whatever state."""
        return resources.read_resource(self._http, resource)

    def used_backend_ids(self, offering: str, names: Collection[str]) -> frozenset[str]:
        """Those of ``names`` that are the backend_id of any resource the server knows, terminated ones included."""
        return self._backend_ids.used(offering, names)

    def project_roles(self, offering: Offering, resources: Sequence[Resource]) -> tuple[ProjectRole, ...]:
        """The project roles of every project that holds one of ``resources``."""
        return roles.project_roles(self._http, self._provider, offering, resources)

    def offering_users(self, offering: str, attributes: Collection[str] = ()) -> tuple[OfferingUser, ...]:
        """Every offering user, named or not, with these attributes of the person where the server shows them."""
        return offering_users.offering_users(self._http, offering, attributes)

    def service_accounts(
        self, offering: str, kinds: Collection[AccountKind], resources: Sequence[Resource]
    ) -> tuple[ServiceAccount, ...]:
        """The accounts of these kinds; none of a kind that the server does not know. ``resources``: the offering's."""
        return self._service_accounts.of(offering, kinds, resources)

    def set_username(self, offering_user: str, name: str) -> None:
        """Write the username; a server with states then shows the offering user as OK."""
        offering_users.set_username(self._http, offering_user, name)

    def move_offering_user(self, offering_user: str, state: str, to: str, comment: str = "") -> None:
        """Bring an offering user from a state to another; one that is there, and a server without states, is fine.

        ``comment`` is for the person. Raises ``Rejected`` when no way leads there.
        """
        moves.move_offering_user(self._http, offering_user, state, to, comment)

    def directory_feed(self, offering: str) -> Feed:
        """The offering's POSIX users and groups, not yet admitted; an empty feed is an empty directory.

        Raises ``Incomplete`` with the readable records as one ``Feed``, or with none.
        """
        return self._directory_feeds.of(offering)

    def approve_order(self, order: str, resource: str = "") -> None:
        """pending-provider → executing; an order that is already executing is fine.

        ``resource`` is given for an Update of this resource: a 2024 server has to be made to take it.
        """
        self._approvals.approve(order, resource)

    def reject_order(self, order: str, reason: str) -> None:
        """pending-provider → rejected; ``reason`` reaches the customer where the server has a field for it."""
        orders.reject(self._http, order, reason)

    def set_order_done(self, order: str) -> None:
        """Executing → done; an order that is already done is fine."""
        orders.set_done(self._http, order)

    def set_order_executing(self, order: str) -> None:
        """Erred → executing: the order is tried again; one that is executing already is fine."""
        orders.set_executing(self._http, order)

    def set_order_erred(self, order: str, message: str, detail: str) -> None:
        """Executing → erred; ``message`` is for the customer, ``detail`` for the administrator."""
        orders.set_erred(self._http, order, message, detail)

    def set_backend_id(self, resource: str, backend_id: str) -> None:
        """Write the Slurm account's name to the resource."""
        resources.set_backend_id(self._http, resource, backend_id)

    def set_resource_metadata(self, resource: str, metadata: Mapping[str, object]) -> None:
        """Replace the resource's ``backend_metadata``."""
        resources.set_metadata(self._http, resource, metadata)

    def submit_report(self, resource: str, header: str, body: str) -> None:
        """Replace the report on the resource's page by one section of plain text."""
        resources.submit_report(self._http, resource, header, body)

    def set_offering_metadata(self, offering: str, metadata: Mapping[str, object]) -> None:
        """Replace the offering's ``backend_metadata``."""
        self._http.post(routes.OFFERING_METADATA, {"backend_metadata": metadata}, offering)

    def set_usage(self, resource: str, amounts: Mapping[str, Decimal], at: float) -> None:
        """Set the month-to-date total of every component of the resource, in the month of ``at``."""
        usage.set_usage(self._http, resource, amounts, at)

    def set_user_usage(
        self,
        offering: str,
        resource: str,
        amounts: Mapping[tuple[str, str], Decimal],
        users: Mapping[str, str],
        at: float,
    ) -> None:
        """Set totals by (component, username) of the resource; ``users`` maps a username to its offering user."""
        self._user_usages.send(offering, resource, amounts, users, at)
