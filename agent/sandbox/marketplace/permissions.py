"""Who has which role in which project: the two routes that tell it for every project at once."""

from starlette.responses import JSONResponse, Response

from agent.sandbox.marketplace.call import Call, Routes
from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.errors import absent, forbidden
from agent.sandbox.marketplace.filters import by_uuid, filtered
from agent.sandbox.marketplace.paging import paged, queried, wants
from agent.sandbox.marketplace.queries import Query
from agent.sandbox.marketplace.store import Row


def role_shown(dialect: Dialect, role: str) -> str:
    """A role's name: the 2024 server says ``manager`` where later ones say ``PROJECT.MANAGER``."""
    return role.rpartition(".")[2].lower() if dialect.old else role


def list_service_providers(call: Call) -> Response:
    """The organizations that provide offerings."""
    rows = call.store.rows(
        "SELECT s.*, c.name AS customer_name, c.slug AS customer_slug FROM service_providers s"
        " JOIN customers c ON c.uuid = s.customer ORDER BY s.created, s.rowid"
    )
    found = filtered(call, rows, {"customer_uuid": by_uuid("customer")})
    return paged(call, found, lambda row: _show_provider(call, row))


def project_permissions(call: Call) -> Response:
    """One row per project, user and role, over every offering of the provider; owner only, ``field=`` is ignored."""
    provider = call.store.find("service_providers", uuid=call.path["uuid"])
    if provider is None:
        raise absent("ServiceProvider")
    if not call.store.find("owners", customer=provider["customer"], user=call.user["uuid"]):
        raise forbidden()
    return queried(call, _permissions_of(provider["customer"]), lambda row: _show_role(call, row), selectable=False)


def _permissions_of(provider: str) -> Query:
    """The roles in projects with a live resource of a shared offering: the server leaves private ones out."""
    # The plus keeps SQLite from beginning at the projects: it would have to sort all roles for each page.
    live = (
        "+p.project IN (SELECT r.project FROM resources r JOIN offerings o ON o.uuid = r.offering"
        " WHERE o.customer = ? AND o.shared AND r.state <> 'Terminated')"
    )
    return Query(
        "p.*, u.username, u.first_name, u.last_name, u.email, j.name AS project_name, j.customer AS customer,"
        " c.name AS customer_name",
        "project_roles p JOIN users u ON u.uuid = p.user"
        " JOIN projects j ON j.uuid = p.project JOIN customers c ON c.uuid = j.customer",
        ((live, [provider]),),
        "p.created, p.rowid",
        counted="project_roles p",
    )


def show_member(call: Call, user: Row) -> Row:
    """A person with every role, and, as on the real server, with a token and other data nobody should ask for."""
    roles: list[Row] = []
    if wants(call, "permissions"):
        roles = call.store.rows(
            "SELECT p.*, j.name AS project_name, j.customer FROM project_roles p JOIN projects j ON j.uuid = p.project"
            " WHERE p.user = ? ORDER BY p.created, p.rowid",
            user["uuid"],
        )
    return {
        "url": call.link("users", user["uuid"]),
        "uuid": user["uuid"],
        "username": user["username"],
        "full_name": full_name(user),
        "first_name": user["first_name"],
        "last_name": user["last_name"],
        "email": user["email"],
        "civil_number": None,
        "token": user["token"],
        "is_staff": False,
        "is_support": False,
        "is_active": True,
        "permissions": [_permission(user, role) for role in roles],
    }


def full_name(user: Row) -> str:
    """First and last name, as far as they are known."""
    return f"{user['first_name']} {user['last_name']}".strip()


def current_user(call: Call) -> Response:
    """The user whose token is used."""
    return JSONResponse(show_member(call, call.user))


def version(_call: Call) -> Response:
    """For staff only, so an agent never learns the version."""
    raise forbidden()


def _show_provider(call: Call, row: Row) -> Row:
    return {
        "url": call.link("marketplace-service-providers", row["uuid"]),
        "uuid": row["uuid"],
        "created": row["created"],
        "description": "",
        "customer": call.link("customers", row["customer"]),
        "customer_uuid": row["customer"],
        "customer_name": row["customer_name"],
        "customer_slug": row["customer_slug"],
    }


def _show_role(call: Call, row: Row) -> Row:
    shown = {
        "created": row["created"],
        "expiration_time": row["expiration_time"],
        "project": call.link("projects", row["project"]),
        "project_uuid": row["project"],
        "project_name": row["project_name"],
        "customer_uuid": row["customer"],
        "customer_name": row["customer_name"],
        "role": role_shown(call.dialect, row["role"]),
        "user": call.link("users", row["user"]),
        "user_uuid": row["user"],
        "user_username": row["username"],
        "user_full_name": full_name(row),
        "user_email": row["email"],
    }
    return shown if call.dialect.old else {**shown, "role_name": row["role"]}


def _permission(user: Row, role: Row) -> Row:
    return {
        "user_uuid": user["uuid"],
        "user_name": full_name(user),
        "created": role["created"],
        "expiration_time": role["expiration_time"],
        "role_name": role["role"],
        "scope_type": "project",
        "scope_uuid": role["project"],
        "scope_name": role["project_name"],
        "customer_uuid": role["customer"],
    }


ROUTES: Routes = {
    "marketplace-service-providers/": {"GET": list_service_providers},
    "marketplace-service-providers/{uuid}/project_permissions/": {"GET": project_permissions},
    "users/me/": {"GET": current_user},
    "version/": {"GET": version},
}
