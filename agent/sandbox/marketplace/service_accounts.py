"""Service and course accounts over HTTP, in one list of an offering for each kind; they came in 2025.

Only projects and customers with a live resource of the offering count. Whoever sees the offering may read them.
"""

from collections.abc import Callable, Mapping
from functools import partial

from starlette.responses import Response

from agent.sandbox.marketplace.access import provided
from agent.sandbox.marketplace.call import Call, Routes
from agent.sandbox.marketplace.paging import queried
from agent.sandbox.marketplace.queries import Query
from agent.sandbox.marketplace.store import Row

STATES = ("OK", "Closed", "Erred")

PROJECT, CUSTOMER, COURSE = "project", "customer", "course"
"""The kinds."""

_COLUMNS = (
    "a.*, j.name AS project_name, j.slug AS project_slug, j.start_date, j.end_date,"
    " c.uuid AS customer_uuid, c.name AS customer_name"
)
_TABLES = (
    "service_accounts a LEFT JOIN projects j ON j.uuid = a.project"
    " JOIN customers c ON c.uuid = coalesce(a.customer, j.customer)"
)
_LIVE = (
    "(SELECT {} FROM resources r JOIN projects p ON p.uuid = r.project"
    " WHERE r.offering = ? AND r.state <> 'Terminated')"
)


def list_accounts(kind: str, call: Call) -> Response:
    """The accounts of one kind, closed ones included, oldest first."""
    offering = call.path["uuid"]
    provided(call, offering, "Offering")
    column, live = ("a.customer", "p.customer") if kind == CUSTOMER else ("a.project", "p.uuid")
    conditions = (("a.kind = ?", [kind]), (f"{column} IN {_LIVE.format(live)}", [offering]))
    return queried(call, Query(_COLUMNS, _TABLES, conditions, "a.created, a.rowid"), partial(_show, call))


def _show(call: Call, row: Row) -> Row:
    shown = {
        "url": call.link(
            f"marketplace-{row['kind']}-{'' if row['kind'] == COURSE else 'service-'}accounts", row["uuid"]
        ),
        "uuid": row["uuid"],
        "created": row["created"],
        "modified": row["modified"],
        "username": row["username"],
        "description": row["description"],
        "error_message": row["error_message"],
        "error_traceback": "",
        "state": row["state"],
        "email": row["email"],
        "customer_uuid": row["customer_uuid"],
        "customer_name": row["customer_name"],
    }
    return {**shown, **_MORE[row["kind"]](row)}


def _of_project(row: Row) -> Row:
    return {
        **_secrets(row),
        "project": row["project"],
        "project_uuid": row["project"],
        "project_name": row["project_name"],
        "customer_abbreviation": "",
    }


def _of_customer(row: Row) -> Row:
    return {**_secrets(row), "customer": row["customer"]}


def _of_course(row: Row) -> Row:
    return {
        "project": row["project"],
        "project_uuid": row["project"],
        "project_name": row["project_name"],
        "project_slug": row["project_slug"],
        "project_start_date": row["start_date"],
        "project_end_date": row["end_date"],
        "user_uuid": row["user"],
    }


def _secrets(row: Row) -> Row:
    # A token is shown to whoever does not choose fields, as on the real server.
    return {"token": row["token"], "expires_at": None, "preferred_identifier": ""}


_MORE: Mapping[str, Callable[[Row], Row]] = {PROJECT: _of_project, CUSTOMER: _of_customer, COURSE: _of_course}

_ONE = "marketplace-provider-offerings/{uuid}/"

LATER_ROUTES: Routes = {
    f"{_ONE}list_project_service_accounts/": {"GET": partial(list_accounts, PROJECT)},
    f"{_ONE}list_customer_service_accounts/": {"GET": partial(list_accounts, CUSTOMER)},
    f"{_ONE}list_course_accounts/": {"GET": partial(list_accounts, COURSE)},
}
