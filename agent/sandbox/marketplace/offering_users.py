"""Offering users over HTTP: list, name, and the states of 2025."""

from starlette.responses import JSONResponse, Response

from agent.sandbox.marketplace import members
from agent.sandbox.marketplace.access import offerings_of, owned
from agent.sandbox.marketplace.call import Call, Handler, Routes, empty
from agent.sandbox.marketplace.errors import absent, bad
from agent.sandbox.marketplace.filters import hex_uuid
from agent.sandbox.marketplace.offering_user_states import STATES, TRANSITIONS, changes, named
from agent.sandbox.marketplace.paging import queried, selected
from agent.sandbox.marketplace.permissions import full_name
from agent.sandbox.marketplace.queries import (
    Query,
    among,
    by_choice,
    by_flag,
    by_moment,
    by_text,
    by_uuid,
)
from agent.sandbox.marketplace.store import Row

_COLUMNS = (
    "x.*, u.username AS user_username, u.first_name, u.last_name, u.email, u.attributes, f.name AS offering_name,"
    " f.customer AS provider, f.hidden_attributes, c.name AS customer_name"
)
_TABLES = (
    "offering_users x JOIN users u ON u.uuid = x.user JOIN offerings f ON f.uuid = x.offering"
    " JOIN customers c ON c.uuid = f.customer"
)

_FILTERS = {
    "offering_uuid": by_uuid("x.offering"),
    "user_uuid": by_uuid("x.user"),
    "provider_uuid": by_uuid("f.customer"),
    "user_username": by_text("u.username"),
    "is_restricted": by_flag("x.is_restricted"),
    "created": by_moment("x.created"),
    "modified": by_moment("x.modified"),
}
_LATER_FILTERS = {**_FILTERS, "state": by_choice("x.state", STATES)}
_ORDERS = {"created": "x.created", "modified": "x.modified", "username": "coalesce(x.username, '')"}


def list_offering_users(call: Call) -> Response:
    """The users of the provider's offerings, by username; none of an offering without the feature."""
    enabled = [uuid for uuid in offerings_of(call) if members.enabled(call.dialect, call.store.get("offerings", uuid))]
    query = Query(_COLUMNS, _TABLES, (among("x.offering", enabled),), "x.created, x.rowid")
    query = query.narrowed(call, _FILTERS if call.dialect.old else _LATER_FILTERS)
    return queried(call, query.ordered(call, _ORDERS, "username"), lambda row: _show(call, row))


def offering_user_detail(call: Call) -> Response:
    """One offering user."""
    return JSONResponse(selected(call, _show(call, _offering_user(call))))


def rename(call: Call) -> Response:
    """Set the username; nothing but its length is checked, and naming a waiting user makes it OK."""
    row = _offering_user(call)
    owned(call, row["offering"], "OfferingUser")
    if "username" in call.body:
        call.store.update("offering_users", row["uuid"], **named(row, _checked(call.body["username"])))
    return JSONResponse(_show(call, _offering_user(call)))


def create_offering_user(call: Call) -> Response:
    """Add a user by hand; such a row gets no uid."""
    offering, user = _linked(call, "offering"), _linked(call, "user")
    owned(call, offering, "Offering")
    row = call.store.get("offerings", offering)
    if not members.enabled(call.dialect, row):
        raise bad("It is not allowed to create users for current offering.")
    if call.store.find("offering_users", offering=offering, user=user):
        raise bad({"non_field_errors": ["The fields offering, user must make a unique set."]})
    uuid = members.insert_user(
        call.store, call.dialect, offering, user, username=_checked(call.body.get("username", "")), home_dir=""
    )
    return JSONResponse(_show(call, _row(call, uuid)), status_code=201)


def delete_offering_user(call: Call) -> Response:
    """Remove the row."""
    row = _offering_user(call)
    owned(call, row["offering"], "OfferingUser")
    call.store.delete("offering_users", row["uuid"])
    return empty(204)


def update_restricted(call: Call) -> Response:
    """Set or clear the restriction."""
    row = _offering_user(call)
    call.store.update("offering_users", row["uuid"], is_restricted=bool(call.required("is_restricted")))
    return empty()


def update_comments(call: Call) -> Response:
    """Tell the user what the provider waits for."""
    row = _offering_user(call)
    names = ("service_provider_comment", "service_provider_comment_url")
    call.store.update("offering_users", row["uuid"], **{name: call.body[name] for name in names if name in call.body})
    return JSONResponse({name: _offering_user(call)[name] or "" for name in names})


def _transition(name: str) -> Handler:
    def move(call: Call) -> Response:
        row = _offering_user(call)
        owned(call, row["offering"], "OfferingUser")
        call.store.update("offering_users", row["uuid"], **changes(name, row, call.body))
        return empty()

    return move


def _row(call: Call, uuid: str) -> Row:
    found = call.store.rows(f"SELECT {_COLUMNS} FROM {_TABLES} WHERE x.uuid = ?", uuid)
    if not found or found[0]["offering"] not in offerings_of(call):
        raise absent("OfferingUser")
    return found[0]


def _offering_user(call: Call) -> Row:
    return _row(call, call.path["uuid"])


def _checked(username: object) -> str | None:
    if username is None or (isinstance(username, str) and len(username) <= 100):
        return username
    if isinstance(username, str):
        raise bad({"username": ["Ensure this field has no more than 100 characters."]})
    raise bad({"username": ["Not a valid string."]})


def _linked(call: Call, field: str) -> str:
    name = f"{field}_uuid" if field not in call.body and not call.dialect.old else field
    value = str(call.required(name)).rstrip("/").rpartition("/")[2]
    try:
        uuid = hex_uuid(value)
    except ValueError:
        raise bad({name: ["Invalid hyperlink - No URL match."]}) from None
    if call.store.find(f"{field}s", uuid=uuid) is None:
        raise bad({name: ["Invalid hyperlink - Object does not exist."]})
    return uuid


def _show(call: Call, row: Row) -> Row:
    shown = {
        "url": call.link("marketplace-offering-users", row["uuid"]),
        "uuid": row["uuid"],
        "user": call.link("users", row["user"]),
        "offering": call.link("marketplace-provider-offerings", row["offering"]),
        "username": row["username"],
        "offering_uuid": row["offering"],
        "offering_name": row["offering_name"],
        "user_uuid": row["user"],
        "user_username": row["user_username"],
        "user_full_name": full_name(row),
        "created": row["created"],
        "modified": row["modified"],
        "customer_uuid": row["provider"],
        "customer_name": row["customer_name"],
        "is_restricted": row["is_restricted"],
    }
    if call.dialect.old:
        return {**shown, "propagation_date": None}
    hidden = {f"user_{name}" for name in row["hidden_attributes"]}
    return {name: value for name, value in {**shown, **_later(row)}.items() if name not in hidden}


def _later(row: Row) -> Row:
    return {
        **{f"user_{name}": value for name, value in row["attributes"].items()},
        "user_email": row["email"],
        "state": row["state"],
        "service_provider_comment": row["service_provider_comment"] or "",
        "service_provider_comment_url": row["service_provider_comment_url"] or "",
        "has_consent": False,
        "requires_reconsent": False,
        "has_compliance_checklist": False,
    }


_ONE = "marketplace-offering-users/{uuid}/"

ROUTES: Routes = {
    "marketplace-offering-users/": {"GET": list_offering_users, "POST": create_offering_user},
    _ONE: {"GET": offering_user_detail, "PATCH": rename, "DELETE": delete_offering_user},
    f"{_ONE}update_restricted/": {"POST": update_restricted},
}

LATER_ROUTES: Routes = {
    f"{_ONE}update_comments/": {"PATCH": update_comments},
    **{f"{_ONE}{name}/": {"POST": _transition(name)} for name in TRANSITIONS},
}
