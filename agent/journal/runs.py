"""Runs, intents and outcomes: who changed what, when and why."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from agent.core.actions import Action
from agent.journal.database import Database


class Runs(Database):
    """Every cycle that changed something, with what it meant to do and what became of it."""

    def begin(self, lane: str, at: float) -> int:
        """A new run."""
        with self.transaction() as db:
            return int(db.execute("insert into run (lane, started) values (?, ?)", (lane, at)).lastrowid or 0)

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

    def conclude(self, run: int, key: str, result: str, detail: str, at: float) -> None:
        """What became of one intended action."""
        with self.transaction() as db:
            db.execute(
                "update intent set result=?, detail=?, done=? where run=? and key=?", (result, detail, at, run, key)
            )
