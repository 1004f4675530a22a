"""Resources: those that live, one as it stands, and what the agent notes on them."""

from collections.abc import Mapping

from agent.core.model.marketplace import Resource
from agent.marketplace import routes, wire
from agent.marketplace.http import Http
from agent.marketplace.paging import Listing
from agent.marketplace.records import Kind, read_records
from agent.marketplace.single import read_record
from agent.marketplace.tables import wanted
from agent.marketplace.values import Row, uuid_hex

LIVE_STATES = ("Creating", "OK", "Erred", "Updating", "Terminating")


def live_resources(http: Http, offering: str) -> tuple[Resource, ...]:
    """Every resource of the offering that is not Terminated."""

    def belongs(row: Row) -> bool:
        return uuid_hex(row.get("offering_uuid")) == offering and row.get("state") != "Terminated"

    filters = [("offering_uuid", offering), *(("state", state) for state in LIVE_STATES), ("o", "created")]
    listing = Listing(routes.RESOURCES, [*filters, *wanted(wire.RESOURCE, "offering_uuid")])
    return read_records(http, listing, Kind("resource", wire.resource, belongs))


def read_resource(http: Http, resource: str) -> Resource:
    """One resource as it stands now, in whatever state."""
    return read_record(http, routes.RESOURCE, resource, wire.RESOURCE, wire.resource)


def set_backend_id(http: Http, resource: str, backend_id: str) -> None:
    """Write the Slurm account's name to the resource."""
    http.post(routes.RESOURCE_BACKEND_ID, {"backend_id": backend_id}, resource)


def set_metadata(http: Http, resource: str, metadata: Mapping[str, object]) -> None:
    """Replace the resource's ``backend_metadata``."""
    http.post(routes.RESOURCE_METADATA, {"backend_metadata": metadata}, resource)


def submit_report(http: Http, resource: str, header: str, body: str) -> None:
    """Replace the report on the resource's page by one section of plain text."""
    http.post(routes.RESOURCE_REPORT, {"report": [{"header": header, "body": body}]}, resource)
