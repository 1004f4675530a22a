"""Where users are and which of their accounts is their default, looked up under the lock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from backends.slurm import commands, readback
from backends.slurm.session import Session, ask_surely

Pair: TypeAlias = tuple[str, str]
"""(account, user)."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Where users are, and which of their accounts is their default.

    ``partitions``: a partition of each pair that has no association for every partition; ``several``: how many
    associations a pair has that has more than one.
    """

    accounts: Mapping[str, frozenset[str]]
    defaults: Mapping[str, str]
    partitions: Mapping[Pair, str] = field(default_factory=dict)
    several: Mapping[Pair, int] = field(default_factory=dict)


def membership(session: Session, users: Sequence[str]) -> Membership:
    """All accounts of these users and their defaults. Raises ``Unavailable`` when the answer is not whole."""
    where = commands.show_associations_of_users(session.cluster, users)
    reply = ask_surely(session, "sacctmgr", (*where, *commands.show_default_accounts(users)))
    accounts: dict[str, frozenset[str]] = {}
    partitions: dict[Pair, list[str]] = {}
    for row in readback.association_rows(reply.answers[: len(where)], session.cluster):
        accounts[row.user] = accounts.get(row.user, frozenset()) | {row.account}
        partitions.setdefault((row.account, row.user), []).append(row.partition)
    return Membership(
        accounts,
        readback.texts(reply.answers[len(where) :]),
        partitions={pair: min(names) for pair, names in partitions.items() if "" not in names},
        several={pair: len(names) for pair, names in partitions.items() if len(names) > 1},
    )
