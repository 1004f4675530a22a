"""The rows of accounts and users, which exist beside their associations."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Account(NamedTuple):
    """An account's texts, lower case."""

    name: str
    description: str
    organization: str


class User(NamedTuple):
    """A user; ``default_account`` is "" when the default was removed."""

    name: str
    default_account: str
    admin: str


def accounts(db: sqlite3.Connection) -> Mapping[str, Account]:
    """Every account row by name, in the database's order, which puts ``_`` behind the letters."""
    return {row[0]: Account(*row) for row in db.execute("SELECT * FROM account ORDER BY upper(name)")}


def users(db: sqlite3.Connection) -> Mapping[str, User]:
    """Every user row by name, in the same order."""
    return {
        row[0]: User(*row) for row in db.execute("SELECT name, default_account, admin FROM user ORDER BY upper(name)")
    }


def add_accounts(db: sqlite3.Connection, new: Iterable[Account]) -> None:
    """Insert accounts."""
    db.executemany("INSERT INTO account VALUES (?, ?, ?)", new)


def add_users(db: sqlite3.Connection, names: Iterable[str]) -> None:
    """Insert users; the first association gives the default account (``give_defaults``)."""
    db.executemany("INSERT INTO user (name, default_account) VALUES (?, '')", [(name,) for name in names])


def give_defaults(db: sqlite3.Connection, names: Iterable[str]) -> None:
    """A user without a default account gets that of the oldest association, as Slurm does when one is added."""
    for name in names:
        db.execute(
            "UPDATE user SET default_account = coalesce((SELECT account FROM association WHERE user = ?1 ORDER BY id"
            " LIMIT 1), '') WHERE name = ?1 AND default_account = ''",
            (name,),
        )


def set_user(db: sqlite3.Connection, name: str, column: str, value: str) -> None:
    """Set ``default_account`` or ``admin`` of a user."""
    db.execute(f"UPDATE user SET {column} = ? WHERE name = ?", (value, name))


def set_account(db: sqlite3.Connection, name: str, column: str, value: str) -> None:
    """Set ``description`` or ``organization`` of an account."""
    db.execute(f"UPDATE account SET {column} = ? WHERE name = ?", (value, name))


def delete_users(db: sqlite3.Connection, names: Iterable[str]) -> None:
    """Remove user rows, with what these users coordinate."""
    gone = [(name,) for name in names]
    db.executemany("DELETE FROM user WHERE name = ?", gone)
    db.executemany("DELETE FROM coordinator WHERE user = ?", gone)


def delete_accounts(db: sqlite3.Connection, names: Iterable[str]) -> None:
    """Remove account rows, with their coordinators."""
    gone = [(name,) for name in names]
    db.executemany("DELETE FROM account WHERE name = ?", gone)
    db.executemany("DELETE FROM coordinator WHERE account = ?", gone)


def coordinators(db: sqlite3.Connection) -> set[tuple[str, str]]:
    """Every (account, user) that was made a coordinator; accounts below are not in it."""
    return set(db.execute("SELECT account, user FROM coordinator"))


def add_coordinators(db: sqlite3.Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Insert those that are not there."""
    db.executemany("INSERT OR IGNORE INTO coordinator VALUES (?, ?)", pairs)


def remove_coordinators(db: sqlite3.Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Remove them."""
    db.executemany("DELETE FROM coordinator WHERE account = ? AND user = ?", pairs)
