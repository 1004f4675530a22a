"""The QOS: their rows, and the lists of QOS that associations have."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from agent.sandbox.cluster.limits import Limits

NEVER = 2**62
"""A moment that no job ends after."""
FLAGS = (
    "DenyOnLimit", "EnforceUsageThreshold", "NoReserve", "PartitionMaxNodes", "PartitionMinNodes", "OverPartQOS",
    "PartitionTimeLimit", "RequiresReservation", "NoDecay", "UsageFactorSafe",
)  # fmt: skip
"""Every flag, in the order Slurm prints them."""


UNREADABLE = "?"
"""What stands in a list for entries that are no QOS."""


class Qos(NamedTuple):
    """A QOS; ``flags`` in the order of ``FLAGS``."""

    id: int
    name: str
    description: str
    flags: Sequence[str]
    limits: Limits


def every(db: sqlite3.Connection) -> dict[str, Qos]:
    """All QOS by name, in the order of their ids."""
    rows = db.execute("SELECT id, name, description, flags, limits FROM qos ORDER BY id").fetchall()
    return {row[1]: Qos(row[0], row[1], row[2], json.loads(row[3]), json.loads(row[4])) for row in rows}


def names(db: sqlite3.Connection) -> tuple[str, ...]:
    """The names of all QOS, in the order of their ids."""
    return tuple(row[0] for row in db.execute("SELECT name FROM qos ORDER BY id"))


def add(db: sqlite3.Connection, name: str, description: str, flags: Sequence[str], limits: Limits) -> None:
    """Insert a QOS."""
    db.execute(
        "INSERT INTO qos (name, description, flags, limits) VALUES (?, ?, ?, ?)",
        (name, description, json.dumps(flags), json.dumps(limits)),
    )


def store(db: sqlite3.Connection, qos: Qos) -> None:
    """Store a changed QOS."""
    db.execute(
        "UPDATE qos SET description = ?, flags = ?, limits = ? WHERE id = ?",
        (qos.description, json.dumps(list(qos.flags)), json.dumps(qos.limits), qos.id),
    )


def delete(db: sqlite3.Connection, gone: Iterable[str]) -> None:
    """Remove QOS, and from lists as 22.05 does it, which spoils them (``_after_loss``)."""
    doomed = list(gone)
    db.executemany("UPDATE job SET qos_counted_from = ? WHERE qos = ?", [(NEVER, name) for name in doomed])
    db.executemany("DELETE FROM qos WHERE name = ?", [(name,) for name in doomed])
    for number, text in db.execute("SELECT id, limits FROM association WHERE limits LIKE '%\"QOS\"%'").fetchall():
        limits = json.loads(text)
        left = limits.pop("QOS", [])
        for name in doomed:
            left = _after_loss(left, name)
        db.execute(
            "UPDATE association SET limits = ? WHERE id = ?",
            (json.dumps({**limits, **({"QOS": left} if left else {})}), number),
        )


def _after_loss(own: Sequence[str], gone: str) -> list[str]:
    """An association's own list without a deleted QOS.

    22.05 cuts ``,id,`` out of the text of a list. So what stood on both sides becomes one strange number, and what
    followed the first of a list loses a digit; only the last goes without harm. A list of which nothing can be read is
    one all the same: nothing may be used then.
    """
    if gone not in own:
        return [name for name in own if name.lstrip("+-") != gone]
    place = own.index(gone)
    first = place if place in (0, len(own) - 1) else place - 1
    left = [*own[:first], *own[place + 2 :]]
    return left if left or len(own) == 1 else [UNREADABLE]


def changed(own: Sequence[str], sign: str, given: Sequence[str]) -> list[str]:
    """An association's own list after ``=``, ``+=`` or ``-=``; an empty list is inherited.

    Where a list is inherited, ``+=`` and ``-=`` leave it so and keep the difference: names with ``+`` or ``-``.
    """
    if sign not in ("+=", "-="):
        return list(given)
    if own and not is_difference(own):
        return [*own, *(name for name in given if name not in own)] if sign == "+=" else _without(own, given)
    mark = sign[0]
    others = [each for each in own if each[1:] not in given]
    return sorted([*others, *(f"{mark}{name}" for name in given)], key=lambda each: each[0])


def is_difference(own: Sequence[str]) -> bool:
    """Whether a list only says how it differs from the inherited one."""
    return any(name[0] in "+-" for name in own)


def combined(own: Sequence[str], inherited: Sequence[str]) -> list[str]:
    """The list that counts."""
    if not own:
        return list(inherited)
    if not is_difference(own):
        return list(own)
    more = [name[1:] for name in own if name[0] == "+" and name[1:] not in inherited]
    return _without([*inherited, *more], [name[1:] for name in own if name[0] == "-"])


def _without(these: Sequence[str], those: Sequence[str]) -> list[str]:
    return [name for name in these if name not in those]
