"""What became of things: the latest outcomes about an order, an account or a user in it."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from agent.journal.database import Database

_ABOUT = """
select coalesce(done, at), what, coalesce(result, ''), coalesce(detail, '') from intent
where exists (select 1 from json_each(?) as one
    where substr(intent.key, -length(one.value) - 1) = ' ' || one.value
        or instr(intent.key, ' ' || one.value || '/') > 0)
order by run desc, rowid desc limit ?
"""
_DETAILS = """
select key, case when result = 'done' then '' else coalesce(detail, '') end from intent
where key in (select value from json_each(?)) order by run
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One intended action and its end; ``result`` is "" when the run was cut off before it. ``at``: UTC seconds."""

    at: float
    what: str
    result: str
    detail: str


def last_outcomes(journal: Database, subjects: Collection[str], most: int) -> list[Past]:
    """The latest about any of ``subjects`` (an order's UUID, an account), newest first, at most so many."""
    with journal.transaction() as db:
        rows = db.execute(_ABOUT, (json.dumps(list(subjects)), most)).fetchall()
    return [Past(at=at, what=what, result=result, detail=detail) for at, what, result, detail in rows]


def last_details(journal: Database, keys: Collection[str]) -> Mapping[str, str]:
    """Key → what its last outcome said, "" when it was done; keys that never were intended are left out."""
    with journal.transaction() as db:
        return dict(db.execute(_DETAILS, (json.dumps(list(keys)),)).fetchall())
