"""What each user used of a resource, month to date.

A user's share hangs on a *component usage*, which exists once the resource's total of that component has been set for
the month, and whose UUID only the list of component usages tells. Shares are upserts of absolute values.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from threading import Lock
from typing import TypeAlias

from agent.errors import Incomplete, Unavailable
from agent.marketplace import routes
from agent.marketplace.failure import NoRoute
from agent.marketplace.http import Http
from agent.marketplace.paging import Listing
from agent.marketplace.records import Kind, read_records
from agent.marketplace.together import together
from agent.marketplace.usage import two_decimals
from agent.marketplace.values import Row, required_text, text, uuid_hex

FIELDS = ("uuid", "type", "resource_uuid", "offering_uuid", "billing_period", "date")

Item: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class ComponentUsage:
    """The record that a user's share hangs on."""

    uuid: str
    resource: str
    component: str
    date: str


class UserUsages:
    """Sets users' shares; remembers the component usages of the current month and whether a bulk route exists."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._known: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
        self._bulk = True
        self._lock = Lock()

    def send(
        self,
        offering: str,
        resource: str,
        amounts: Mapping[tuple[str, str], Decimal],
        users: Mapping[str, str],
        at: float,
    ) -> None:
        """Set the shares by (component, username); see ``agent.ports.Marketplace.set_user_usage``.

        Raises ``Unavailable`` before anything is sent when the total of a component has not been set this month.
        """
        targets = self._targets(offering, resource, {component for component, _ in amounts}, at)
        items: dict[str, list[Item]] = defaultdict(list)
        for (component, username), amount in sorted(amounts.items()):
            items[targets[component]].append(self._item(username, amount, users.get(username, "")))
        self._send(items)

    def _item(self, username: str, amount: Decimal, offering_user: str) -> Item:
        item: Item = {"username": username, "usage": two_decimals(amount)}
        return item | {"user": self._http.url(routes.OFFERING_USER, offering_user)} if offering_user else item

    def _send(self, items: Mapping[str, list[Item]]) -> None:
        if self._bulk:
            try:
                together(
                    lambda pair: self._http.post(routes.SET_USER_USAGES, {"usages": pair[1]}, pair[0]), items.items()
                )
            except NoRoute:
                self._bulk = False
        if not self._bulk:
            single = [(usage, item) for usage, several in items.items() for item in several]
            together(lambda pair: self._http.post(routes.SET_USER_USAGE, pair[1], pair[0]), single)

    def _targets(self, offering: str, resource: str, components: set[str], at: float) -> dict[str, str]:
        """Component → component usage, from memory, else from the marketplace."""
        month = _month(at)
        known = self._recall(offering, month)
        if any((resource, component) not in known for component in components):
            known |= self._read(offering, month, [("resource_uuid", resource)])
        missing = sorted(component for component in components if (resource, component) not in known)
        if missing:
            raise Unavailable(f"resource {resource} has no total of {', '.join(missing)} in {month} yet: set it first")
        return {component: known[resource, component] for component in components}

    def _recall(self, offering: str, month: str) -> dict[tuple[str, str], str]:
        with self._lock:
            if (offering, month) not in self._known:
                self._known = {key: value for key, value in self._known.items() if key[0] != offering}
                self._known[offering, month] = self._read(offering, month, [])
            return self._known[offering, month]

    def _read(self, offering: str, month: str, more: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """(resource, component) → component usage; of several (a changed plan) the latest."""

        def belongs(row: Row) -> bool:
            return uuid_hex(row.get("offering_uuid")) == offering and row.get("billing_period") == month

        query = [("offering_uuid", offering), ("billing_period", month), *more, *(("field", name) for name in FIELDS)]
        try:
            found = read_records(self._http, Listing(routes.COMPONENT_USAGES, query), Kind("usage", _usage, belongs))
        except Incomplete as error:
            found = tuple(row for row in error.rows if isinstance(row, ComponentUsage))
        return {(each.resource, each.component): each.uuid for each in sorted(found, key=lambda usage: usage.date)}


def _usage(row: Row) -> ComponentUsage:
    return ComponentUsage(
        uuid=uuid_hex(row.get("uuid")),
        resource=uuid_hex(row.get("resource_uuid")),
        component=required_text(row.get("type")),
        date=text(row.get("date")),
    )


def _month(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m}-01"
