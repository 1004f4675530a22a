"""Who has which role in which project, by three routes that say the same.

``project_permissions`` gives every project of the provider at once and is proved complete by its count.
``list_customer_users`` gives every project of the offering at once, but a 2024 server sends it unpaged and without a
count, so that it proves nothing there. ``team`` costs a request a project, and each answer is whole.
"""

from collections.abc import Callable, Sequence

from agent.core.model.marketplace import Offering, ProjectRole, Resource
from agent.errors import Incomplete
from agent.marketplace import routes, wire
from agent.marketplace.failure import NoRoute, Refused
from agent.marketplace.http import Http
from agent.marketplace.paging import Listing, read_list, read_page
from agent.marketplace.records import Kind, parse_records, read_records, readable
from agent.marketplace.together import together
from agent.marketplace.values import Malformed, Row, rows, uuid_hex

PERMISSION_KEY = ("project_uuid", "user_uuid", "role", "role_name")
USER_FIELDS = [("field", "uuid"), ("field", "permissions")]  # without them the server sends tokens and personal data


def project_roles(
    http: Http, provider: Callable[[str], str], offering: Offering, resources: Sequence[Resource]
) -> tuple[ProjectRole, ...]:
    """The roles in the projects of these resources, from the best route the server and the token allow.

    ``provider`` gives the service provider of an organization, see ``service_provider``.
    Raises ``Incomplete`` when no route can prove that these are all, ``Unavailable`` when none answers.
    """
    projects = frozenset(resource.project_uuid for resource in resources)
    if not projects:
        return ()
    try:
        return by_permissions(http, provider(offering.customer_uuid), projects)
    except (Refused, NoRoute):
        return _without_permissions(http, offering.uuid, resources, projects)


def _without_permissions(
    http: Http, offering: str, resources: Sequence[Resource], projects: frozenset[str]
) -> tuple[ProjectRole, ...]:
    try:
        return by_customer_users(http, offering, projects)
    except (Refused, NoRoute):
        return by_teams(http, resources)
    except Incomplete as unproved:
        try:
            return by_teams(http, resources)
        except (Refused, NoRoute):
            raise unproved from None


def by_permissions(http: Http, provider: str, projects: frozenset[str]) -> tuple[ProjectRole, ...]:
    """By the ``project_permissions`` of the service provider."""
    listing = Listing(routes.PROJECT_PERMISSIONS, uuid=provider, key=PERMISSION_KEY)
    return read_records(http, listing, _role_in(projects))


def by_customer_users(http: Http, offering: str, projects: frozenset[str]) -> tuple[ProjectRole, ...]:
    """By the offering's ``list_customer_users``, whose users carry their permissions."""
    listing = Listing(routes.OFFERING_CUSTOMER_USERS, USER_FIELDS, offering)
    kind = _role_in(projects)
    try:
        users = read_list(http, listing)
    except Incomplete as error:
        good = readable(_permissions([row for row in error.rows if isinstance(row, dict)]), kind)
        raise Incomplete(str(error), good) from None
    return parse_records(_permissions(users), kind)


def by_teams(http: Http, resources: Sequence[Resource]) -> tuple[ProjectRole, ...]:
    """By the ``team`` of one resource of each project."""
    one_each = {resource.project_uuid: resource.uuid for resource in resources}
    teams = together(lambda pair: _team(http, *pair), one_each.items())
    return parse_records([row for team in teams for row in team], _role_in(frozenset(one_each)))


def service_provider(http: Http, customer: str) -> str:
    """The UUID of the service provider that an organization is; ``Refused`` when the token does not see it."""
    wanted = [("customer_uuid", customer), ("field", "uuid"), ("field", "customer_uuid")]
    kind = Kind("provider", _uuid, lambda row: uuid_hex(row.get("customer_uuid")) == customer)
    found = read_records(http, Listing(routes.SERVICE_PROVIDERS, wanted), kind)
    if not found:
        raise Refused(f"organization {customer} is not among the service providers this token sees", 404)
    return found[0]


def _uuid(row: Row) -> str:
    return uuid_hex(row.get("uuid"))


def _team(http: Http, project: str, resource: str) -> list[Row]:
    listing = Listing(routes.RESOURCE_TEAM, uuid=resource)
    page = read_page(http, listing, 1)
    # It comes whole and without a count; should a server page it after all, it has to prove itself like any list.
    counted = page.more or page.count is not None
    members = read_list(http, listing) if counted else page.rows
    return [{**row, "project_uuid": project, "user_uuid": row.get("uuid")} for row in members]


def _permissions(users: Sequence[Row]) -> list[Row]:
    return [
        {**row, "project_uuid": row.get("scope_uuid"), "user_uuid": user.get("uuid")}
        for user in users
        for row in _granted(user)
        if row.get("scope_type") == "project"
    ]


def _granted(user: Row) -> Sequence[Row]:
    try:
        return rows(user.get("permissions"))
    except Malformed:
        return [{"scope_type": "project"}]  # names no project, so it is counted as a row that cannot be read


def _role_in(projects: frozenset[str]) -> Kind[ProjectRole]:
    return Kind("project role", wire.permission, lambda row: uuid_hex(row.get("project_uuid")) in projects)
