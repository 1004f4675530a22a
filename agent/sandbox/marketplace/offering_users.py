"""Offering users over HTTP: list, name, and the states of 2025."""

from starlette.responses import JSONResponse, Response

from agent.sandbox.marketplace import members
from agent.sandbox.marketplace.access import offerings_of, owned
from agent.sandbox.marketplace.call import Call, Handler, Routes, empty
from agent.sandbox.marketplace.errors import absent, bad
from agent.sandbox.marketplace.filters import (
    by_choice,
    by_flag,
    by_moment,
    by_text,
    by_uuid,
    filtered,
    hex_uuid,
    ordered,
)
from agent.sandbox.marketplace.paging import paged, selected
from agent.sandbox.marketplace.permissions import full_name
from agent.sandbox.marketplace.store import Row

STATES = (
    "Requested",
    "Creating",
    "Pending account linking",
    "Pending additional validation",
    "OK",
    "Requested deletion",
    "Deleting",
    "Deleted",
    "Error creating",
    "Error deleting",
)
_PENDING = ("Pending account linking", "Pending additional validation")
_NAMED_BECOMES_OK = ("Requested", "Creating", *_PENDING, "Error creating")

_TRANSITIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "begin_creating": (("Requested", "Error creating"), "Creating"),
    "set_pending_account_linking": (("Creating", "Error creating"), _PENDING[0]),
    "set_pending_additional_validation": (("Creating", "Error creating"), _PENDING[1]),
    "set_validation_complete": (_PENDING, "OK"),
    "set_ok": ((*_NAMED_BECOMES_OK, "Error deleting"), "OK"),
    "set_error_creating": (("Requested", "Creating", *_PENDING), "Error creating"),
    "request_deletion": (("OK",), "Requested deletion"),
    "set_deleting": (("Requested deletion", "Error deleting"), "Deleting"),
    "set_deleted": (("Deleting",), "Deleted"),
    "set_error_deleting": (("Requested deletion", "Deleting"), "Error deleting"),
}

_SELECT = """
SELECT x.*, u.username AS user_username, u.first_name, u.last_name, u.email, f.name AS offering_name,
       f.customer AS provider, c.name AS customer_name, f.plugin_options, f.secret_options
FROM offering_users x JOIN users u ON u.uuid = x.user JOIN offerings f ON f.uuid = x.offering
     JOIN customers c ON c.uuid = f.customer
"""

_FILTERS = {
    "offering_uuid": by_uuid("offering"),
    "user_uuid": by_uuid("user"),
    "provider_uuid": by_uuid("provider"),
    "user_username": by_text("user_username"),
    "is_restricted": by_flag("is_restricted"),
    "created": by_moment("created"),
    "modified": by_moment("modified"),
}
_LATER_FILTERS = {**_FILTERS, "state": by_choice("state", STATES)}


def list_offering_users(call: Call) -> Response:
    """The users of the provider's offerings, by username; none of an offering without the feature."""
    mine = offerings_of(call)
    rows = [
        row
        for row in call.store.rows(f"{_SELECT} ORDER BY x.created, x.rowid")
        if row["offering"] in mine and members.enabled(call.dialect, row)
    ]
    found = filtered(call, rows, _FILTERS if call.dialect.old else _LATER_FILTERS)
    found = ordered(call, found, ("created", "modified", "username"), "username")
    return paged(call, found, lambda row: _show(call, row))


def offering_user_detail(call: Call) -> Response:
    """One offering user."""
    return JSONResponse(selected(call, _show(call, _offering_user(call))))


def rename(call: Call) -> Response:
    """Set the username; nothing but its length is checked, and naming a waiting user makes it OK."""
    row = _offering_user(call)
    owned(call, row["offering"], "OfferingUser")
    if "username" in call.body:
        username = _checked(call.body["username"])
        becomes_ok = bool(username) and row["state"] in _NAMED_BECOMES_OK
        call.store.update("offering_users", row["uuid"], username=username, state="OK" if becomes_ok else row["state"])
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
    valid, state = _TRANSITIONS[name]

    def move(call: Call) -> Response:
        row = _offering_user(call)
        owned(call, row["offering"], "OfferingUser")
        if row["state"] not in valid:
            current = STATES.index(row["state"]) + 1
            detail = f"Cannot transition to {state} from current state: {current}."
            raise bad({"detail": f"{detail} Valid states for operation: {', '.join(valid)}."})
        call.store.update("offering_users", row["uuid"], state=state)
        return empty()

    return move


def _row(call: Call, uuid: str) -> Row:
    found = call.store.rows(f"{_SELECT} WHERE x.uuid = ?", uuid)
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
    return {**shown, **({"propagation_date": None} if call.dialect.old else _later(row))}


def _later(row: Row) -> Row:
    return {
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
    **{f"{_ONE}{name}/": {"POST": _transition(name)} for name in _TRANSITIONS},
}
