"""A real cluster with thousands of associations, written into the accounting's database while its daemons are down.

``sacctmgr load`` takes many minutes for as much.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.sandbox.real.slurm import RealCluster

AT_ONCE = 5000
"""Rows in one statement."""


@dataclass(frozen=True, kw_only=True)
class Filling:
    """An account below root, and the users in it."""

    name: str
    description: str
    organization: str
    users: tuple[str, ...]


def fill(cluster: RealCluster, accounts: Iterable[Filling]) -> None:
    """Make the accounts and their associations; the cluster held none but root's."""
    filled = list(accounts)
    cluster.kill_slurmctld()
    cluster.kill_slurmdbd()
    cluster._up().database.sql(";\n".join(_statements(cluster.name, filled)) + ";")
    cluster.start_slurmdbd()
    cluster.start_slurmctld()


def _statements(cluster: str, accounts: list[Filling]) -> Iterator[str]:
    now = int(time.time()) - 60
    table, rows = f"{cluster}_assoc_table", _associations(accounts, now)
    end = 4 + sum(2 + 2 * len(account.users) for account in accounts)
    yield f"update {table} set lft=2, rgt=3 where user='root'"
    yield f"update {table} set lft=1, rgt={end} where acct='root' and user=''"
    described = [f"({now},{now},'{one.name}','{one.description}','{one.organization}')" for one in accounts]
    yield from _inserts("acct_table (creation_time, mod_time, name, description, organization)", described)
    people = sorted({user for account in accounts for user in account.users})
    users = [f"({now},{now},'{user}',1)" for user in people]
    yield from _inserts("user_table (creation_time, mod_time, name, admin_level)", users)
    yield from _inserts(f"{table} (creation_time, mod_time, is_def, user, acct, parent_acct, lft, rgt)", rows)


def _associations(accounts: Iterable[Filling], now: int) -> list[str]:
    """Rows in the nested order in which slurmdbd keeps its tree; a user's first association is the default one."""
    seen: set[str] = set()
    rows, place = [], 4
    for account in accounts:
        start, place = place, place + 1
        for user in account.users:
            rows.append(f"({now},{now},{int(user not in seen)},'{user}','{account.name}','',{place},{place + 1})")
            seen.add(user)
            place += 2
        rows.append(f"({now},{now},0,'','{account.name}','root',{start},{place})")
        place += 1
    return rows


def _inserts(table: str, rows: list[str]) -> Iterator[str]:
    for start in range(0, len(rows), AT_ONCE):
        yield f"insert into {table} values {','.join(rows[start : start + AT_ONCE])}"
