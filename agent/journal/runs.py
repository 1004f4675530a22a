"""Runs, intents and outcomes: who changed what, when and why."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict

from agent.core.actions import Action
from agent.core.guard import DAY
from agent.journal.database import Database

KEPT = 90 * DAY
"""How long the history is kept, in seconds."""


class Runs(Database):
    """Every cycle that changed something, with what it meant to do and what became of it."""

    def begin(self, lane: str, at: float) -> int:
        """A new run. At most once a day it also lets go of what is older than ``KEPT``."""
        with self.transaction() as db:
            number = int(db.execute("insert into run (lane, started) values (?, ?)", (lane, at)).lastrowid or 0)
            if _oldest(db) < at - KEPT - DAY:
                _forget(db, at - KEPT)
            return number

    def end(self, run: int, at: float, outcome: str) -> None:
        """The run is over."""
        with self.transaction() as db:
            db.execute("update run set ended=?, outcome=? where id=?", (at, outcome, run))

    def intend(self, run: int, actions: Sequence[Action], at: float) -> None:
        """What is about to be done."""
        rows = [
            (run, action.key, action.offering, action.describe(), json.dumps(asdict(action), default=str), at)
            for action in actions
        ]
        with self.transaction() as db:
            db.executemany(
                "insert or ignore into intent (run, key, offering, what, value, at) values (?,?,?,?,?,?)", rows
            )

    def conclude_all(self, run: int, results: Sequence[tuple[str, str, str]], at: float) -> None:
        """What became of intended actions: key, result, detail."""
        rows = [(result, detail, at, run, key) for key, result, detail in results]
        with self.transaction() as db:
            db.executemany("update intent set result=?, detail=?, done=? where run=? and key=?", rows)


def _oldest(db: sqlite3.Connection) -> float:
    """When the first run that is still here began; there is always one."""
    return float(db.execute("select started from run order by id limit 1").fetchone()[0])


def _forget(db: sqlite3.Connection, before: float) -> None:
    db.execute("delete from intent where run in (select id from run where started < ?)", (before,))
    db.execute("delete from run where started < ?", (before,))
    for table in ("removal", "released", "asked"):
        db.execute(f"delete from {table} where at < ?", (before,))  # noqa: S608 - the names stand above
