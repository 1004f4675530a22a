"""Accounts that are no person's: those of projects, of customers and of courses, and the robots of resources.

The server sends tokens and keys with them unless fields are chosen, so only what a table names is asked for.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from agent.core.model.marketplace import AccountKind, Resource, ServiceAccount
from agent.errors import Incomplete, Unavailable
from agent.marketplace import routes, values
from agent.marketplace.failure import NoRoute
from agent.marketplace.http import Http
from agent.marketplace.paging import Listing
from agent.marketplace.records import Kind, read_records
from agent.marketplace.tables import Table, record, wanted
from agent.marketplace.together import together
from agent.marketplace.values import Row

ROUTES = {
    AccountKind.PROJECT_SERVICE: routes.OFFERING_PROJECT_ACCOUNTS,
    AccountKind.CUSTOMER_SERVICE: routes.OFFERING_CUSTOMER_ACCOUNTS,
    AccountKind.COURSE: routes.OFFERING_COURSE_ACCOUNTS,
    AccountKind.ROBOT: routes.ROBOT_ACCOUNTS,
}

_ACCOUNT: Table = {
    "uuid": ("uuid", values.uuid_hex),
    "username": ("username", values.text),
    "state": ("state", values.text),
}


def _uuid_or_address(uuid: object, address: object) -> str:
    return values.uuid_hex(uuid or values.last_part(address))


TABLES: Mapping[AccountKind, Table] = {
    AccountKind.PROJECT_SERVICE: {**_ACCOUNT, "project_uuid": ("project_uuid", values.uuid_or_empty)},
    AccountKind.CUSTOMER_SERVICE: {**_ACCOUNT, "customer_uuid": ("customer_uuid", values.uuid_or_empty)},
    AccountKind.COURSE: {
        **_ACCOUNT,
        "project_uuid": ("project_uuid", values.uuid_or_empty),
        "starts": ("project_start_date", values.earliest),
        "ends": ("project_end_date", values.earliest),
    },
    AccountKind.ROBOT: {**_ACCOUNT, "resource_uuid": (("resource_uuid", "resource"), _uuid_or_address)},
}


class ServiceAccounts:
    """Reads the accounts; remembers which lists the server has, so that one that goes away is no empty list."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._there: set[AccountKind] = set()

    def of(
        self, offering: str, kinds: Collection[AccountKind], resources: Sequence[Resource]
    ) -> tuple[ServiceAccount, ...]:
        """The accounts of these kinds; none of a kind that the server has never known.

        Raises ``Incomplete`` with all that arrived when one list is not proved whole or does not answer.
        """
        ours = frozenset(resource.uuid for resource in resources)
        asked = [kind for kind in AccountKind if kind in kinds]
        answers = together(lambda kind: self._told(offering, kind, ours), asked)
        found = tuple(account for accounts, _ in answers for account in accounts)
        doubts = [doubt for _, doubt in answers if doubt]
        if doubts:
            raise Incomplete("; ".join(doubts), found)
        return found

    def _told(self, offering: str, kind: AccountKind, ours: frozenset[str]) -> tuple[tuple[ServiceAccount, ...], str]:
        """The accounts of one kind, and why these may not be all."""
        try:
            found = self._read(offering, kind, ours)
        except NoRoute as error:
            return (), str(error) if kind in self._there else ""
        except Incomplete as error:
            return tuple(row for row in error.rows if isinstance(row, ServiceAccount)), str(error)
        except Unavailable as error:
            return (), str(error)
        self._there.add(kind)
        return found, ""

    def _read(self, offering: str, kind: AccountKind, ours: frozenset[str]) -> tuple[ServiceAccount, ...]:
        table = TABLES[kind]

        def belongs(row: Row) -> bool:
            return (
                kind is not AccountKind.ROBOT or _uuid_or_address(row.get("resource_uuid"), row.get("resource")) in ours
            )

        listing = Listing(ROUTES[kind], wanted(table), "" if kind is AccountKind.ROBOT else offering)
        return read_records(self._http, listing, Kind(kind, partial(_account, kind), belongs))


def _account(kind: AccountKind, row: Row) -> ServiceAccount:
    return record(partial(ServiceAccount, kind=kind), TABLES[kind], row)
