"""``sacctmgr add coordinator`` and ``delete coordinator``."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agent.sandbox.cluster import people
from agent.sandbox.cluster.answer import Answer, Refused
from agent.sandbox.cluster.sacctmgr.modifying import HINT
from agent.sandbox.cluster.sacctmgr.words import Keyword, conditions, names

WHERE = (Keyword("names", 1), Keyword("users", 1), Keyword("accounts", 2))


class Request(NamedTuple):
    """The users and accounts that are meant; none when they are not named."""

    users: list[str]
    accounts: list[str]


def add(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Make every user a coordinator of every account; who is one already is no matter."""
    del cluster  # coordinators are the same on every one
    request = _request(words)
    if not request.users and not request.accounts:
        raise Refused(" You need to specify conditions to to add the coordinator.\n")
    if not request.users:
        raise Refused(" You need to specify a user list here.\n")
    if not request.accounts:
        raise Refused(" You need to specify an account list here.\n")
    _check(db, request)
    people.add_coordinators(db, [(account, user) for account in request.accounts for user in request.users])
    return Answer(
        f" Adding Coordinator User(s)\n{_listed(request.users)}"
        f" To Account(s) and all sub-accounts\n{_listed(request.accounts)}"
    )


def delete(db: sqlite3.Connection, cluster: str, words: Sequence[str]) -> Answer:
    """Take it back; without accounts of all of them, without users from everybody."""
    del cluster
    request = _request(words)
    if not request.users and not request.accounts:
        raise Refused(" You need to specify a user list or account list here.\n")
    _check(db, request)
    gone = [pair for pair in sorted(people.coordinators(db), key=lambda pair: pair[::-1]) if _meant(pair, request)]
    people.remove_coordinators(db, gone)
    lines = "".join(f"  U = {user:<9} A = {account:<10}\n" for account, user in gone)
    removed = f" Removed Coordinators (sub accounts not listed)...\n{lines}" if gone else " Nothing removed\n"
    return Answer(_said(request) + removed, "", int(not gone))


def _request(words: Sequence[str]) -> Request:
    where = conditions(words, WHERE, "names", HINT)
    return Request(_names(where, "names") or _names(where, "users"), _names(where, "accounts"))


def _names(where: Mapping[str, str], key: str) -> list[str]:
    return [name for name in names(where.get(key, "")) if name]


def _check(db: sqlite3.Connection, request: Request) -> None:
    """Raise ``Refused`` when something that is named does not exist."""
    accounts, users = people.accounts(db), people.users(db)
    unknown = [f"account '{name}'" for name in request.accounts if name not in accounts]
    unknown += [f"user '{name}'" for name in request.users if name not in users]
    if unknown:
        raise Refused("".join(f" You specified a non-existent {what}.\n" for what in unknown))


def _meant(pair: tuple[str, str], request: Request) -> bool:
    account, user = pair
    return account in (request.accounts or [account]) and user in (request.users or [user])


def _said(request: Request) -> str:
    if not request.users:
        return f" Removing all users from Accounts\n{_listed(request.accounts)}"
    where = f" From Account(s)\n{_listed(request.accounts)}" if request.accounts else " From all accounts\n"
    return f" Removing Coordinators with user name\n{_listed(request.users)}{where}"


def _listed(all_names: Sequence[str]) -> str:
    return "".join(f"  {name}\n" for name in all_names)
