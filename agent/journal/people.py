"""What the journal remembers of people and accounts: what was done about them, and when they were where."""

import json
from collections.abc import Collection
from typing import Any

from agent.core.explain import History, Past, Stay
from agent.core.model.people import Event
from agent.journal.database import Database

_OUTCOMES = """
with one as (select key, what, coalesce(done, at) as at, coalesce(result, '') as result,
    coalesce(detail, '') as detail, run, rowid as number,
    substr(key, length(rtrim(key, replace(key, ' ', ''))) + 1) as subject from intent)
select at, key, what, result, detail from one
where subject in (select value from json_each(:uuids)) or subject in (select value from json_each(:users))
    or (substr(key, 1, instr(key, ' ') - 1) in ('remove', 'disable', 'purge')
        and subject in (select account from association where user in (select value from json_each(:users))))
    or case when instr(subject, '/') then substr(subject, 1, instr(subject, '/') - 1) else subject end
        in (select value from json_each(:accounts))
    or (instr(subject, '/') and substr(subject, instr(subject, '/') + 1,
        case when instr(subject, '@') then instr(subject, '@') - instr(subject, '/') - 1 else length(subject) end)
        in (select value from json_each(:users)))
order by run desc, number desc limit :most
"""
_STAYS = """
select account, user, made, removed from association
where user in (select value from json_each(:users)) or account in (select value from json_each(:accounts))
order by made desc
"""
_EVENTS = """
select kind, about, offering, facts, tries, tried, trouble, noted, told from event
where about in (select value from json_each(:subjects)) order by noted
"""


def history(
    journal: Database, users: Collection[str], accounts: Collection[str], uuids: Collection[str], most: int
) -> History:
    """What was done about these usernames, accounts and UUIDs, newest first, at most so much; and every stay.

    Of a username also the end of an account it was in.
    """
    asked = {"users": json.dumps(list(users)), "accounts": json.dumps(list(accounts)), "uuids": json.dumps(list(uuids))}
    with journal.transaction() as db:
        outcomes = db.execute(_OUTCOMES, {**asked, "most": most}).fetchall()
        stays = db.execute(_STAYS, asked).fetchall()
    return History(
        outcomes=tuple(
            Past(at=at, key=key, what=what, result=result, detail=detail) for at, key, what, result, detail in outcomes
        ),
        stays=tuple(Stay(account=a, user=user, made=made, removed=removed) for a, user, made, removed in stays),
    )


def told_events(journal: Database, subjects: Collection[str]) -> list[tuple[Event, float, float | None]]:
    """(event, when it was noted, when the site's command took it) about these usernames and resources, oldest first."""
    with journal.transaction() as db:
        rows = db.execute(_EVENTS, {"subjects": json.dumps(list(subjects))}).fetchall()
    return [_event(row) for row in rows]


def _event(row: tuple[Any, ...]) -> tuple[Event, float, float | None]:
    kind, about, offering, facts, tries, tried, trouble, noted, told = row
    event = Event(
        kind=kind, about=about, offering=offering, facts=json.loads(facts), tries=tries, at=tried, trouble=trouble
    )
    return event, noted, told
