"""Slurm's parsable output as rows. Nothing is guessed: a row of another shape raises ``ValueError`` naming it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

ASSOCIATION_FORMAT = "Cluster,Account,ParentName,User,Partition,GrpTRESMins,GrpSubmit,MaxSubmit"
AMOUNT = re.compile(r"([0-9]+)([KMGTPE?]?)")
POWERS = {unit: power for power, unit in enumerate("KMGTPE", start=1)} | {"?": 6}
"""``?`` is what Slurm 22.05 prints for E and for all above it, so whole multiples of that are never sent as a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationRow:
    """A row of ``show assoc``: of an account when ``user`` is "", else of a user. Unset limits are None or absent."""

    account: str
    parent: str
    user: str
    partition: str
    grp_tres_mins: Mapping[str, int]
    grp_submit_jobs: int | None
    max_submit_jobs: int | None


def association_row(line: str, cluster: str) -> AssociationRow:
    """One line of ``show assoc format=ASSOCIATION_FORMAT`` of ``cluster``."""
    of_cluster, account, parent, user, partition, tres, grp_submit, max_submit = columns(line, 8)
    if of_cluster != cluster or not account:
        raise ValueError(f"a row that is not of cluster {cluster}: {line!r}")
    if not user and not parent and account != "root":
        raise ValueError(f"an account without a parent: {line!r}")
    return AssociationRow(
        account=account,
        parent=parent,
        user=user,
        partition=partition,
        grp_tres_mins=parse_tres(tres),
        grp_submit_jobs=count(grp_submit),
        max_submit_jobs=count(max_submit),
    )


def columns(line: str, number: int) -> list[str]:
    """The columns of a ``-P`` line. Slurm does not escape ``|``, so another number of them cannot be understood."""
    found = line.split("|")
    if len(found) != number:
        raise ValueError(f"{len(found)} columns instead of {number} (a name with a | in it?): {line!r}")
    return found


def account_text(line: str) -> tuple[str, str]:
    """A line of ``show account format=Account,X`` as (account, X); X may hold anything but a line break."""
    account, separator, text = line.partition("|")
    if not separator or not account:
        raise ValueError(f"not an account and a text: {line!r}")
    return account, text


def count(text: str) -> int | None:
    """A limit on a number of jobs; None when unset."""
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError(f"not a number of jobs: {text!r}")
    return int(text) if text else None


def parse_tres(text: str) -> dict[str, int]:
    """A TRES string (``cpu=60000,mem=60000G``) as TRES name to amount, memory in MiB.

    ``show assoc`` uses a unit only where it divides evenly, ``sacct --noconvert`` prints memory in M: both are exact.
    """
    return dict(_tres_part(part) for part in text.split(",")) if text else {}


def format_tres(amounts: Mapping[str, int]) -> str:
    """A TRES string as Slurm takes it: sorted, plain numbers (memory in MiB), -1 clears."""
    return ",".join(f"{name}={amounts[name]}" for name in sorted(amounts))


def _tres_part(part: str) -> tuple[str, int]:
    name, _, amount = part.partition("=")
    match = AMOUNT.fullmatch(amount)
    if not name or match is None:
        raise ValueError(f"not an exact TRES amount: {part!r}")
    number, unit = match.groups()
    if not unit:
        return name, int(number)
    return name, int(number) * 1024 ** _power(name, unit)


def _power(name: str, unit: str) -> int:
    power = POWERS[unit] - (POWERS["M"] if name == "mem" else 0)
    if power < 0:
        raise ValueError(f"memory in {unit} is not a whole number of MiB")
    return power
