"""The ASGI app: routes, content negotiation, authentication, one transaction a request."""

import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent.sandbox.marketplace import (
    directory,
    offering_users,
    offerings,
    orders,
    permissions,
    resource_orders,
    resources,
    robot_accounts,
    service_accounts,
    stats,
    usages,
    user_usages,
)
from agent.sandbox.marketplace.access import authenticated
from agent.sandbox.marketplace.call import Call, Handler, Routes
from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.errors import Refused, bad, no_route, not_allowed, unacceptable, unsupported_media
from agent.sandbox.marketplace.faults import Faults
from agent.sandbox.marketplace.filters import hex_uuid
from agent.sandbox.marketplace.store import Store

_FAMILIES = (
    offerings,
    orders,
    resources,
    resource_orders,
    offering_users,
    robot_accounts,
    permissions,
    usages,
    user_usages,
    stats,
)
_LATER = (offerings, orders, resources, resource_orders, offering_users, robot_accounts, service_accounts)


def build(store: Store, dialect: Dialect, faults: Faults) -> Starlette:
    """The app for one dialect; a route the dialect does not have is answered by an HTML page."""
    found = _routes(dialect)
    text = {**directory.TEXT_ROUTES, **resources.TEXT_ROUTES}
    serve = _Server(store, dialect, faults)
    routes = [
        *(serve.route(path, methods, "application/json") for path, methods in _fixed_first(found)),
        *(serve.route(path, methods, "text/plain") for path, methods in text.items()),
    ]
    app = Starlette(routes=routes, exception_handlers={404: _absent, 405: serve.wrong_method})
    app.router.redirect_slashes = False
    return app


def answer(refused: Refused) -> Response:
    """A refusal as it goes over the wire."""
    if refused.media == "application/json" and refused.body is not None:
        return JSONResponse(refused.body, refused.status, headers=refused.headers)
    return Response(str(refused.body or ""), refused.status, refused.headers, refused.media if refused.body else None)


class _Server:
    """What every handler is wrapped in."""

    def __init__(self, store: Store, dialect: Dialect, faults: Faults) -> None:
        self._store, self._dialect, self._faults = store, dialect, faults

    def route(self, path: str, handlers: dict[str, Handler], produces: str) -> Route:
        async def endpoint(request: Request) -> Response:
            handler = handlers["GET" if request.method == "HEAD" else request.method]
            return await self._guarded(request, produces, handler)

        return Route(f"/api/{path}", endpoint, methods=list(handlers))

    async def wrong_method(self, request: Request, _error: Exception) -> Response:
        def refuse(call: Call) -> Response:
            raise not_allowed(call.method)

        return await self._guarded(request, "application/json", refuse)

    async def _guarded(self, request: Request, produces: str, handler: Handler) -> Response:
        try:
            body = await request.body()
            with self._store.transaction():
                return handler(self._call(request, body, produces))
        except Refused as refused:
            return answer(refused)

    def _call(self, request: Request, body: bytes, produces: str) -> Call:
        if not _acceptable(request.headers.get("accept", "*/*"), produces):
            raise unacceptable()
        user = authenticated(self._store, request.headers.get("authorization"))
        return Call(
            store=self._store,
            dialect=self._dialect,
            faults=self._faults,
            user=user,
            method=request.method,
            url=request.url,
            path={name: _uuid(value) for name, value in request.path_params.items()},
            query=request.query_params,
            body=_json(request.headers.get("content-type", ""), body),
        )


def _routes(dialect: Dialect) -> Routes:
    found: Routes = {}
    for family in _FAMILIES:
        found |= family.ROUTES
    if dialect.old:
        return found | resources.EARLIER_ROUTES
    for later in _LATER:
        found |= later.LATER_ROUTES
    if dialect.has_tree:
        found |= directory.TREE_ROUTES
    return found | user_usages.BULK_ROUTES if dialect.bulk_user_usage else found


def _fixed_first(routes: Routes) -> list[tuple[str, dict[str, Handler]]]:
    return sorted(routes.items(), key=lambda item: "{uuid}" in item[0])


def _acceptable(header: str, produces: str) -> bool:
    ranges = {part.partition(";")[0].strip() for part in header.split(",")}
    return bool(ranges & {produces, "*/*", f"{produces.partition('/')[0]}/*", ""})


def _uuid(text: str) -> str:
    try:
        return hex_uuid(text)
    except ValueError:
        return text


def _json(media: str, body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    if media.partition(";")[0].strip() != "application/json":
        raise unsupported_media(media)
    try:
        data = json.loads(body)
    except ValueError as error:
        raise bad({"detail": f"JSON parse error - {error}"}) from None
    if not isinstance(data, dict):
        raise bad({"non_field_errors": [f"Invalid data. Expected a dictionary, but got {type(data).__name__}."]})
    return data


async def _absent(_request: Request, _error: Exception) -> Response:
    return answer(no_route())
