"""Orders: those that are open or erred, one as it stands, and the moves the agent makes.

No move is idempotent in its status: a repeated one is a 409. So after a 409 the order is read again, and what counts
is where it stands.
"""

from collections.abc import Callable, Sequence

from agent.core.model.marketplace import Order, OrderState
from agent.errors import Unavailable
from agent.marketplace import routes, tables, wire
from agent.marketplace.failure import Conflict, NoRoute, Refused
from agent.marketplace.http import Http
from agent.marketplace.paging import Listing
from agent.marketplace.records import Kind, read_records
from agent.marketplace.single import read_record
from agent.marketplace.values import Row, uuid_hex

CLOSED = frozenset({"done", "erred", "canceled", "rejected"})

# A server refuses a state it does not know with 400, so older ones are asked for less.
OPEN_STATES = (
    ("pending-consumer", "pending-provider", "pending-project", "pending-start-date", "executing"),
    ("pending-consumer", "pending-provider", "pending-project", "executing"),
    ("pending-consumer", "pending-provider", "executing"),
)


class OpenOrders:
    """Reads the orders that are not closed; remembers which states the server knows."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._tried = 0

    def of(self, offering: str) -> tuple[Order, ...]:
        """Every order of the offering that is not closed, oldest first."""
        for number in range(self._tried, len(OPEN_STATES) - 1):
            try:
                return self._read(offering, number)
            except Refused as error:
                if error.status != 400:
                    raise
        return self._read(offering, len(OPEN_STATES) - 1)

    def _read(self, offering: str, number: int) -> tuple[Order, ...]:
        found = _orders_in(self._http, offering, OPEN_STATES[number], lambda state: state not in CLOSED)
        self._tried = number
        return found


def erred_orders(http: Http, offering: str) -> tuple[Order, ...]:
    """The erred orders of the offering, oldest first."""
    return _orders_in(http, offering, ("erred",), lambda state: state == "erred")


def _orders_in(http: Http, offering: str, states: Sequence[str], wanted: Callable[[object], bool]) -> tuple[Order, ...]:
    def belongs(row: Row) -> bool:
        return uuid_hex(row.get("offering_uuid")) == offering and wanted(row.get("state"))

    filters = [("offering_uuid", offering), *(("state", state) for state in states), ("o", "created")]
    listing = Listing(routes.ORDERS, [*filters, *tables.wanted(wire.ORDER, "offering_uuid")])
    found = read_records(http, listing, Kind("order", wire.order, belongs))
    return tuple(sorted(found, key=lambda order: (order.created, order.uuid)))


def read_order(http: Http, order: str) -> Order:
    """One order as it stands now."""
    return read_record(http, routes.ORDER, order, wire.ORDER, wire.order)


class Approvals:
    """Approves orders; remembers whether the server keeps a Slurm allocation behind each resource."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._allocations = True

    def approve(self, order: str, updated: str) -> None:
        """pending-provider → executing; an order that is executing or done already is fine.

        ``updated`` is the resource of an Update, else "". A 2024 server errs an Update on approval unless the
        allocation behind its resource was declared OK; later ones have no such route.
        """
        if updated and self._allocations:
            self._declare_ok(updated)
        _move(self._http, routes.ORDER_APPROVE, order, {OrderState.EXECUTING, OrderState.DONE})

    def _declare_ok(self, resource: str) -> None:
        try:
            self._http.post(routes.ALLOCATION_STATE, {"state": "ok"}, resource)
        except NoRoute:
            self._allocations = False


def reject(http: Http, order: str, reason: str) -> None:
    """pending-provider → rejected; an order that is rejected already is fine."""
    _move(http, routes.ORDER_REJECT, order, {OrderState.REJECTED}, {"provider_rejection_comment": reason})


def set_done(http: Http, order: str) -> None:
    """Executing → done; an order that is done already is fine.

    The server answers 200 without an effect when the resource has several executing orders: read the order afterwards.
    """
    _move(http, routes.ORDER_DONE, order, {OrderState.DONE})


def set_executing(http: Http, order: str) -> None:
    """Erred → executing; an order that is executing or done already is fine. Any other state raises ``Conflict``.

    The server would also take an order that its customer has not approved yet, so the order is read first.
    """
    fine = {OrderState.EXECUTING, OrderState.DONE}
    state = read_order(http, order).state
    if state is OrderState.ERRED:
        _move(http, routes.ORDER_EXECUTING, order, fine)
    elif state not in fine:
        raise Conflict(f"order {order} is {state}, and only an erred order can be tried again")


def set_erred(http: Http, order: str, message: str, detail: str) -> None:
    """Executing → erred; an order that is erred already is fine. Any other state raises ``Conflict``.

    The server does not check the state, and on a done order it would break the resource. So the order is read first,
    and read again after a lost reply instead of being moved twice.
    """
    if not _is_executing(http, order):
        return
    body = {"error_message": message, "error_traceback": detail}  # without either key the server fails
    try:
        http.post(routes.ORDER_ERRED, body, order, idempotent=False)
    except Unavailable:
        if _is_executing(http, order):
            raise


def _is_executing(http: Http, order: str) -> bool:
    """Whether the order can be erred: True when executing, False when erred already, else ``Conflict``."""
    state = read_order(http, order).state
    if state not in (OrderState.EXECUTING, OrderState.ERRED):
        raise Conflict(f"order {order} is {state}, and only an executing order can be set to erred")
    return state is OrderState.EXECUTING


def _move(http: Http, route: str, order: str, reached: set[OrderState], body: Row | None = None) -> None:
    try:
        http.post(route, body or {}, order)
    except Conflict as error:
        state = read_order(http, order).state
        if state not in reached:
            raise Conflict(f"{error}; the order is {state}") from None
