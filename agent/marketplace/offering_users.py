"""The people's accounts at an offering."""

from agent.core.model.marketplace import OfferingUser
from agent.errors import Unavailable
from agent.marketplace import routes, wire
from agent.marketplace.http import Http
from agent.marketplace.paging import Listing
from agent.marketplace.records import Kind, read_records
from agent.marketplace.values import Row, uuid_hex

FEATURE = "service_provider_can_create_offering_user"
OPTIONS = ("plugin_options", "secret_options")  # a 2024 server keeps the feature among the secret ones


def offering_users(http: Http, offering: str) -> tuple[OfferingUser, ...]:
    """Every offering user, named or not.

    While the offering's feature is off, the server shows a provider an empty list. That is not an answer but a
    closed door, so it raises ``Unavailable``.
    """

    def belongs(row: Row) -> bool:
        return uuid_hex(row.get("offering_uuid")) == offering

    wanted = wire.wanted(wire.OFFERING_USER, "user", "offering_uuid")
    listing = Listing(routes.OFFERING_USERS, [("offering_uuid", offering), ("o", "created"), *wanted])
    found = read_records(http, listing, Kind("offering user", wire.offering_user, belongs))
    if not found and _is_off(http, offering):
        raise Unavailable(f"offering {offering} shows no users: switch {FEATURE} on in its {OPTIONS[0]}")
    return found


def _is_off(http: Http, offering: str) -> bool:
    body = http.get(routes.OFFERING, offering, [("field", name) for name in OPTIONS]).body
    shown = [body[name] for name in OPTIONS if isinstance(body, dict) and isinstance(body.get(name), dict)]
    return bool(shown) and not any(options.get(FEATURE) for options in shown)
