"""Usernames and uids: whose each is. A name stays its holder's until a person releases it, and a uid its name's.

A uid's person that begins with "name " is one of whom only the name was known (see the ledger of the admission).
"""

import json
import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from agent.journal.database import Database

_TAKEN_BACK = "select name, user from let_go where name in (select value from json_each(?))"
_OTHER_NAMES = """
select distinct name from username join holder using (name, user)
where user = ?1 and name <> ?2 and name not in (select name from uid)
"""
_LEARNT = """
update uid set gid = coalesce(gid, :gid), person = case
    when :person <> '' and (person = '' or person glob 'name *' and :person not glob 'name *') then :person
    else person end
where name = :name and uid = :uid and (gid is null and :gid is not null
    or :person <> '' and (person = '' or person glob 'name *' and :person not glob 'name *'))
"""
_FREED = "update uid set name = name || ' (once ' || uid || ')'"
_OF_SOMEBODY_ELSE = (
    f"{_FREED} where name=:name and person not in ('', :holder) and :holder <> ''"
    " and (:strange or person not glob 'name *')"
)
_LEFT_BEHIND = """
select user, min(uid) from let_go join uid using (name)
where (person in ('', user) or person glob 'name *')
and user not in (select user from holder join uid using (name))
group by user having count(*) = 1
"""
_TAKEN_ALONG = """
update or ignore uid set name = :name
where uid = :uid and not exists (select 1 from holder where name = uid.name and user = :user)
and exists (select 1 from holder where name = :name and user = :user)
"""
_NONE: Mapping[str, int] = MappingProxyType({})
_NOBODY: Mapping[str, str] = MappingProxyType({})


class Usernames(Database):
    """Who is called what."""

    def remember_usernames(self, offering: str, names: Mapping[str, str]) -> None:
        """Marketplace user → username, as they are now. A name that nobody holds becomes this person's."""
        with self.transaction() as db:
            db.executemany(
                "insert into username values (?, ?, ?) on conflict do update set name=excluded.name"
                " where name<>excluded.name",
                [(offering, user, name) for user, name in names.items()],
            )
            _hold(db, _first(names), None)

    def hold_usernames(self, names: Mapping[str, str], at: float) -> None:
        """Name → the marketplace user it is for. Who holds it already keeps it; one that was let go is held anew."""
        with self.transaction() as db:
            _hold(db, names, at)

    def release_username(self, name: str, at: float, *, strange: bool = False) -> None:
        """Nobody has this name any more. Its uid stays, so that files keep an owner.

        After a rename, which is when the holder has one other name and no uid of it is known, the uid goes there: the
        person keeps it. Without another name, it goes to the next one that the person is given. The uid of somebody
        else who had the name leaves it at once; where only the name is known of them, ``strange`` says that they are.
        """
        with self.transaction() as db:
            row = db.execute("select user from holder where name=?", (name,)).fetchone()
            holder = str(row[0]) if row else ""
            others = db.execute(_OTHER_NAMES, (holder, name)).fetchall()
            db.execute("delete from holder where name=?", (name,))
            db.execute("delete from username where name=?", (name,))
            db.execute("insert or ignore into let_go values (?, ?, ?)", (name, holder, at))
            db.execute(_OF_SOMEBODY_ELSE, {"name": name, "holder": holder, "strange": strange})
            if len(others) == 1:
                db.execute("update uid set name=? where name=?", (others[0][0], name))

    def remember_uids(
        self, uids: Mapping[str, int], gids: Mapping[str, int] = _NONE, persons: Mapping[str, str] = _NOBODY
    ) -> None:
        """Name → uid, the gid of its own group, and whose it is; what is there already stays, but for a name let go.

        Where only the name was known, whose it is can still be learnt.
        """
        rows = [
            {"name": name, "uid": uid, "gid": gids.get(name), "person": persons.get(name, "")}
            for name, uid in uids.items()
        ]
        with self.transaction() as db:
            for name, _ in db.execute(_TAKEN_BACK, (json.dumps(list(uids)),)).fetchall():
                _retire(db, name, uids[name])
            db.executemany("insert or ignore into uid values (:name, :uid, :gid, :person)", rows)
            db.executemany(_LEARNT, rows)


def _first(names: Mapping[str, str]) -> Mapping[str, str]:
    """Name → the first user who has it."""
    first: dict[str, str] = {}
    for user, name in names.items():
        first.setdefault(name, user)
    return {name: user for name, user in first.items() if name}


def _hold(db: sqlite3.Connection, names: Mapping[str, str], at: float | None) -> None:
    left_behind = dict(db.execute(_LEFT_BEHIND))
    for name, before in db.execute(_TAKEN_BACK, (json.dumps(list(names)),)).fetchall():
        db.execute("delete from let_go where name=?", (name,))
        if names[name] != before:
            _retire(db, name)
    db.executemany("insert or ignore into holder values (?, ?, ?)", [(name, user, at) for name, user in names.items()])
    _take_along(db, names, left_behind)


def _take_along(db: sqlite3.Connection, names: Mapping[str, str], left_behind: dict[str, int]) -> None:
    """Give the uid of the one name that a person let go to the next name they have, so that they keep their files.

    The uid itself says which entry it is: by now, the old name may be somebody else's, and the entry retired.
    """
    for name, user in names.items():
        uid = left_behind.get(user)
        if uid is not None and db.execute(_TAKEN_ALONG, {"name": name, "user": user, "uid": uid}).rowcount:
            del left_behind[user]


def _retire(db: sqlite3.Connection, name: str, but: int = -1) -> None:
    """Free the name for another uid than ``but``; the old uid stays taken, under a name that nobody can have."""
    db.execute(f"{_FREED} where name=? and uid<>?", (name, but))
