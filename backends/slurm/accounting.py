"""Accounts and associations from ``show assoc`` and ``show account``, with the proof that they are all there (pure).

``show account`` alone is not enough (it has no limits, and lists accounts of other clusters and of none), so an account
is what has an association on this cluster. Free text is asked for in commands of its own, as the last column.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from agent.core.model.cluster import Account, Association, Limits, Qos
from agent.core.snapshot import Complete, Missing, Partial, Section
from backends.slurm.commands import SHOW_CLUSTER, SHOW_QOS, show_associations
from backends.slurm.dialogue import Answer
from backends.slurm.parse import AssociationRow, account_text, association_row, qos_row
from backends.slurm.session import Reply

T = TypeVar("T")

CUT_OFF = "sacctmgr's answer is cut off; call it by hand to see what stops it"


def commands(cluster: str) -> tuple[str, ...]:
    """What to ask ``sacctmgr`` in one session; the last, harmless command proves the end of the others."""
    return (
        show_associations(cluster),
        "show account format=Account,Organization",
        "show account format=Account,Description",
        *SHOW_QOS,
        SHOW_CLUSTER,
    )


@dataclass(frozen=True, slots=True)
class Read:
    """Rows that were understood, and the first reasons why they may not be all."""

    rows: tuple[AssociationRow, ...]
    doubts: tuple[str, ...]


def associations(reply: Reply, cluster: str) -> Section[tuple[Association, ...]]:
    """The users' associations, complete only when every row of the cluster was understood."""
    read = _associations_read(reply, cluster)
    users = tuple(association_of(row) for row in read.rows if row.user)
    if not any(user.user == "root" for user in users):
        read = Read(read.rows, (*read.doubts, "the association of root is not shown"))
    return _section(users, read.doubts)


def accounts(reply: Reply, cluster: str) -> Section[Mapping[str, Account]]:
    """The accounts with an association on the cluster, complete only when each has its texts and a known parent."""
    read = _associations_read(reply, cluster)
    rows = {row.account: row for row in read.rows if not row.user}
    organizations, descriptions = _texts(reply.answers[1]), _texts(reply.answers[2])
    found = {
        name: account_of(row, organizations.rows.get(name, ""), descriptions.rows.get(name, ""))
        for name, row in rows.items()
    }
    doubts = (
        *read.doubts,
        *organizations.doubts,
        *descriptions.doubts,
        *(f"the account {name} is not in `show account`" for name in rows if name not in organizations.rows),
        *(f"the account {name} has no description row" for name in rows if name not in descriptions.rows),
        *_unknown_parents(rows),
        *(() if "root" in rows else ("the account root is not shown",)),
    )
    return _section(found, doubts)


def qos(reply: Reply) -> Section[Mapping[str, Qos]]:
    """Every QOS; complete only when each row was understood and has its description."""
    shown, texts = reply.answers[3], _texts(reply.answers[4])
    rows, odd = understood(shown.lines, qos_row)
    found = {row.name: replace(row, description=texts.rows.get(row.name, "")) for row in rows}
    unnamed = [f"the QOS {name} has no description row" for name in found if name not in texts.rows]
    return _section(found, (*_answer_doubts(reply, shown), *odd, *texts.doubts, *unnamed))


@dataclass(frozen=True, slots=True)
class _Texts:
    rows: Mapping[str, str]
    doubts: tuple[str, ...]


def _associations_read(reply: Reply, cluster: str) -> Read:
    doubts = _answer_doubts(reply, reply.answers[0])
    rows, odd = understood(reply.answers[0].lines, lambda line: association_row(line, cluster))
    doubled = _doubled([(row.account, row.user, row.partition) for row in rows])
    return Read(rows, (*doubts, *odd, *doubled))


def _texts(answer: Answer) -> _Texts:
    pairs, odd = understood(answer.lines, account_text)
    cut_off = () if answer.proved else (CUT_OFF,)
    return _Texts(dict(pairs), (*cut_off, *odd, *_doubled([name for name, _ in pairs])))


def understood(lines: Sequence[str], parse: Callable[[str], T]) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """The lines that ``parse`` takes, and what it said of the others."""
    rows: list[T] = []
    odd: list[str] = []
    for line in lines:
        try:
            rows.append(parse(line))
        except ValueError as error:
            odd.append(str(error))
    return tuple(rows), tuple(odd)


def _answer_doubts(reply: Reply, answer: Answer) -> tuple[str, ...]:
    cut_off = () if answer.proved else (CUT_OFF,)
    return (*((reply.trouble,) if reply.trouble else ()), *cut_off)


def _unknown_parents(rows: Mapping[str, AssociationRow]) -> tuple[str, ...]:
    return tuple(
        f"the parent {row.parent} of the account {row.account} is not shown"
        for row in rows.values()
        if row.parent and row.parent not in rows
    )


def _doubled(keys: Sequence[object]) -> tuple[str, ...]:
    return () if len(set(keys)) == len(keys) else ("a row comes twice (a name with a | in it?)",)


def association_of(row: AssociationRow) -> Association:
    """A user's row as an association."""
    return Association(**_shared(row), user=row.user, partition=row.partition, max_submit_jobs=row.max_submit_jobs)


def account_of(row: AssociationRow, organization: str, description: str) -> Account:
    """An account's own row and its texts as an account."""
    return Account(
        **{("name" if name == "account" else name): value for name, value in _shared(row).items()},
        parent=row.parent,
        organization=organization,
        description=description,
    )


def _shared(row: AssociationRow) -> dict[str, Any]:
    """What an account's row and a user's have alike: the account, limits, shares and QOS."""
    names = ("account", "fairshare", "qos", "default_qos", *(one.name for one in fields(Limits)))
    return {name: getattr(row, name) for name in names}


def _section(value: T, doubts: Sequence[str]) -> Section[T]:
    reasons = "; ".join(tuple(dict.fromkeys(doubts))[:3])
    if not value:
        return Missing(reasons or "nothing is shown")
    return Partial(value, reasons) if doubts else Complete(value)
