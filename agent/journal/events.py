"""What a site's commands are told once: users and resources that are ready, resources that are gone."""

import json
from collections.abc import Sequence

from agent.core.model.people import Event
from agent.journal.database import Database

_WAITING = """
select kind, about, offering, facts, tries, tried, trouble from event where told is null order by noted, rowid
"""


class Events(Database):
    """Everything that was noted, and what of it no command has taken yet."""

    def events(self) -> tuple[Event, ...]:
        """Those that wait, oldest first."""
        with self.transaction() as db:
            rows = db.execute(_WAITING).fetchall()
        return tuple(
            Event(
                kind=kind,
                about=about,
                offering=offering,
                facts=json.loads(facts),
                tries=tries,
                at=at,
                trouble=trouble,
            )
            for kind, about, offering, facts, tries, at, trouble in rows
        )

    def noted(self) -> frozenset[str]:
        """The keys of all that were ever noted."""
        with self.transaction() as db:
            return frozenset(key for (key,) in db.execute("select key from event"))

    def note_events(self, events: Sequence[Event], at: float) -> None:
        """Things that happened; one that was noted before stays as it is."""
        rows = [(one.key, one.kind, one.about, one.offering, json.dumps(dict(one.facts)), at) for one in events]
        with self.transaction() as db:
            db.executemany(
                "insert or ignore into event (key, kind, about, offering, facts, noted) values (?, ?, ?, ?, ?, ?)", rows
            )

    def forget_events(self, keys: Sequence[str]) -> None:
        """These may be noted anew."""
        with self.transaction() as db:
            db.executemany("delete from event where key=?", [(key,) for key in keys])

    def told_event(self, key: str, trouble: str, at: float) -> None:
        """The command took it (``trouble`` is ""), or did not: then it waits on, with one more try."""
        told = None if trouble else at
        with self.transaction() as db:
            db.execute(
                "update event set told=?, tries=tries + 1, tried=?, trouble=? where key=? and told is null",
                (told, at, trouble, key),
            )
