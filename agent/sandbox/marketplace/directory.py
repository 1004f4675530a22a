"""What a directory is made of, over HTTP: the text for GLAuth, and the tree of 2026."""

from starlette.responses import JSONResponse, PlainTextResponse, Response

from agent.sandbox.marketplace import glauth, glauth_tree
from agent.sandbox.marketplace.access import provided
from agent.sandbox.marketplace.call import Call, Routes, empty
from agent.sandbox.marketplace.errors import Refused, bad
from agent.sandbox.marketplace.members import enabled
from agent.sandbox.marketplace.store import Row


def glauth_users_config(call: Call) -> Response:
    """The text for GLAuth; a legal empty body when the offering has nobody."""
    offering = _offering(call)
    return glauth_response(call, offering, glauth.users_shown(call.store, call.dialect, offering["uuid"]))


def glauth_response(call: Call, offering: Row, users: list[Row]) -> Response:
    """The text with these users, refused in plain text when the offering may not have users."""
    if not enabled(call.dialect, offering):
        raise Refused(400, _without_users(offering), media="text/plain")
    shown = call.list_shown(users)
    if users and not shown:
        return empty()
    write = glauth_tree.config_text if call.dialect.has_tree else glauth.config_text
    text = write(call.store, call.dialect, offering, shown)
    return PlainTextResponse(text) if text else empty()


def glauth_tree_detail(call: Call) -> Response:
    """The users, groups and robot accounts as JSON."""
    offering = _offering(call)
    if not enabled(call.dialect, offering):
        raise bad(_without_users(offering))
    users = call.list_shown(glauth.users_shown(call.store, call.dialect, offering["uuid"]))
    return JSONResponse(glauth_tree.tree(call.store, call.dialect, offering, users))


def _offering(call: Call) -> Row:
    provided(call, call.path["uuid"], "Offering")
    return call.store.get("offerings", call.path["uuid"])


def _without_users(offering: Row) -> str:
    return f"Offering {offering['name']} doesn't have feature service_provider_can_create_offering_user enabled"


TREE_ROUTES: Routes = {"marketplace-provider-offerings/{uuid}/glauth_tree/": {"GET": glauth_tree_detail}}

TEXT_ROUTES: Routes = {"marketplace-provider-offerings/{uuid}/glauth_users_config/": {"GET": glauth_users_config}}
