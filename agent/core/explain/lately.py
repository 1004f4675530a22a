"""What the journal says was last done, and how it ended."""

from collections.abc import Collection

from agent.core.explain.history import History, Past
from agent.core.explain.link import Link, Mark, Step
from agent.core.explain.rooms import Room
from agent.core.explain.sight import Sight
from agent.core.moments import moment


def last_link(sight: Sight, room: Room, history: History, names: Collection[str] = ()) -> Link:
    """The latest about an account or, with ``names``, about these users in it.

    A failure that nothing is planned about any more is history.
    """
    found = next((past for past in history.outcomes if past.about(room.account, names)), None)
    mark, text = (Mark.NONE, "the journal knows of none") if found is None else (_mark(sight, found), told(found))
    remedy = "the next sync tries it again; agent plan shows it" if mark is Mark.BROKEN else ""
    return Link(step=Step.LAST, mark=mark, text=text, remedy=remedy, account=room.account, resource=room.resource)


def told(past: Past) -> str:
    """One outcome in one line."""
    detail = f": {past.detail}" if past.detail else ""
    return f"{moment(past.at)} {past.result or 'cut off'}: {past.what}{detail}"


def _mark(sight: Sight, past: Past) -> Mark:
    if past.result == "done":
        return Mark.OK
    actions = (*sight.plan.actions, *(item.action for item in sight.plan.held))
    if past.key not in {action.key for action in actions}:
        return Mark.NONE
    return Mark.BROKEN if past.result == "failed" else Mark.WAITING
