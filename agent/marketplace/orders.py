"""Orders: those that are open, one as it stands, and the three moves the agent makes.

No move is idempotent in its status: a repeated one is a 409. So after a 409 the order is read again, and what counts
is where it stands.
"""

from agent.core.model.marketplace import Order, OrderState
from agent.errors import Unavailable
from agent.marketplace import routes, wire
from agent.marketplace.failure import Conflict, Refused
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


def open_orders(http: Http, offering: str) -> tuple[Order, ...]:
    """Every order of the offering that is not closed, oldest first."""
    for states in OPEN_STATES[:-1]:
        try:
            return _orders_in(http, offering, states)
        except Refused as error:
            if error.status != 400:
                raise
    return _orders_in(http, offering, OPEN_STATES[-1])


def _orders_in(http: Http, offering: str, states: tuple[str, ...]) -> tuple[Order, ...]:
    def belongs(row: Row) -> bool:
        return uuid_hex(row.get("offering_uuid")) == offering and row.get("state") not in CLOSED

    filters = [("offering_uuid", offering), *(("state", state) for state in states), ("o", "created")]
    listing = Listing(routes.ORDERS, [*filters, *wire.wanted(wire.ORDER, "offering_uuid")])
    found = read_records(http, listing, Kind("order", wire.order, belongs))
    return tuple(sorted(found, key=lambda order: (order.created, order.uuid)))


def read_order(http: Http, order: str) -> Order:
    """One order as it stands now."""
    return read_record(http, routes.ORDER, order, wire.ORDER, wire.order)


def approve(http: Http, order: str) -> None:
    """pending-provider → executing; an order that is executing or done already is fine."""
    _move(http, routes.ORDER_APPROVE, order, {OrderState.EXECUTING, OrderState.DONE})


def set_done(http: Http, order: str) -> None:
    """Executing → done; an order that is done already is fine.

    The server answers 200 without an effect when the resource has several executing orders: read the order afterwards.
    """
    _move(http, routes.ORDER_DONE, order, {OrderState.DONE})


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


def _move(http: Http, route: str, order: str, reached: set[OrderState]) -> None:
    try:
        http.post(route, {}, order)
    except Conflict as error:
        state = read_order(http, order).state
        if state not in reached:
            raise Conflict(f"{error}; the order is {state}") from None
