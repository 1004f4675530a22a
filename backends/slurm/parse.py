"""Slurm's parsable output as rows. Nothing is guessed: a row of another shape raises ``ValueError`` naming it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.core.model.cluster import Limits, Qos

LIMIT_COLUMNS = "GrpTRESMins,GrpTRES,GrpTRESRunMins,MaxTRESPerJob,GrpJobs,GrpSubmit,GrpWall"
ASSOCIATION_FORMAT = f"Cluster,Account,ParentName,User,Partition,{LIMIT_COLUMNS},MaxSubmit,Fairshare,QOS,DefaultQOS"
QOS_FORMAT = f"Name,Flags,{LIMIT_COLUMNS}"
AMOUNT = re.compile(r"([0-9]+)([KMGTPE?]?)")
POWERS = {unit: power for power, unit in enumerate("KMGTPE", start=1)} | {"?": 6}
"""``?`` is what Slurm 22.05 prints for E and for all above it, so whole multiples of that are never sent as a limit."""
WALL = re.compile(r"(?:([0-9]+)-)?([0-9]{2}):([0-9]{2}):00")
PARENT_SHARE = 2**31 - 1
"""What Slurm keeps for ``Fairshare=parent``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationRow(Limits):
    """A row of ``show assoc WOPLimits``: an account's when ``user`` is "", else a user's. What it inherits is unset."""

    account: str
    parent: str
    user: str
    partition: str
    max_submit_jobs: int | None = None
    fairshare: int | None = None
    qos: tuple[str, ...] = ()
    default_qos: str = ""


def association_row(line: str, cluster: str) -> AssociationRow:
    """One line of ``show assoc … format=ASSOCIATION_FORMAT`` of ``cluster``."""
    of_cluster, account, parent, user, partition, *limits, max_submit, share, qos, default = columns(line, 16)
    if of_cluster != cluster or not account:
        raise ValueError(f"a row that is not of cluster {cluster}: {line!r}")
    if not user and not parent and account != "root":
        raise ValueError(f"an account without a parent: {line!r}")
    return AssociationRow(
        account=account,
        parent=parent,
        user=user,
        partition=partition,
        max_submit_jobs=count(max_submit),
        fairshare=_share(share),
        qos=_names(qos),
        default_qos=default,
        **_limits(limits),
    )


def qos_row(line: str) -> Qos:
    """One line of ``show qos format=QOS_FORMAT``, without the description."""
    name, flags, *limits = columns(line, 9)
    if not name:
        raise ValueError(f"a QOS without a name: {line!r}")
    return Qos(name=name, flags=_names(flags), **_limits(limits))


def minutes(text: str) -> int | None:
    """A wall time as Slurm shows a limit (``1-02:03:00``) in minutes; None when unset."""
    if not text:
        return None
    match = WALL.fullmatch(text)
    if match is None:
        raise ValueError(f"not a wall time in minutes: {text!r}")
    days, hours, rest = (int(part or 0) for part in match.groups())
    return (days * 24 + hours) * 60 + rest


def _limits(shown: Sequence[str]) -> dict[str, Any]:
    """The columns of ``LIMIT_COLUMNS`` as the fields of ``Limits``."""
    tres_mins, tres, run_mins, max_tres, jobs, submit, wall = shown
    return {
        "grp_tres_mins": parse_tres(tres_mins),
        "grp_tres": parse_tres(tres),
        "grp_tres_run_mins": parse_tres(run_mins),
        "max_tres": parse_tres(max_tres),
        "grp_jobs": count(jobs),
        "grp_submit_jobs": count(submit),
        "grp_wall": minutes(wall),
    }


def _names(text: str) -> tuple[str, ...]:
    return tuple(sorted(filter(None, text.split(","))))


def _share(text: str) -> int | None:
    """Shares of the fair share; None for Slurm's own 1."""
    if text == "parent":
        return PARENT_SHARE
    shares = count(text)
    return None if shares == 1 else shares


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
