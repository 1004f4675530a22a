"""Orders that the provider's side places for a resource itself: its end, and since 2025 its return."""

from collections.abc import Callable

from starlette.responses import JSONResponse, Response

from agent.sandbox.marketplace import ordering
from agent.sandbox.marketplace.access import owned
from agent.sandbox.marketplace.call import Call, Routes
from agent.sandbox.marketplace.errors import Refused, absent, bad
from agent.sandbox.marketplace.ordering import WrongState


def terminate(call: Call) -> Response:
    """Order the end of a resource; ``attributes`` may ask for force."""
    attributes = call.body.get("attributes") or {}
    return _placed(call, lambda resource: ordering.terminate(call.store, resource, attributes))


def restore(call: Call) -> Response:
    """Order the return of a terminated resource."""
    return _placed(call, lambda resource: ordering.restore(call.store, call.dialect, resource))


def _placed(call: Call, place: Callable[[str], str]) -> Response:
    resource = call.store.find("resources", uuid=call.path["uuid"])
    if resource is None:
        raise absent("Resource")
    owned(call, resource["offering"], "Resource")
    try:
        return JSONResponse({"order_uuid": place(resource["uuid"])})
    except WrongState as error:
        raise Refused(409, {"detail": str(error)}) from None
    except ValueError as error:
        raise bad([str(error)]) from None


ROUTES: Routes = {"marketplace-provider-resources/{uuid}/terminate/": {"POST": terminate}}

LATER_ROUTES: Routes = {"marketplace-provider-resources/{uuid}/restore/": {"POST": restore}}
