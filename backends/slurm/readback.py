"""What accounts and associations are after a change, read in the same session; doubt is an outage, not an absence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from agent.core.model.cluster import Account, Association, Qos
from agent.errors import Unavailable
from backends.slurm.accounting import account_of, association_of, understood
from backends.slurm.dialogue import Answer
from backends.slurm.parse import AssociationRow, account_text, association_row, qos_row

Place: TypeAlias = tuple[str, str, str]
"""(account, user, partition); the partition is "" for an association that is good for all."""


def association_rows(answers: Sequence[Answer], cluster: str) -> tuple[AssociationRow, ...]:
    """The rows of ``show_associations_of`` and its kin; root, which rides along in each list, comes once.

    Raises ``Unavailable`` when a row is not understood or root is not shown.
    """
    found: dict[tuple[str, str, str], AssociationRow] = {}
    for answer in answers:
        rows, odd = understood(answer.lines, lambda line: association_row(line, cluster))
        if odd:
            raise Unavailable(f"sacctmgr's answer is not understood: {odd[0]}")
        if not any(row.account == "root" for row in rows):
            raise Unavailable("sacctmgr does not show root's association; the agent's user may not see everything")
        found |= {(row.account, row.user, row.partition): row for row in rows}
    return tuple(found.values())


def texts(answers: Iterable[Answer]) -> Mapping[str, str]:
    """The rows of two columns of ``show account`` or ``show user`` with root in each list, as a mapping.

    Raises ``Unavailable`` when root is not shown or a row is not understood.
    """
    found: dict[str, str] = {}
    for answer in answers:
        pairs, odd = understood(answer.lines, account_text)
        if odd or "root" not in dict(pairs):
            raise Unavailable(f"sacctmgr's answer is not understood: {odd[0] if odd else 'root is not in it'}")
        found |= dict(pairs)
    return found


def both_texts(answers: Sequence[Answer]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The answers of ``show_texts_of``: organizations and descriptions by account."""
    return texts(answers[: len(answers) // 2]), texts(answers[len(answers) // 2 :])


def qos(answers: Sequence[Answer]) -> Mapping[str, Qos]:
    """The answers of ``SHOW_QOS``. Raises ``Unavailable`` when a row is not understood or none is shown."""
    rows, odd = understood(answers[0].lines, qos_row)
    pairs, stranger = understood(answers[1].lines, account_text)
    if odd or stranger or not rows:
        raise Unavailable(f"sacctmgr's answer is not understood: {(*odd, *stranger, 'no QOS is shown')[0]}")
    descriptions = dict(pairs)
    return {row.name: replace(row, description=descriptions.get(row.name, "")) for row in rows}


def account_rows(rows: Iterable[AssociationRow]) -> dict[str, AssociationRow]:
    """The accounts' own associations by name."""
    return {row.account: row for row in rows if not row.user}


def accounts(
    rows: Iterable[AssociationRow], organizations: Mapping[str, str], descriptions: Mapping[str, str]
) -> dict[str, Account]:
    """The accounts of which there are rows, with the texts that are given."""
    return {
        name: account_of(row, organizations.get(name, ""), descriptions.get(name, ""))
        for name, row in account_rows(rows).items()
    }


def associations(rows: Iterable[AssociationRow]) -> dict[Place, Association]:
    """The users' associations by their place."""
    return {where: association_of(row) for where, row in user_rows(rows).items()}


def user_rows(rows: Iterable[AssociationRow]) -> dict[Place, AssociationRow]:
    """The users' rows by their place."""
    return {place(row): row for row in rows if row.user}


def place(item: AssociationRow | Association) -> Place:
    """What there is only one association of."""
    return item.account, item.user, item.partition
