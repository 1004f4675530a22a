"""The tree of associations: accounts below accounts, users in accounts."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

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
    """Every association, in the database's order: an account, then what is below it, the newest first."""

    def __init__(self, db: sqlite3.Connection) -> None:
        rows = db.execute(f"SELECT {COLUMNS} FROM association ORDER BY rank").fetchall()
        self._below: dict[str, list[Association]] = {}
        self.accounts: dict[str, Association] = {}
        for row in rows:
            each = Association._make((*row[:5], json.loads(row[5])))
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

    def effective(self, each: Association, name: str) -> Value | None:
        """A limit as it counts: the association's own, or the nearest one above it when it is inherited."""
        if name not in INHERITED:
            return each.limits.get(name)
        return next((above.limits[name] for above in self.lineage(each) if name in above.limits), None)

    def heirs(self, account: str, names: Iterable[str]) -> Iterator[Association]:
        """The users below an account that get one of these limits from it, having none of their own in between."""
        for each in self._below.get(account, ()):
            open_names = [name for name in names if name not in each.limits]
            if open_names and each.user:
                yield each
            elif open_names:
                yield from self.heirs(each.account, open_names)


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
    """Remove them, and the default account of users who are left without it."""
    for each in associations:
        db.execute("DELETE FROM association WHERE id = ?", (each.id,))
        if each.user:
            db.execute(
                "UPDATE user SET default_account = '' WHERE name = ?1 AND default_account = ?2 AND NOT EXISTS"
                " (SELECT 1 FROM association WHERE user = ?1 AND account = ?2)",
                (each.user, each.account),
            )
