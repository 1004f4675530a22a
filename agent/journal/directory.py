"""The directory's memory: groups that were served, last good feeds, and which records are not served, since when."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from agent.core.admission import RefusedRecord
from agent.core.model.directory import Directory, DirectoryGroup, DirectoryUser, Feed, Quarantined
from agent.journal.database import Database

_USER_FIELDS = tuple(DirectoryUser.__dataclass_fields__)
_SINCE = "select kind, name, offering, since from quarantine"


class DirectoryMemory(Database):
    """Which group a gid is for, what stands in for a feed that cannot be read, and what of the feeds is not served."""

    def remember_groups(self, groups: Mapping[int, str]) -> None:
        """Gid → name of groups that several users may be in, once they are admitted; a gid keeps its name for ever."""
        with self.transaction() as db:
            db.executemany("insert or ignore into group_gid values (?, ?)", groups.items())

    def remember_feed(self, offering: str, feed: Feed, at: float) -> None:
        """A feed that was read whole: the last good one from now on."""
        with self.transaction() as db:
            db.execute("insert or replace into feed values (?, ?, ?)", (offering, _written(feed), at))

    def is_last_feed(self, offering: str, feed: Feed) -> bool:
        """Whether this is the last good one already."""
        with self.transaction() as db:
            row = db.execute("select content = ? from feed where offering=?", (_written(feed), offering)).fetchone()
        return bool(row and row[0])

    def last_feed(self, offering: str) -> Feed | None:
        """The last feed of the offering that was read whole; None when there was none."""
        with self.transaction() as db:
            row = db.execute("select content from feed where offering=?", (offering,)).fetchone()
        return _read(json.loads(row[0])) if row else None

    def remember_quarantine(self, refused: Collection[RefusedRecord], at: float) -> None:
        """All records that are not served now: one that was refused before keeps its date, and what is gone goes."""
        with self.transaction() as db:
            since = {tuple(key): date for *key, date in db.execute(_SINCE)}
            db.execute("delete from quarantine")
            for one in refused:
                key = (one.kind, one.name, one.offering)
                row = (*key, one.reason, since.get(key, at))
                db.execute("insert or ignore into quarantine values (?, ?, ?, ?, ?)", row)

    def quarantined(self) -> tuple[Quarantined, ...]:
        """The records that are not served, the longest refused first."""
        with self.transaction() as db:
            rows = db.execute("select * from quarantine order by since, kind desc, name, offering").fetchall()
        return tuple(
            Quarantined(kind=kind, name=name, offering=offering, reason=reason, since=since)
            for kind, name, offering, reason, since in rows
        )


def _written(feed: Feed) -> str:
    """One list a user, without the names of the fields: a feed of ten thousand is read and written in a moment."""
    directory = feed.directory
    content = {
        "fields": _USER_FIELDS,
        "users": [[getattr(user, name) for name in _USER_FIELDS] for user in directory.users],
        "groups": [asdict(group) for group in directory.groups],
        "tells_disabled": feed.tells_disabled,
    }
    return json.dumps(content, separators=(",", ":"))


def _read(content: dict[str, Any]) -> Feed:
    """A field that this version does not know is left out."""
    places = [(place, name) for place, name in enumerate(content["fields"]) if name in _USER_FIELDS]
    users = [{name: row[place] for place, name in places} for row in content["users"]]
    lists = [name for _, name in places if name in {"othergroups", "sshkeys"}]
    return Feed(
        directory=Directory(
            users=tuple(DirectoryUser(**{**user, **{key: tuple(user[key]) for key in lists}}) for user in users),
            groups=tuple(DirectoryGroup(**group) for group in content["groups"]),
        ),
        tells_disabled=bool(content["tells_disabled"]),
    )
