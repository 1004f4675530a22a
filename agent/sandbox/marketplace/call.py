"""One request as the handlers see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from starlette.datastructures import URL, QueryParams
from starlette.responses import Response

from agent.sandbox.marketplace.dialect import Dialect
from agent.sandbox.marketplace.errors import bad
from agent.sandbox.marketplace.faults import ONE_PAGE, WHOLE_LIST, Faults, falsified
from agent.sandbox.marketplace.store import Row, Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who asks for what. ``path`` holds the UUIDs of the route, ``body`` the JSON object that was sent, or {}."""

    store: Store
    dialect: Dialect
    faults: Faults
    user: Row
    method: str
    url: URL
    path: dict[str, str]
    query: QueryParams
    body: dict[str, Any]

    def link(self, family: str, uuid: str) -> str:
        """The absolute URL of an object, ``http://…/api/users/<uuid>/``."""
        return f"{self.url.scheme}://{self.url.netloc}/api/{family}/{uuid}/"

    def list_shown(self, rows: Sequence[T]) -> list[T]:
        """A list as a hostile server tells it: whole, empty or halved."""
        return falsified(rows, self.faults.strike(WHOLE_LIST, self.method, self._target()))

    def page_shown(self, rows: Sequence[Row]) -> list[Row]:
        """A page as a table that moves under the reader shows it: with a row lost or doubled."""
        return falsified(rows, self.faults.strike(ONE_PAGE, self.method, self._target()))

    def required(self, field: str) -> Any:  # noqa: ANN401 - JSON data
        """A field of the body; refused in the API's words when it is missing or null."""
        if field not in self.body:
            raise bad({field: ["This field is required."]})
        if self.body[field] is None:
            raise bad({field: ["This field may not be null."]})
        return self.body[field]

    def _target(self) -> str:
        return f"{self.url.path}?{self.url.query}" if self.url.query else self.url.path


Handler: TypeAlias = Callable[[Call], Response]
Routes: TypeAlias = dict[str, dict[str, Handler]]


def empty(status: int = 200) -> Response:
    """A success without a body, hence without a Content-Type."""
    return Response(status_code=status)
