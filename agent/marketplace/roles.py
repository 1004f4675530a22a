"""Who has which role in which project, by three routes that should say the same.

``project_permissions`` gives every project of the provider at once and is proved whole by its count; but the server
leaves out private offerings and what is only being restored. ``list_customer_users`` gives every project of the
offering at once, but a 2024 server sends it unpaged and without a count. ``team`` costs a request a project and is
never counted. What no count proves is believed only when two routes agree on it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from agent.core.model.marketplace import Offering, ProjectRole, Resource
from agent.errors import Incomplete, Unavailable
from agent.marketplace import routes, wire
from agent.marketplace.failure import NoRoute, Refused
from agent.marketplace.http import Http
from agent.marketplace.paging import Listing, read_list
from agent.marketplace.records import Kind, parse_records, read_records
from agent.marketplace.teams import Doubt, by_teams
from agent.marketplace.values import Malformed, Row, rows, uuid_hex

# A role that was granted, ended and granted again is two rows, told apart by the moment of the grant.
PERMISSION_KEY = ("uuid", "project_uuid", "user_uuid", "role", "role_name", "created")
USER_FIELDS = [("field", "uuid"), ("field", "permissions")]  # without them the server sends tokens and personal data


def project_roles(
    http: Http, provider: Callable[[str], str], offering: Offering, resources: Sequence[Resource]
) -> tuple[ProjectRole, ...]:
    """The roles in the projects of these resources, from the best routes that the server and the token allow.

    ``provider`` gives the service provider of an organization, see ``service_provider``. Of a role that is there twice
    the later end counts. Raises ``Incomplete`` when these cannot be proved to be all, ``Unavailable`` when no route
    answers.
    """
    try:
        return _latest(_all_roles(http, provider, offering, resources))
    except Incomplete as error:
        roles = [role for role in error.rows if isinstance(role, ProjectRole)]
        raise Incomplete(str(error), _latest(roles)) from None


def _all_roles(
    http: Http, provider: Callable[[str], str], offering: Offering, resources: Sequence[Resource]
) -> Sequence[ProjectRole]:
    projects = frozenset(resource.project_uuid for resource in resources)
    if not projects:
        return ()
    try:
        listed = by_permissions(http, provider(offering.customer_uuid), projects)
    except (Refused, NoRoute):
        return _by_agreement(http, offering.uuid, resources)
    shown = {role.project_uuid for role in listed}
    silent = [resource for resource in resources if resource.project_uuid not in shown]
    try:
        return (*listed, *_of_silent(http, offering.uuid, silent))
    except Incomplete as error:
        raise Incomplete(str(error), (*listed, *error.rows)) from None
    except Unavailable as error:
        raise Incomplete(f"projects that project_permissions does not show: {error}", listed) from error


def _of_silent(http: Http, offering: str, silent: Sequence[Resource]) -> Sequence[ProjectRole]:
    """The roles in projects of which ``project_permissions`` shows none: none when the teams say the same."""
    teams = _told(lambda: by_teams(http, silent))
    nobody = not teams.roles and teams.doubt is None
    return () if nobody else _by_agreement(http, offering, silent, teams)


def _by_agreement(
    http: Http, offering: str, resources: Sequence[Resource], teams: "_Told | None" = None
) -> Sequence[ProjectRole]:
    """By ``list_customer_users``, and where no count proves it by the teams as well, unless they are known already."""
    projects = frozenset(resource.project_uuid for resource in resources)
    users = _told(lambda: by_customer_users(http, offering, projects))
    if users.doubt is None:
        return users.roles
    teams = teams or _told(lambda: by_teams(http, resources))
    both = (*users.roles, *teams.roles)
    odd = _people(users.roles) ^ _people(teams.roles)
    if isinstance(users.doubt, Uncounted) and teams.doubt is None and not odd:
        return both
    if not both and teams.doubt is not None:
        raise teams.doubt
    apart = (
        f"they differ from it in {len(odd)} members" if isinstance(users.doubt, Incomplete) else "they are not counted"
    )
    raise Incomplete(f"{users.doubt}; and the teams prove nothing by themselves: {teams.doubt or apart}", both)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a route told, and why this may not be all."""

    roles: tuple[ProjectRole, ...]
    doubt: Doubt | None = None


def _told(read: Callable[[], tuple[ProjectRole, ...]]) -> _Told:
    try:
        return _Told(read())
    except Incomplete as error:
        return _Told(tuple(role for role in error.rows if isinstance(role, ProjectRole)), error)
    except (Refused, NoRoute) as error:
        return _Told((), error)


class Uncounted(Incomplete):
    """Every row could be read, but no count says whether these are all."""


def by_permissions(http: Http, provider: str, projects: frozenset[str]) -> tuple[ProjectRole, ...]:
    """By the ``project_permissions`` of the service provider."""
    listing = Listing(routes.PROJECT_PERMISSIONS, uuid=provider, key=PERMISSION_KEY)
    return read_records(http, listing, _role_in(projects))


def by_customer_users(http: Http, offering: str, projects: frozenset[str]) -> tuple[ProjectRole, ...]:
    """By the offering's ``list_customer_users``, whose users carry their permissions.

    Raises ``Uncounted`` when nothing but the count is missing.
    """
    listing = Listing(routes.OFFERING_CUSTOMER_USERS, USER_FIELDS, offering)
    kind = _role_in(projects)
    try:
        users = read_list(http, listing)
    except Incomplete as error:
        some = parse_records(_permissions([row for row in error.rows if isinstance(row, dict)]), kind)
        raise Uncounted(str(error), some) from None
    return parse_records(_permissions(users), kind)


def service_provider(http: Http, customer: str) -> str:
    """The UUID of the service provider that an organization is; ``Refused`` when the token does not see it."""
    wanted = [("customer_uuid", customer), ("field", "uuid"), ("field", "customer_uuid")]
    kind = Kind("provider", _uuid, lambda row: uuid_hex(row.get("customer_uuid")) == customer)
    try:
        found = read_records(http, Listing(routes.SERVICE_PROVIDERS, wanted), kind)
    except Incomplete as error:
        found = tuple(str(uuid) for uuid in error.rows)  # one is enough, whatever else there may be
    if not found:
        raise Refused(f"organization {customer} is not among the service providers this token sees", 404)
    return found[0]


def _uuid(row: Row) -> str:
    return uuid_hex(row.get("uuid"))


def _permissions(users: Sequence[Row]) -> list[Row]:
    return [
        {**row, "project_uuid": row.get("scope_uuid"), "user_uuid": user.get("uuid")}
        for user in users
        for row in _granted(user)
        if row.get("scope_type") == "project"
    ]


def _granted(user: Row) -> Sequence[Row]:
    """What a user may; one who is listed has a role, so none at all counts as a row that cannot be read."""
    try:
        return rows(user.get("permissions")) or [{"scope_type": "project"}]
    except Malformed:
        return [{"scope_type": "project"}]


def _role_in(projects: frozenset[str]) -> Kind[ProjectRole]:
    return Kind("project role", wire.permission, lambda row: uuid_hex(row.get("project_uuid")) in projects)


def _people(roles: Iterable[ProjectRole]) -> frozenset[tuple[str, str]]:
    return frozenset((role.project_uuid, role.user_uuid) for role in roles)


def _latest(roles: Iterable[ProjectRole]) -> tuple[ProjectRole, ...]:
    """Each role of a person in a project once, with its latest end; without an end is later than any."""
    latest: dict[tuple[str, str, str], ProjectRole] = {}
    for role in roles:
        known = latest.setdefault((role.project_uuid, role.user_uuid, role.role), role)
        if known.expires is not None and (role.expires is None or role.expires > known.expires):
            latest[role.project_uuid, role.user_uuid, role.role] = role
    return tuple(latest.values())
