"""One object by its UUID."""

from collections.abc import Callable
from typing import TypeVar

from agent.errors import Unavailable
from agent.marketplace.http import Http
from agent.marketplace.tables import Table, wanted
from agent.marketplace.values import Malformed, Row, uuid_hex

T = TypeVar("T")


def read_record(http: Http, route: str, uuid: str, table: Table, parse: Callable[[Row], T]) -> T:
    """The record; raises ``Unavailable`` when it is not visible, not readable, or another one than was asked for."""
    body = http.get(route, uuid, wanted(table)).body
    row = body if isinstance(body, dict) else {}
    where = f"GET {http.url(route, uuid)}"
    try:
        found, record = uuid_hex(row.get("uuid")), parse(row)
    except Malformed as error:
        raise Unavailable(f"{where}: the reply cannot be used: {error}") from None
    if found != uuid:
        raise Unavailable(f"{where}: the reply is about another object, {found}")
    return record
