"""Who is in which project by ``team``, which costs a request a project.

An answer comes unpaged and without a count, and shows one role of each person. So it proves nothing by itself: it can
only agree with what another route told.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

from agent.core.model.marketplace import ProjectRole, Resource
from agent.errors import Incomplete
from agent.marketplace import routes, wire
from agent.marketplace.failure import NoRoute, Refused
from agent.marketplace.http import Http
from agent.marketplace.paging import Listing, read_list, read_page
from agent.marketplace.records import Kind, parse_records, readable
from agent.marketplace.together import together
from agent.marketplace.values import Row

MEMBER_KEY = ("uuid", "role")

Doubt: TypeAlias = Refused | NoRoute | Incomplete


def by_teams(http: Http, resources: Sequence[Resource]) -> tuple[ProjectRole, ...]:
    """A role of everybody in the projects of these resources.

    Raises ``Incomplete`` with the others when one team does not answer or cannot be read, what the server says when
    none does, and ``Transient`` during an outage.
    """
    places: dict[str, list[str]] = defaultdict(list)
    for resource in resources:
        places[resource.project_uuid].append(resource.uuid)
    answers = together(lambda place: _team(http, *place), places.items())
    found = tuple(role for roles, _ in answers for role in roles)
    doubts = [doubt for _, doubt in answers if doubt]
    if doubts and not found and len(doubts) == len(answers):
        raise doubts[0]
    if doubts:
        raise Incomplete(f"{len(doubts)} of {len(answers)} teams cannot be relied on, the first: {doubts[0]}", found)
    return found


def _team(http: Http, project: str, resources: Sequence[str]) -> tuple[tuple[ProjectRole, ...], Doubt | None]:
    """The people of a project, by the first of its resources that is still there, and why they may not be all."""
    doubt: Doubt | None = None
    for resource in resources:
        try:
            return _members(http, project, resource), None
        except Incomplete as error:
            return tuple(role for role in error.rows if isinstance(role, ProjectRole)), error
        except (Refused, NoRoute) as error:
            doubt = error
            if isinstance(error, Refused) and error.status != 404:
                break
    return (), doubt


def _members(http: Http, project: str, resource: str) -> tuple[ProjectRole, ...]:
    listing = Listing(routes.RESOURCE_TEAM, uuid=resource, key=MEMBER_KEY)
    kind = Kind("team member", wire.permission, lambda _: True)
    page = read_page(http, listing, 1)
    # Should a server page it after all, it has to prove itself like any list.
    if not page.more and page.count is None:
        return parse_records(_placed(page.rows, project), kind)
    try:
        rows = read_list(http, listing)
    except Incomplete as error:
        some = readable(_placed([row for row in error.rows if isinstance(row, dict)], project), kind)
        raise Incomplete(str(error), some) from None
    return parse_records(_placed(rows, project), kind)


def _placed(rows: Sequence[Row], project: str) -> list[Row]:
    return [{**row, "project_uuid": project, "user_uuid": row.get("uuid")} for row in rows]
