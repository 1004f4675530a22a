"""``sacctmgr add qos``."""

import sqlite3
from collections.abc import Sequence

from agent.sandbox.cluster.answer import Answer
from agent.sandbox.cluster.sacctmgr.adding import (
    NOTHING,
    read_request,
)
from agent.sandbox.cluster.sacctmgr.words import Keyword, folded


def qos(db: sqlite3.Connection, _cluster: str, words: Sequence[str]) -> Answer:
    """Add QOS by name; they carry no limits here."""
    request = read_request(words, (Keyword("names", 1), Keyword("description", 1)), ("names",), "")
    there = {row[0] for row in db.execute("SELECT name FROM qos")}
    new = [name for name in request.names if name not in there]
    if not new:
        return Answer(NOTHING, "", 1)
    for name in new:
        description = folded(request.options.get("description", name))
        db.execute("INSERT INTO qos (name, description) VALUES (?, ?)", (name, description))
    said = folded(request.options.get("description", new[0]))
    return Answer(
        " Adding QOS(s)\n" + "".join(f"  {name}\n" for name in new) + f" Settings\n  Description    = {said}\n"
    )
