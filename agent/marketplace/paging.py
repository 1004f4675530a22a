"""Lists read whole, and proved to be whole.

The marketplace pages by number over a live table, so rows can shift between two pages. A list is complete when every
page announces the same ``X-Result-Count`` and as many distinct rows arrived; else it is read once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from agent.errors import Incomplete, Unavailable
from agent.marketplace.failure import Refused
from agent.marketplace.http import Http, Params
from agent.marketplace.together import together
from agent.marketplace.values import Row

PAGE_SIZE = 300  # the server's maximum; more is cut down silently
MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Listing:
    """Which list: its route, its filters, and the fields that together tell one row from another."""

    route: str
    params: Params = ()
    uuid: str = ""
    key: tuple[str, ...] = ("uuid",)


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, the count it announces for the whole list, and whether it names a next page."""

    rows: Sequence[Row]
    count: int | None
    more: bool


def read_list(http: Http, listing: Listing) -> Sequence[Row]:
    """Every row of the list, each once.

    Raises ``Incomplete`` with the distinct rows when two readings could not be proved whole, or when the server
    announces no count.
    """
    for _ in range(2):
        pages = _read_pages(http, listing)
        rows = _distinct(pages, listing.key)
        flaw = _flaw(pages, rows)
        if not flaw:
            return rows
        if pages[0].count is None:
            break
    raise Incomplete(f"{http.url(listing.route, listing.uuid)}: {flaw}", rows)


def _read_pages(http: Http, listing: Listing) -> list[Page]:
    first = read_page(http, listing, 1)
    if not first.more or not first.rows:
        return [first]
    if first.count is None:
        return _follow(http, listing, first)
    # What the first page holds is the true page size, whatever was asked for.
    last = min(ceil(first.count / len(first.rows)), MOST_PAGES)
    return [first, *together(lambda number: read_page(http, listing, number), range(2, last + 1))]


def _follow(http: Http, listing: Listing, first: Page) -> list[Page]:
    pages = [first]
    while pages[-1].more and len(pages) < MOST_PAGES:
        pages.append(read_page(http, listing, len(pages) + 1))
    return pages


def read_page(http: Http, listing: Listing, number: int) -> Page:
    """One page of the list, the first being 1; a page beyond the end is an empty list. Raises as ``Http.get``."""
    params = [*listing.params, ("page", str(number)), ("page_size", str(PAGE_SIZE))]
    try:
        reply = http.get(listing.route, listing.uuid, params)
    except Refused as error:
        if error.status == 404 and number > 1:
            return Page((), 0, more=False)  # the list has shrunk: its count no longer agrees with the first page's
        raise
    if not isinstance(reply.body, list):
        raise Unavailable(f"{http.url(listing.route, listing.uuid)}: the reply is not a list")
    return Page([row if isinstance(row, dict) else {} for row in reply.body], reply.count, reply.more)


def _distinct(pages: Sequence[Page], key: tuple[str, ...]) -> list[Row]:
    rows = {tuple(str(row.get(name)) for name in key): row for page in pages for row in page.rows}
    return list(rows.values())


def _flaw(pages: Sequence[Page], rows: Sequence[Row]) -> str:
    """Why these pages are not the whole list; "" when they are."""
    counts = [page.count for page in pages if page.count is not None]
    if len(counts) < len(pages):
        return "the server does not say how many rows there are"
    if min(counts) < max(counts):
        return f"the list changed while it was read (the first page announced {counts[0]} rows, another page did not)"
    if pages[-1].more:
        return f"there are more pages than {counts[0]} rows can fill"
    if len(rows) != counts[0]:
        return f"{counts[0]} rows were announced and {len(rows)} different ones arrived"
    return ""
