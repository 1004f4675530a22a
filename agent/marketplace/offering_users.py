"""The people's accounts at an offering, and their names."""

from collections.abc import Collection

from agent.core.model.marketplace import OfferingUser
from agent.errors import Unavailable
from agent.marketplace import routes, wire
from agent.marketplace.http import Http
from agent.marketplace.paging import Listing
from agent.marketplace.records import Kind, read_records
from agent.marketplace.tables import wanted
from agent.marketplace.values import Row, uuid_hex

FEATURE = "service_provider_can_create_offering_user"
OPTIONS = ("plugin_options", "secret_options")  # a 2024 server keeps the feature among the secret ones


def offering_users(http: Http, offering: str, attributes: Collection[str] = ()) -> tuple[OfferingUser, ...]:
    """Every offering user, named or not, with these attributes of the person; nothing else personal is asked for.

    While the offering's feature is off, the server shows a provider an empty list. That is not an answer but a
    closed door, so it raises ``Unavailable``.
    """
    table = wire.offering_user_with(attributes)

    def belongs(row: Row) -> bool:
        return uuid_hex(row.get("offering_uuid")) == offering

    fields = wanted(table, "user", "offering_uuid")
    listing = Listing(routes.OFFERING_USERS, [("offering_uuid", offering), ("o", "created"), *fields])
    kind = Kind("offering user", lambda row: wire.offering_user(row, table), belongs)
    found = read_records(http, listing, kind)
    if not found and _is_off(http, offering):
        raise Unavailable(f"offering {offering} shows no users: switch {FEATURE} on in its {OPTIONS[0]}")
    return found


def set_username(http: Http, offering_user: str, name: str) -> None:
    """Write the username. A server with states moves an offering user that waits for a name to OK by itself."""
    http.patch(routes.OFFERING_USER, {"username": name}, offering_user)


def _is_off(http: Http, offering: str) -> bool:
    body = http.get(routes.OFFERING, offering, [("field", name) for name in OPTIONS]).body
    shown = [body[name] for name in OPTIONS if isinstance(body, dict) and isinstance(body.get(name), dict)]
    return bool(shown) and not any(options.get(FEATURE) for options in shown)
