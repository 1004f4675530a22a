"""Lists as the API answers them: a bare array, X-Result-Count, Link, and ``field=`` to choose columns."""

from collections.abc import Callable, Sequence

from starlette.responses import JSONResponse

from agent.sandbox.marketplace.call import Call
from agent.sandbox.marketplace.errors import Refused
from agent.sandbox.marketplace.queries import Query
from agent.sandbox.marketplace.store import Row

DEFAULT_PAGE_SIZE = 10
MAX_PAGE_SIZE = 300


def paged(call: Call, rows: Sequence[Row], show: Callable[[Row], Row], *, selectable: bool = True) -> JSONResponse:
    """One page of ``rows``, each shown by ``show``; a page beyond the end is refused with 404.

    ``selectable`` False is for the routes that ignore ``field=``.
    """
    told = call.list_shown(rows)
    return _page(call, len(told), lambda limit, offset: told[offset : offset + limit], show, selectable)


def queried(call: Call, query: Query, show: Callable[[Row], Row], *, selectable: bool = True) -> JSONResponse:
    """The same of a query, of which only the page is read."""
    # A list that is a lie is a beginning of the true one, so its length is all that has to be known.
    told = len(call.list_shown(range(query.count(call))))
    return _page(
        call, told, lambda limit, offset: query.rows(call, min(limit, told - offset), offset), show, selectable
    )


def _page(
    call: Call,
    count: int,
    read: Callable[[int, int], Sequence[Row]],
    show: Callable[[Row], Row],
    selectable: bool,
) -> JSONResponse:
    size = _page_size(call)
    pages = max(1, -(-count // size))
    number = _page_number(call, pages)
    page = call.page_shown(read(size, (number - 1) * size))
    body = [selected(call, show(row)) if selectable else show(row) for row in page]
    return JSONResponse(body, headers={"X-Result-Count": str(count), "Link": _links(call, number, pages)})


def unpaged(call: Call, rows: Sequence[Row], show: Callable[[Row], Row]) -> JSONResponse:
    """Every row at once, without count and links, so that nobody can prove that it is all."""
    return JSONResponse([selected(call, show(row)) for row in call.list_shown(rows)])


def selected(call: Call, row: Row) -> Row:
    """The columns that ``field=`` names; all of them when none of the names is known."""
    wanted = set(call.query.getlist("field"))
    return {name: value for name, value in row.items() if name in wanted} or row


def wants(call: Call, field: str) -> bool:
    """Whether an expensive column has to be computed for this request."""
    return not call.query.getlist("field") or field in call.query.getlist("field")


def _page_size(call: Call) -> int:
    text = call.query.get("page_size", "")
    size = int(text) if text.isdecimal() else 0
    return min(size, MAX_PAGE_SIZE) or DEFAULT_PAGE_SIZE


def _page_number(call: Call, pages: int) -> int:
    text = call.query.get("page", "1")
    number = pages if text == "last" else int(text) if text.isdecimal() else 0
    if not 1 <= number <= pages:
        raise Refused(404, {"detail": "Invalid page."})
    return number


def _links(call: Call, number: int, pages: int) -> str:
    numbers = {"first": 1, "prev": number - 1, "next": number + 1, "last": pages}
    return ", ".join(
        f'<{call.url.include_query_params(page=page)}>; rel="{relation}"'
        for relation, page in numbers.items()
        if 1 <= page <= pages
    )
