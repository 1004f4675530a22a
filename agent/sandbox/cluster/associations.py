"""The tree of associations: accounts below accounts, users in accounts."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from agent.sandbox.cluster import qos
from agent.sandbox.cluster.limits import INHERITED, Limits, Value

COLUMNS = "id, account, parent, user, partition, limits"


class Association(NamedTuple):
    """An account (``user`` is "") below ``parent``, or a user in an account, which is then its ``parent`` as well."""

    id: int
    account: str
    parent: str
    user: str
    partition: str
    limits: Limits


class New(NamedTuple):
    """An association to be made."""

    account: str
    parent: str
    user: str = ""
    partition: str = ""
    limits: Limits | None = None


class Tree:
    """Every association, in the database's order: an account, then what is below it, the newest first.

    ``instead`` has other limits than the database's for some associations, by id.
    """

    def __init__(self, db: sqlite3.Connection, instead: Mapping[int, Limits] | None = None) -> None:
        self.qos = qos.names(db)
        self._places = {name: place for place, name in enumerate(self.qos)}
        other = instead or {}
        rows = db.execute(f"SELECT {COLUMNS} FROM association ORDER BY rank").fetchall()
        self._below: dict[str, list[Association]] = {}
        self.accounts: dict[str, Association] = {}
        for row in rows:
            each = Association._make((*row[:5], other[row[0]] if row[0] in other else json.loads(row[5])))
            self._below.setdefault(each.parent, []).append(each)
            if not each.user:
                self.accounts[each.account] = each

    def __iter__(self) -> Iterator[Association]:
        """All of them, depth first."""
        return self.under("")

    def under(self, account: str) -> Iterator[Association]:
        """What is below an account (the account itself is not), depth first."""
        for each in self._below.get(account, ()):
            yield each
            if not each.user:
                yield from self.under(each.account)

    def branch(self, account: str) -> Iterator[Association]:
        """An account's association and all below it."""
        if account in self.accounts:
            yield self.accounts[account]
            yield from self.under(account)

    def lineage(self, each: Association) -> Iterator[Association]:
        """An association, then the accounts above it up to root."""
        yield each
        above = self.accounts.get(each.parent)
        if above:
            yield from self.lineage(above)

    def same(self, each: Association) -> Association:
        """An association of another tree as it is in this one."""
        return next(one for one in self._below[each.parent] if one.id == each.id)

    def member(self, account: str, user: str, partition: str) -> Association | None:
        """A user's association with an account that counts in a partition: the one for it alone, else that for all."""
        found = {each.partition: each for each in self._below.get(account, ()) if each.user == user}
        return found.get(partition) or found.get("")

    def members(self, account: str) -> list[Association]:
        """The users right in an account."""
        return [each for each in self._below.get(account, ()) if each.user]

    def qos_of(self, each: Association) -> list[str]:
        """The QOS an association may use, in the order of their ids."""
        held: list[str] = []
        for one in reversed(list(self.lineage(each))):
            held = qos.combined(own_qos(one), held)
        return sorted((name for name in held if name in self._places), key=self._places.__getitem__)

    def own_qos(self, each: Association) -> list[str]:
        """Its own list in the order of the ids, what is taken away last, without what cannot be read."""
        listed = [name for name in own_qos(each) if name.lstrip("+-") in self._places]
        return sorted(listed, key=lambda name: (name[0] == "-", self._places[name.lstrip("+-")]))

    def effective(self, each: Association, name: str) -> Value | None:
        """A limit as it counts: the association's own, or the nearest one above it when it is inherited."""
        if name == "QOS":
            return self.qos_of(each)
        if name not in INHERITED:
            return each.limits.get(name)
        return next((above.limits[name] for above in self.lineage(each) if name in above.limits), None)

    def heirs(self, account: str, names: Iterable[str]) -> Iterator[Association]:
        """The users below an account that get one of these limits from it, having none of their own in between."""
        for each in self._below.get(account, ()):
            open_names = [name for name in names if not _settles(each, name)]
            if open_names and each.user:
                yield each
            elif open_names:
                yield from self.heirs(each.account, open_names)


def own_qos(each: Association) -> list[str]:
    """An association's own list of QOS, or its difference from the inherited one; empty when it has none."""
    own = each.limits.get("QOS")
    return own if isinstance(own, list) else []


def _settles(each: Association, name: str) -> bool:
    """Whether what is above an association does not matter for this limit."""
    return name in each.limits and not (name == "QOS" and qos.is_difference(own_qos(each)))


def for_showing(rows: Sequence[Association], cluster: str) -> list[Association]:
    """As ``show assoc`` sorts: a tree of what is shown, in each branch users before accounts, by name.

    The account root stands where the cluster's name would, which shows when its descendants are there without parents.
    """
    shown = {each.account for each in rows if not each.user}
    below: dict[str, list[Association]] = {}
    for each in rows:
        below.setdefault(each.parent if each.parent in shown else "", []).append(each)
    return list(_sorted(below, "", cluster))


def _sorted(below: Mapping[str, list[Association]], account: str, cluster: str) -> Iterator[Association]:
    def key(one: Association) -> tuple[bool, str]:
        return not one.user, one.user or (one.account if one.parent else cluster)

    for each in sorted(below.get(account, ()), key=key):
        yield each
        if not each.user:
            yield from _sorted(below, each.account, cluster)


def add(db: sqlite3.Connection, associations: Iterable[New]) -> None:
    """Insert them. Neighbours with one parent stay in their order; each such group goes before its older siblings."""
    for parent, group in groupby(associations, key=lambda each: each.parent):
        block = list(group)
        first = _first_rank(db, parent) - len(block)
        db.executemany(
            "INSERT INTO association (account, parent, user, partition, rank, limits) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (each.account, parent, each.user, each.partition, first + number, json.dumps(each.limits or {}))
                for number, each in enumerate(block)
            ],
        )


def move(db: sqlite3.Connection, account: str, parent: str) -> None:
    """Put an account below another one, before its new siblings."""
    rank = _first_rank(db, parent) - 1
    db.execute("UPDATE association SET parent = ?, rank = ? WHERE account = ? AND user = ''", (parent, rank, account))


def reparent(db: sqlite3.Connection, account: str, parent: str) -> None:
    """Move an account. One that goes below its own descendant leaves that descendant in its place."""
    tree = Tree(db)
    below = {child.account for child in tree.under(account) if not child.user}
    if parent in below:
        move(db, parent, tree.accounts[account].parent)
    move(db, account, parent)


def _first_rank(db: sqlite3.Connection, parent: str) -> int:
    rank: int = db.execute("SELECT coalesce(min(rank), 0) FROM association WHERE parent = ?", (parent,)).fetchone()[0]
    return rank


def set_limits(db: sqlite3.Connection, each: Association, limits: Limits) -> None:
    """Store an association's limits."""
    db.execute("UPDATE association SET limits = ? WHERE id = ?", (json.dumps(limits), each.id))


def delete(db: sqlite3.Connection, associations: Iterable[Association]) -> None:
    """Remove them, and the default account of users who are left without it. What they used counts no more."""
    for each in associations:
        db.execute(
            "UPDATE job SET counted_from = ? WHERE account = ? AND user = ?", (qos.NEVER, each.account, each.user)
        )
        db.execute("DELETE FROM association WHERE id = ?", (each.id,))
        if each.user:
            db.execute(
                "UPDATE user SET default_account = '' WHERE name = ?1 AND default_account = ?2 AND NOT EXISTS"
                " (SELECT 1 FROM association WHERE user = ?1 AND account = ?2)",
                (each.user, each.account),
            )
