"""Faults on order: a program that refuses or hangs, a set number of times."""

import sqlite3
import time

from agent.sandbox.cluster import store
from agent.sandbox.cluster.answer import Refused


def add(db: sqlite3.Connection, program: str, text: str, seconds: float, times: int) -> None:
    """Let the next ``times`` runs of a program wait ``seconds``, then fail with ``text`` (work, if it is "")."""
    db.execute("INSERT INTO fault (program, text, seconds, times) VALUES (?, ?, ?, ?)", (program, text, seconds, times))


def clear(db: sqlite3.Connection) -> None:
    """Forget all faults."""
    db.execute("DELETE FROM fault")


def strike(db: sqlite3.Connection, program: str) -> None:
    """Suffer the oldest fault that waits for this program. Raises ``Refused`` with its text.

    The fault is counted before the wait, so that a run that is killed while it hangs counts as well.
    """
    if not db.execute("SELECT 1 FROM fault WHERE program = ?", (program,)).fetchone():
        return
    with store.transaction(db):
        row = db.execute(
            "UPDATE fault SET times = times - 1 WHERE id = (SELECT min(id) FROM fault WHERE program = ?)"
            " RETURNING text, seconds",
            (program,),
        ).fetchone()
        db.execute("DELETE FROM fault WHERE times < 1")
    text, seconds = row or ("", 0.0)
    time.sleep(seconds)
    if text:
        raise Refused(f"{text}\n")
